//! Laws over every identifier and every kind of code.

use proptest::prelude::*;

use super::super::*;

/// A value that fits a row of the table, from a number that decides everything.
fn value_of(row: &Identifier, mut seed: u64) -> String {
    let mut next = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut value = String::new();
    for (place, part) in row.format().split('+').enumerate() {
        let part = part.trim_end_matches(['[', ']']);
        let letters = match &part[..1] {
            "N" => "0123456789",
            "Y" => "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "Z" => "-0123456789ABCXYZ_abcxyz",
            _ => "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz",
        };
        let length = match part[1..].strip_prefix("..") {
            Some(most) => {
                let most: usize = most.parse().unwrap();
                1 + next(most.min(12))
            }
            None => part[1..].parse().unwrap(),
        };
        let letters: Vec<char> = letters.chars().collect();
        value.extend((0..length).map(|_| letters[next(letters.len())]));
        if place == 0 && matches!(row.check(&value), Err(CodeError::CheckDigit { .. })) {
            value.pop();
            value.push(check_digit(&value).unwrap());
        }
        if matches!(row.check(&value), Err(CodeError::CheckPair)) {
            value.extend(check::check_pair(&value).unwrap());
        }
    }
    value
}

fn value(identifier: &str) -> impl Strategy<Value = String> {
    let row = Identifier::find(identifier).unwrap();
    any::<u64>().prop_map(|seed| value_of(row, seed))
}

fn any_code() -> impl Strategy<Value = Code> {
    prop_oneof![
        (value("01"), value("21")).prop_map(|(a, b)| Code::gtin_serial(&a, &b)),
        (value("01"), value("10")).prop_map(|(a, b)| Code::gtin_batch(&a, &b)),
        value("00").prop_map(|a| Code::sscc(&a)),
        value("414").prop_map(|a| Code::gln(&a)),
        value("8003").prop_map(|a| {
            let digits = format!("0{}", &a[1..13]);
            let check = check_digit(&digits).unwrap();
            Code::returnable_asset(&format!("{digits}{check}{}", &a[14..]))
        }),
        value("8004").prop_map(|a| Code::asset(&a)),
        (value("8010"), value("8011")).prop_map(|(a, b)| Code::component(&a, &b)),
        value("402").prop_map(|a| Code::shipment(&a)),
        value("401").prop_map(|a| Code::consignment(&a)),
        value("253").prop_map(|a| Code::document(&a)),
        r"[A-Z]{3}[UJZ][0-9]{7}".prop_map(|a| Code::container(&a)),
    ]
    // Only what reads as two elements is refused.
    .prop_filter_map("ambiguous", |code| match code {
        Err(CodeError::Ambiguous) => None,
        code => Some(code.unwrap()),
    })
}

/// A scanner's text without FNC1 after a predefined length would otherwise mean two things.
#[test]
fn no_identifier_is_the_beginning_of_another() {
    let all = Identifier::all();
    for row in all {
        assert_eq!(Identifier::find(row.first()), Some(row));
        for other in all.iter().filter(|other| *other != row) {
            let shorter = row.first().len().min(other.first().len());
            assert_ne!(
                row.first().get(..shorter),
                other.first().get(..shorter),
                "{row:?} {other:?}"
            );
        }
        for qualifier in row.qualifiers() {
            assert!(Identifier::find(qualifier).is_some(), "{qualifier}");
        }
    }
}

