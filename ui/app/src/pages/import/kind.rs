use chopmark_view::ImportKind;

/// How much of a file says what it is.
pub(super) const HEAD: u32 = 64;

/// Names under which documents are written.
const DOCUMENTS: [&str; 2] = [".json", ".jsonld"];
/// What some programs write first.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a file is, by its name or by how it begins: programs write documents under any name, and
/// a document that is damaged is no table.
pub(super) fn kind_of(name: &str, head: &[u8]) -> ImportKind {
    let name = name.to_lowercase();
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head);
    let is_object = head.trim_ascii_start().starts_with(b"{");
    if is_object || DOCUMENTS.iter().any(|end| name.ends_with(end)) {
        ImportKind::Epcis
    } else {
        ImportKind::Table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_name_or_beginning_and_all_else_is_a_table() {
        for (name, head) in [
            ("shift.json", ""),
            ("Shift.JSONLD", "damaged"),
            ("export.txt", "\u{feff} \n{\"@context\":"),
            ("no name", "{"),
        ] {
            assert_eq!(kind_of(name, head.as_bytes()), ImportKind::Epcis, "{name}");
        }
        for (name, head) in [("shift.csv", "lot,made at"), ("json", ""), ("a.xml", "<")] {
            assert_eq!(kind_of(name, head.as_bytes()), ImportKind::Table, "{name}");
        }
    }
}
