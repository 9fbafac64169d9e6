//! What stands on one label, without saying where.

use chopmark_core::{ActivationSecret, Code, CodeKind, ElementString};

use crate::Stock;

/// One label: a code that machines read, and the same for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    text: String,
    name: Option<String>,
    lines: Vec<String>,
    sscc: Option<String>,
    stock: Stock,
}

impl Label {
    /// The label of a code: its Digital Link at the network's host as QR code, and its elements
    /// with the host as people type them in.
    #[must_use]
    pub fn of_code(code: &Code, host: &str) -> Self {
        let mut lines = elements(code);
        lines.push(host.to_owned());
        let digits = code.element_string().strip_prefix("(00)");
        Self {
            text: code.digital_link(host),
            name: None,
            lines,
            sscc: digits.map(str::to_owned),
            stock: Stock::of(code.kind()),
        }
    }

    /// The label that goes under the seal of an item. It says which item it belongs to, so that
    /// no packer mixes two up.
    #[must_use]
    pub fn under_the_seal(code: &Code, secret: &ActivationSecret) -> Self {
        let groups = secret.text();
        let mut lines: Vec<String> = groups.split('-').map(str::to_owned).collect();
        // Of an item the serial is enough, and the product's number is on the outside.
        let elements = elements(code);
        lines.extend(match code.kind() {
            CodeKind::Serial => elements.into_iter().skip(1).collect::<Vec<_>>(),
            _ => elements,
        });
        Self {
            text: secret.qr_text(),
            name: None,
            lines,
            sscc: None,
            stock: Stock::Item,
        }
    }

    /// The same with a product's name, of which as much is printed as there is room for.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// The same on other paper.
    #[must_use]
    pub const fn on(mut self, stock: Stock) -> Self {
        self.stock = stock;
        self
    }

    /// What the QR code says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What people read, the product's name first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let name = self.name.as_deref().into_iter();
        name.chain(self.lines.iter().map(String::as_str))
    }

    /// The paper.
    #[must_use]
    pub const fn stock(&self) -> Stock {
        self.stock
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The lines of which none may be missing.
    pub(crate) fn kept_lines(&self) -> &[String] {
        &self.lines
    }

    /// The digits of a logistic unit, for its barcode.
    pub(crate) fn sscc(&self) -> Option<&str> {
        self.sscc.as_deref()
    }
}

/// One element a line: `(01)…` and `(21)…`, as they are typed in. A container's number, which
/// has no identifier, is one line.
fn elements(code: &Code) -> Vec<String> {
    ElementString::parse(code.element_string()).map_or_else(
        |_| vec![code.element_string().to_owned()],
        |elements| {
            let line = |(name, value): (&str, &str)| format!("({name}){value}");
            elements.iter().map(line).collect()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_one_element_on_a_line() {
        for (code, lines) in [
            (
                "(01)09506000134352(21)AB1",
                &["(01)09506000134352", "(21)AB1"][..],
            ),
            ("(00)106141412345678908", &["(00)106141412345678908"]),
            ("CSQU3054383", &["CSQU3054383"]),
            (
                "(01)09506000134352(21)A(y)B",
                &["(01)09506000134352", "(21)A(y)B"],
            ),
            (
                "(8010)0614141AB/1(8011)34",
                &["(8010)0614141AB/1", "(8011)34"],
            ),
        ] {
            assert_eq!(elements(&Code::parse(code).unwrap()), lines);
        }
    }

    #[test]
    fn a_secret_is_not_on_the_outside_and_names_its_item() {
        let code = Code::parse("(01)09506000134352(21)AB1").unwrap();
        let secret = ActivationSecret::from_bytes([7; 16]);
        let sealed = Label::under_the_seal(&code, &secret);
        assert_eq!(sealed.text(), secret.qr_text());
        assert!(sealed.lines().any(|line| line == "(21)AB1"));
        let outside = Label::of_code(&code, "id.example.org").named("Tea");
        assert!(!outside.lines().any(|line| secret.text().contains(line)));
        assert_eq!(outside.lines().next(), Some("Tea"));
    }
}
