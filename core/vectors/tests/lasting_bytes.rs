//! What was signed once has to verify for as long as goods last: a change of any byte here is a
//! new version of the format, or a mistake.

use chopmark_core::SectionHash;

#[test]
fn bytes_stay_what_they_were() {
    // No signature covers these yet: they may change together with the rules.
    let unsigned = ["outcomes ", "state ", "snapshot "];
    let lines = chopmark_vectors::lines().unwrap();
    let signed = |line: &String| !unsigned.iter().any(|name| line.starts_with(name));
    let lasting = lines.into_iter().filter(signed);
    let short = lasting.map(|line| {
        if line.len() <= 90 {
            return line;
        }
        let (name, _) = line.split_once(' ').unwrap();
        let digest = SectionHash::of(line.as_bytes());
        format!("{name} of {} characters, hash {digest}", line.len())
    });
    insta::assert_snapshot!(short.collect::<Vec<_>>().join("\n"));
}
