//! `chopmark labels` on the real binary.

use std::path::{Path, PathBuf};

use crate::support::{FOUNDERS, Network, fail, succeed, text};

const CODE: &str = "(01)09506000134352(21)0123456789ABCDEF";
/// 16 bytes of 7 as they stand under a seal.
const SECRET: &str = "0W3GE1R70-W3GE1R70W-3GE1R70WQ";

/// A place of its own, and a path in it that is free.
fn place() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    (place, out)
}

fn list(place: &Path, rows: &str) -> PathBuf {
    let path = place.join("list.csv");
    std::fs::write(&path, rows).unwrap();
    path
}

fn host() -> [&'static str; 2] {
    ["--host", "id.example.org"]
}

/// Runs the command with a list and gives what it wrote.
fn printed(rows: &str, more: &[&str]) -> String {
    let (place, out) = place();
    let list = list(place.path(), rows);
    let all = ["labels", "--list", text(&list), "--out", text(&out)];
    succeed(&[&all, &host()[..], more].concat());
    String::from_utf8_lossy(&std::fs::read(out).unwrap()).into_owned()
}

/// Runs the command with a list that it does not like; nothing must be left of it.
fn refused(rows: &str, more: &[&str]) -> String {
    let (place, out) = place();
    let list = list(place.path(), rows);
    let all = ["labels", "--list", text(&list), "--out", text(&out)];
    let said = fail(&[&all, &host()[..], more].concat());
    let left: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    said
}

#[test]
fn codes_are_printed_in_every_format() {
    for (format, begin) in [("pdf", "%PDF-1.7"), ("zpl", "^XA")] {
        let (_place, out) = place();
        let all = ["labels", CODE, "CSQU3054383", "--format", format];
        succeed(&[&all, &host()[..], &["--out", text(&out)]].concat());
        let bytes = std::fs::read(&out).unwrap();
        assert!(bytes.starts_with(begin.as_bytes()));
        let said = fail(&[&all, &host()[..], &["--out", text(&out)]].concat());
        assert!(said.contains("is there already"), "{said}");
    }
    let (_place, out) = place();
    let all = ["labels", CODE, "CSQU3054383", "--format", "svg"];
    succeed(&[&all, &host()[..], &["--out", text(&out)]].concat());
    // Items and cartons are on sheets of their own.
    let first = std::fs::read_to_string(out.join("labels-00001.svg")).unwrap();
    assert!(first.contains("(21)0123456789ABCDEF"));
    assert!(out.join("labels-00002.svg").exists());
}

#[test]
fn every_bad_row_is_named_and_nothing_is_printed() {
    let rows = format!("code\n{CODE}\n(01)09506000134353(21)A\n\"\"\n{CODE}\n(414)9506000134352\n");
    let said = refused(&rows, &[]);
    for part in [
        "row 2: check digit 3",
        "row 3: no code",
        "is in row 1 already",
        "3 of 5 rows",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let zpl = printed(&rows, &["--skip-bad", "--format", "zpl"]);
    assert_eq!(zpl.matches("^XZ").count(), 2);
    assert!(refused("name\nTea\n", &[]).contains("needs a column `code`"));
    assert!(refused("code\n", &[]).contains("nothing to print"));
}

#[test]
fn a_run_is_printed_with_what_goes_under_the_seals() {
    let rows = format!("gtin,serial,activation\n9506000134352,A1,{SECRET}\n");
    let secret = SECRET.replace('-', "");
    let both = printed(&rows, &["--with-activation", "--format", "zpl"]);
    assert_eq!(both.matches("^XZ").count(), 2);
    assert!(both.contains(&format!("^FDMA,CMA1:{secret}^FS")), "{both}");
    assert!(both.contains("^FDMA,https://id.example.org/01/09506000134352/21/A1^FS"));
    // The secret is never on what is outside.
    let outside = printed(&rows, &["--format", "zpl"]);
    assert!(!outside.contains(&secret[..9]));
    let misread = rows.replace("0W3G", "0W3H");
    assert!(refused(&misread, &["--with-activation"]).contains("was misread"));
    let without = "gtin,serial\n9506000134352,A1\n";
    assert!(refused(without, &["--with-activation"]).contains("no activation code in this row"));
}

#[test]
fn only_its_owner_reads_what_belongs_under_seals() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_place, out) = place();
    succeed(&[&["labels", CODE, "--out", text(&out)], &host()[..]].concat());
    let mode = std::fs::metadata(&out).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Serials, secrets, the record and both labels of every item, by two commands and one list.
#[test]
fn a_run_is_made_commissioned_and_printed_from_one_list() {
    let network = Network::found(&FOUNDERS[..1]);
    let _peer = network.start(0, None);
    let dir = text(&network.members[0]);
    succeed(&["prefix", "register", "9506000", "--dir", dir]);
    let list = network.place.path().join("run.csv");
    let make = ["run", "commission", text(&list), "--dir", dir, "--make"];
    let said = succeed(&[&make[..], &["09506000134352", "40"]].concat());
    assert!(said.contains("of 40 items"), "{said}");
    let out = network.place.path().join("labels.zpl");
    let print = ["labels", "--list", text(&list), "--with-activation"];
    let to = ["--format", "zpl", "--out", text(&out)];
    succeed(&[&print[..], &host()[..], &to[..]].concat());
    let zpl = std::fs::read_to_string(&out).unwrap();
    assert_eq!(zpl.matches("^XZ").count(), 80);
    assert_eq!(zpl.matches("^FDMA,CMA1:").count(), 40);
    // Secrets that were printed are never written over.
    let said = fail(&[&make[..], &["09506000134352", "40"]].concat());
    assert!(said.contains("cannot write"), "{said}");
    for count in ["0", "1000001", "many"] {
        let other = network.place.path().join("other.csv");
        let make = ["run", "commission", text(&other), "--dir", dir, "--make"];
        fail(&[&make[..], &["09506000134352", count]].concat());
        assert!(!other.exists());
    }
}
