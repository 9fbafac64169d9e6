//! Reads one language's message files.

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey,
};
use fluent_syntax::parser;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The messages of one language by key.
pub(crate) type Messages = BTreeMap<String, Message>;

/// One message.
pub(crate) struct Message {
    /// Name of its file without the ending: decides which front ends carry it.
    pub(crate) file: String,
    /// What it is made of.
    pub(crate) parts: Vec<Part>,
}

/// A piece of a message.
pub(crate) enum Part {
    /// Shown as it is.
    Text(String),
    /// The value of an argument.
    Value(String),
    /// One of several wordings, by the value of an argument.
    Choice {
        argument: String,
        cases: Vec<(String, Vec<Part>)>,
        otherwise: usize,
    },
}

/// Names of the arguments that a message uses.
pub(crate) fn arguments(parts: &[Part]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Value(name) => {
                names.insert(name.as_str());
            }
            Part::Choice {
                argument, cases, ..
            } => {
                names.insert(argument.as_str());
                for (_, parts) in cases {
                    names.extend(arguments(parts));
                }
            }
        }
    }
    names
}

/// Reads every file of a language's folder.
pub(crate) fn language(folder: &Path) -> Result<Messages, Vec<String>> {
    let mut messages = Messages::new();
    let mut problems = Vec::new();
    let entries =
        fs::read_dir(folder).map_err(|error| vec![format!("{}: {error}", folder.display())])?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    files.sort();
    for path in files
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "ftl"))
    {
        let file = path
            .file_stem()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        match fs::read_to_string(path) {
            Ok(text) => add_file(&file, &text, &mut messages, &mut problems),
            Err(error) => problems.push(format!("{}: {error}", path.display())),
        }
    }
    let place = folder.display();
    if problems.is_empty() {
        Ok(messages)
    } else {
        Err(problems
            .into_iter()
            .map(|p| format!("{place}: {p}"))
            .collect())
    }
}

fn add_file(file: &str, text: &str, messages: &mut Messages, problems: &mut Vec<String>) {
    let resource = match parser::parse(text) {
        Ok(resource) => resource,
        Err((_, errors)) => {
            problems.extend(errors.iter().map(|error| {
                let line = text
                    .get(..error.pos.start)
                    .unwrap_or_default()
                    .lines()
                    .count();
                format!("{file}.ftl, line {line}: {error}")
            }));
            return;
        }
    };
    for entry in resource.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Term(term) => {
                problems.push(format!(
                    "{file}.ftl: -{}: terms are not supported",
                    term.id.name
                ));
                continue;
            }
            Entry::Junk { content } => {
                problems.push(format!("{file}.ftl: cannot be read: {content}"));
                continue;
            }
        };
        let key = message.id.name;
        let parts = match message.value {
            Some(pattern) if message.attributes.is_empty() => parts(&pattern),
            _ => Err("a message needs a value and no attributes".to_owned()),
        };
        match parts {
            Ok(parts) => {
                let message = Message {
                    file: file.to_owned(),
                    parts,
                };
                if messages.insert(key.to_owned(), message).is_some() {
                    problems.push(format!("{file}.ftl: {key} is defined twice"));
                }
            }
            Err(problem) => problems.push(format!("{file}.ftl: {key}: {problem}")),
        }
    }
}

fn parts(pattern: &Pattern<&str>) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    for element in &pattern.elements {
        let part = match element {
            PatternElement::TextElement { value } => Part::Text((*value).to_owned()),
            PatternElement::Placeable { expression } => placeable(expression)?,
        };
        match (parts.last_mut(), part) {
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, part) => parts.push(part),
        }
    }
    Ok(parts)
}

fn placeable(expression: &Expression<&str>) -> Result<Part, String> {
    match expression {
        Expression::Inline(InlineExpression::VariableReference { id }) => {
            Ok(Part::Value(id.name.to_owned()))
        }
        Expression::Inline(InlineExpression::StringLiteral { value }) => {
            Ok(Part::Text((*value).to_owned()))
        }
        Expression::Select {
            selector: InlineExpression::VariableReference { id },
            variants,
        } => {
            let mut cases = Vec::new();
            let mut otherwise = 0;
            for (index, variant) in variants.iter().enumerate() {
                let (VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name }) =
                    &variant.key;
                if variant.default {
                    otherwise = index;
                }
                cases.push(((*name).to_owned(), parts(&variant.value)?));
            }
            Ok(Part::Choice {
                argument: id.name.to_owned(),
                cases,
                otherwise,
            })
        }
        _ => Err(
            "only arguments, texts in quotes and choices by an argument are supported".to_owned(),
        ),
    }
}