/// The sections and lengths that the General Specifications name, as examples.
#[test]
fn the_table_says_what_the_standard_says() {
    let table = [
        ("00", "SSCC", "3.3", Some(18)),
        ("17", "USE BY", "3.4", Some(6)),
        ("21", "SERIAL", "3.5", None),
        ("3103", "NET WEIGHT (kg)", "3.6", Some(6)),
        ("402", "GSIN", "3.7", None),
        ("414", "LOC No.", "3.7", Some(13)),
        ("7003", "EXPIRY TIME", "3.8", None),
        ("8003", "GRAI", "3.9", None),
        ("99", "INTERNAL", "3.10", None),
    ];
    for (name, title, section, length) in table {
        let row = Identifier::find(name).unwrap();
        assert_eq!(
            (row.title(), row.section(), row.predefined_length()),
            (title, section, length),
            "{name}"
        );
    }
    for none in [
        "",
        "0",
        "05",
        "3106",
        "3109",
        "7229",
        "723",
        "9",
        "100",
        "４１４",
    ] {
        assert_eq!(Identifier::find(none), None, "{none}");
    }
}

#[test]
fn labels_are_written_in_one_order() {
    let label = "(17)261231(21)A/1(3103)001250(10)L42(01)09506000134352";
    let label = ElementString::parse(label).unwrap();
    let canonical = "(01)09506000134352(10)L42(21)A/1(17)261231(3103)001250";
    let link = "https://id.example.org/01/09506000134352/10/L42/21/A%2F1?17=261231&3103=001250";
    assert_eq!(label.to_string(), canonical);
    assert_eq!(
        label.fnc1(),
        "010950600013435210L42\u{1d}21A/1\u{1d}172612313103001250"
    );
    assert_eq!(label.digital_link("id.example.org").as_deref(), Ok(link));
    // What GS1 gives no meaning to is another's.
    let read = ElementString::parse(&format!("{link}&lang=en#top")).unwrap();
    assert_eq!(read, label);
    // A query that names another thing than the path.
    for query in ["?01=04006381333931", "?21=B", "?17=2612"] {
        let link = format!("https://h/01/09506000134352/10/L42{query}");
        assert!(ElementString::parse(&link).is_err(), "{query}");
        assert_eq!(
            Code::parse(&link).unwrap().element_string(),
            "(01)09506000134352(10)L42"
        );
    }
    let date = ElementString::parse("(17)261231").unwrap();
    assert_eq!(date.digital_link("h"), Err(CodeError::NotGs1));
    assert_eq!(date.get("17"), Some("261231"));
}

proptest! {
    #[test]
    fn every_kind_reads_back_what_it_writes(code in any_code()) {
        prop_assert_eq!(Code::parse(code.element_string()), Ok(code.clone()));
        prop_assert_eq!(Code::parse(&code.digital_link("id.example.org")), Ok(code.clone()));
        if code.kind() != CodeKind::Container {
            let label = ElementString::parse(code.element_string()).unwrap();
            prop_assert_eq!(Code::parse(&format!("]C1{}", label.fnc1())), Ok(code.clone()));
            prop_assert_eq!(&label.to_string(), code.element_string());
        }
    }

    /// Whatever the order and the spelling, one label is written in one way.
    #[test]
    fn normalising_twice_changes_nothing(
        rows in proptest::sample::subsequence((0..Identifier::all().len()).collect::<Vec<_>>(), 1..6)
            .prop_shuffle(),
        seed in any::<u64>(),
    ) {
        let text: String = rows
            .iter()
            .map(|row| &Identifier::all()[*row])
            .map(|row| format!("({}){}", row.first(), value_of(row, seed)))
            .collect();
        // Values with an identifier in parentheses read as two elements.
        if let Ok(label) = ElementString::parse(&text) {
            let once = label.to_string();
            let again = ElementString::parse(&once).unwrap();
            prop_assert_eq!(&again.to_string(), &once);
            let scanned = ElementString::parse(&format!("]C1{}", label.fnc1()));
            prop_assert_eq!(scanned.map(|label| label.to_string()), Ok(once));
        }
    }

    #[test]
    fn labels_never_panic(text in r"(\]..|https?://h)?[\(\)0-9A-Z/?&=;%\x1d中]{0,80}") {
        let _ = ElementString::parse(&text);
        let _ = Code::container(&text);
    }
}
