//! The commands of a page of documentation, run as they stand there.

use std::path::Path;

use super::{succeed, text};

/// The page's commands, with names put in for its capitals.
pub(crate) struct Page<'a> {
    names: Vec<(&'a str, String)>,
    left: std::vec::IntoIter<&'static str>,
}

impl<'a> Page<'a> {
    /// The commands under one heading of a page.
    pub(crate) fn part(page: &'static str, heading: &str, names: &[(&'a str, &Path)]) -> Self {
        let (_, part) = page.split_once(&format!("\n## {heading}\n")).unwrap();
        let (part, _) = part.split_once("\n## ").unwrap_or((part, ""));
        Self::read(part, names)
    }

    pub(crate) fn read(page: &'static str, names: &[(&'a str, &Path)]) -> Self {
        let commands = page.lines().filter(|line| line.starts_with("chopmark "));
        let path = |(name, path): &(&'a str, &Path)| (*name, text(path).to_owned());
        Self {
            names: names.iter().map(path).collect(),
            left: commands.collect::<Vec<_>>().into_iter(),
        }
    }

    pub(crate) fn put(&mut self, name: &'a str, value: &str) {
        self.names.push((name, value.to_owned()));
    }

    /// The next command; it must be this one, so that nobody takes one out of the page unseen.
    pub(crate) fn next(&mut self, begins: &str) -> Vec<String> {
        let line = self.line(begins);
        self.words(line)
    }

    pub(crate) fn run(&mut self, begins: &str) -> String {
        let line = self.line(begins);
        self.run_line(line)
    }

    /// The next command as it stands there, for one that several members run.
    pub(crate) fn line(&mut self, begins: &str) -> &'static str {
        let line = self.left.next().unwrap();
        assert!(line.starts_with(&format!("chopmark {begins} ")), "{line}");
        line
    }

    /// Runs a command with the names that are put in now.
    pub(crate) fn run_line(&self, line: &str) -> String {
        let words = self.words(line);
        succeed(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn words(&self, line: &str) -> Vec<String> {
        let named = |word: &str| {
            let name = self.names.iter().rfind(|(name, _)| {
                let rest = word.strip_prefix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            name.map_or(word.to_owned(), |(name, value)| {
                word.replacen(name, value, 1)
            })
        };
        line.split(' ').skip(1).map(named).collect()
    }

    /// Whether every command was run.
    pub(crate) fn is_done(&self) -> bool {
        self.left.len() == 0
    }
}
