mod laws;

use proptest::prelude::*;

use super::*;

const GTIN: &str = "09506000134352";

#[test]
fn reads_every_spelling() {
    let serial = "(01)09506000134352(21)A1/b";
    let batch = "(01)09506000134352(10)L42";
    let table = [
        (serial, serial),
        (" (01)9506000134352(21)A1/b\n", serial),
        ("(01)09506000134352(10)L42(21)A1/b", serial),
        ("(01)09506000134352(17)261231(21)A1/b", serial),
        ("010950600013435221A1/b", serial),
        ("]d2010950600013435221A1/b", serial),
        ("]C1010950600013435210L42\u{1d}21A1/b", serial),
        ("\u{1d}01095060001343521726123121A1/b\u{1d}", serial),
        ("https://id.example.org/01/09506000134352/21/A1%2Fb", serial),
        (
            "HTTPS://id.example.org/01/9506000134352/21/A1%2fb?17=261231#x",
            serial,
        ),
        (
            "http://127.0.0.1:8750/shop/01/09506000134352/21/A1%2Fb/",
            serial,
        ),
        (
            "]Q1https://id.example.org/01/09506000134352/21/A1%2Fb",
            serial,
        ),
        ("https://id.example.org/01/09506000134352/10/L42", batch),
        (
            "https://id.example.org/01/09506000134352/10/L42/21/A1%2Fb",
            serial,
        ),
        (batch, batch),
        ("010950600013435210L42", batch),
        ("106141412345678908", "(00)106141412345678908"),
        ("(00)106141412345678908", "(00)106141412345678908"),
        ("00106141412345678908", "(00)106141412345678908"),
        ("https://h/00/106141412345678908", "(00)106141412345678908"),
        ("(414)9506000134352", "(414)9506000134352"),
        ("4149506000134352", "(414)9506000134352"),
        ("https://h/414/9506000134352", "(414)9506000134352"),
        ("(414)9506000134352(254)A7", "(414)9506000134352"),
        ("https://h/414/9506000134352/254/A7", "(414)9506000134352"),
        (
            "(00)106141412345678908(402)06141411234567890",
            "(00)106141412345678908",
        ),
        ("8003006141411234521234", "(8003)006141411234521234"),
        (
            "https://h/8003/006141411234521234",
            "(8003)006141411234521234",
        ),
        ("(8004)0614141A/7", "(8004)0614141A/7"),
        ("]C1253471951200288934\u{1d}80040614141A", "(8004)0614141A"),
        (
            "https://h/8010/0614141AB%2F1/8011/34",
            "(8010)0614141AB/1(8011)34",
        ),
        ("801134\u{1d}80100614141AB/1", "(8010)0614141AB/1(8011)34"),
        ("40206141411234567890", "(402)06141411234567890"),
        ("(401)0614141xyz", "(401)0614141xyz"),
        ("(253)471951200288934", "(253)471951200288934"),
        ("CSQU 305438-3", "CSQU3054383"),
        ("csqu3054383", "CSQU3054383"),
        ("https://h/bic/CSQU3054383", "CSQU3054383"),
        // A weight, a date and a price stand beside, in any order.
        ("31030012501726123110L42\u{1d}0109506000134352", batch),
        ("393203612345\u{1d}010950600013435210L42", batch),
    ];
    for (text, expected) in table {
        assert_eq!(
            Code::parse(text).as_ref().map(Code::element_string),
            Ok(expected),
            "{text:?}"
        );
    }
}

/// A label that names two things would be read as one here and as the other elsewhere.
#[test]
fn an_identifier_that_comes_twice_says_the_same_twice() {
    let once = Code::gtin_serial("09506000134352", "A").unwrap();
    let same = [
        "(01)09506000134352(21)A(01)09506000134352",
        "]d2010950600013435221A\u{1d}0109506000134352",
        "https://example.org/01/09506000134352/21/A/01/09506000134352",
    ];
    for text in same {
        assert_eq!(Code::parse(text).as_ref(), Ok(&once), "{text}");
    }
    let different = [
        "(01)09506000134352(21)A(01)04006381333931",
        "(01)09506000134352(21)A(21)B",
        "]d2010950600013435221A\u{1d}21B",
        "https://example.org/01/09506000134352/21/A/21/B",
    ];
    for text in different {
        assert_eq!(Code::parse(text), Err(CodeError::NotGs1), "{text}");
    }
}

#[test]
fn names_what_is_wrong() {
    use CodeError as E;
    let long = "x".repeat(600);
    let table = [
        ("", E::Empty),
        (" \t\n", E::Empty),
        // The mark of a GS1 symbol, and nothing in the symbol.
        ("]C1", E::Empty),
        ("]d2\u{1d}", E::Empty),
        (
            "(01)09506000134353(21)A",
            E::CheckDigit {
                expected: '2',
                found: '3',
            },
        ),
        (
            "106141412345678909",
            E::CheckDigit {
                expected: '8',
                found: '9',
            },
        ),
        (
            "(01)0950600013435(21)A",
            E::CheckDigit {
                expected: '9',
                found: '5',
            },
        ),
        (
            "(01)09506000134352(00)1",
            E::Length {
                identifier: "00",
                found: 1,
            },
        ),
        (
            "(01)09506(21)A",
            E::Length {
                identifier: "01",
                found: 5,
            },
        ),
        (
            "(01)09506000134352(21)",
            E::Length {
                identifier: "21",
                found: 0,
            },
        ),
        (
            "(01)09506000134352(21)ABCDEFGHIJKLMNOPQRSTU",
            E::Length {
                identifier: "21",
                found: 21,
            },
        ),
        (
            "0109506000",
            E::Length {
                identifier: "01",
                found: 8,
            },
        ),
        (
            "(8003)00614141123452",
            E::SerialMissing { identifier: "8003" },
        ),
        ("(253)4719512002889", E::SerialMissing { identifier: "253" }),
        ("(8010)0614141ABC", E::SerialMissing { identifier: "8010" }),
        (
            "(8003)106141411234521",
            E::CheckDigit {
                expected: '9',
                found: '2',
            },
        ),
        (
            "(8018)061414112345678902",
            E::NotTracked { identifier: "8018" },
        ),
        (
            "(402)0614141123456789",
            E::Length {
                identifier: "402",
                found: 16,
            },
        ),
        ("9912", E::NotGs1),
        (
            "0512",
            E::UnknownIdentifier {
                identifier: "05".to_owned(),
            },
        ),
        (
            "(05)12",
            E::UnknownIdentifier {
                identifier: "05".to_owned(),
            },
        ),
        (
            "https://h/8004/0614141A/21/A",
            E::UnknownIdentifier {
                identifier: "21".to_owned(),
            },
        ),
        (
            "https://h/01/09506000134352/99/A",
            E::UnknownIdentifier {
                identifier: "99".to_owned(),
            },
        ),
        (
            "(01)09506000134352(21)A B",
            E::BadCharacter {
                identifier: "21",
                character: ' ',
            },
        ),
        (
            "(01)0950600013435Z(21)A",
            E::BadCharacter {
                identifier: "01",
                character: 'Z',
            },
        ),
        (
            "https://h/01/09506000134352/21/%E4%B8%AD",
            E::BadCharacter {
                identifier: "21",
                character: '中',
            },
        ),
        ("https://h/01/09506000134352/21/A(10)B", E::Ambiguous),
        (
            "9506000134352",
            E::ProductOnly {
                gtin: GTIN.to_owned(),
            },
        ),
        (
            "]E09506000134352",
            E::ProductOnly {
                gtin: GTIN.to_owned(),
            },
        ),
        (
            "https://h/01/9506000134352",
            E::ProductOnly {
                gtin: GTIN.to_owned(),
            },
        ),
        ("https://example.org/", E::NotGs1),
        ("https://example.org", E::NotGs1),
        ("https:///01/9506000134352/21/A", E::NotGs1),
        ("https://h/01", E::NotGs1),
        ("https://h/01/%FF/21/A", E::NotGs1),
        ("javascript:alert(1)", E::NotGs1),
        ("WIFI:S:x;;", E::NotGs1),
        ("]A0ABC", E::NotGs1),
        ("]", E::NotGs1),
        ("]中", E::NotGs1),
        ("(01", E::NotGs1),
        ("(10)L42", E::NotGs1),
        (long.as_str(), E::NotGs1),
    ];
    for (text, expected) in table {
        assert_eq!(Code::parse(text), Err(expected), "{text:?}");
    }
}

#[test]
fn links_are_https_except_on_this_machine() {
    let code = Code::gtin_serial(GTIN, "A/1?%").unwrap();
    let tail = "/01/09506000134352/21/A%2F1%3F%25";
    for (host, scheme) in [
        ("id.example.org", "https"),
        ("127.example.org", "https"),
        ("localhost.example.org:80", "https"),
        ("localhost:8750", "http"),
        ("127.0.0.1:8750", "http"),
        ("[::1]:8750", "http"),
    ] {
        let link = code.digital_link(host);
        assert_eq!(link, format!("{scheme}://{host}{tail}"));
        assert_eq!(Code::parse(&link).as_ref(), Ok(&code));
    }
}

#[test]
fn prefixes_start_after_indicator_and_extension() {
    let item = Code::gtin_serial("19506000134359", "A").unwrap();
    assert!(item.company_prefix_matches("9506000"));
    assert!(!item.company_prefix_matches("19506000"));
    let unit = Code::sscc("106141412345678908").unwrap();
    assert!(unit.company_prefix_matches("0614141"));
    let place = Code::gln("9506000134352").unwrap();
    assert!(place.company_prefix_matches("9506000"));
    assert!(!place.company_prefix_matches(""));
    let table = [
        Code::returnable_asset("006141411234521234"),
        Code::asset("0614141A/7"),
        Code::component("0614141AB/1", "34"),
        Code::shipment("06141411234567890"),
        Code::consignment("0614141xyz"),
        Code::document("061414112345289"),
    ];
    for code in table {
        let code = code.unwrap();
        assert!(code.company_prefix_matches("0614141"), "{code}");
        assert!(!code.company_prefix_matches("00614141"), "{code}");
    }
    let component = Code::component("0614141AB/1", "34").unwrap();
    assert_eq!(component.digits(), "0614141AB/1");
    let container = Code::container("CSQU3054383").unwrap();
    assert!(container.company_prefix_matches("CSQU"));
}

/// Containers with such numbers exist, and the standards' own examples hold some.
#[test]
fn a_containers_wrong_check_digit_is_a_warning() {
    let container = |number| Code::container(number).unwrap().warning();
    assert_eq!(container("CSQU3054383"), None);
    // The check of ten is written as zero.
    assert_eq!(container("CSQU4000000"), None);
    assert_eq!(
        container("CSQU3054384"),
        Some(CodeWarning::ContainerCheckDigit {
            expected: '3',
            found: '4'
        })
    );
    for wrong in ["CSQX3054383", "CSQU305438", "CSQU30543833", "ＣSQU3054383"] {
        assert_eq!(Code::container(wrong), Err(CodeError::Container), "{wrong}");
    }
}

#[test]
fn classes_hide_what_no_rule_needs() {
    let table = [
        (Code::gtin_serial(GTIN, "A"), "(01)09506000134352"),
        (Code::gtin_batch(GTIN, "A"), "(01)09506000134352"),
        (Code::sscc("106141412345678908"), "(00)"),
        (Code::gln("9506000134352"), "(414)"),
        (Code::returnable_asset("006141411234525"), "(8003)"),
        (Code::component("0614141ABC", "7"), "(8010)"),
        (Code::container("CSQU3054383"), "BIC"),
    ];
    for (code, class) in table {
        assert_eq!(code.unwrap().class(), class);
    }
}

#[test]
fn prefixes_are_four_to_twelve_digits() {
    for wrong in [
        "",
        "123",
        "1234567890123",
        "12a4",
        "１２３４",
        "CSQX",
        "csqu",
        "CSQU3",
    ] {
        assert_eq!(Prefix::parse(wrong), Err(CodeError::Prefix), "{wrong:?}");
    }
    let prefix = |text| Prefix::parse(text).unwrap();
    assert!(prefix("9506000").overlaps(&prefix("95060001")));
    assert!(!prefix("9506000").overlaps(&prefix("9506001")));
    assert!(prefix("CSQU").is_container_owner() && !prefix("9506").is_container_owner());
}

#[test]
fn a_part_is_missing_only_where_the_standard_lets_it() {
    for (text, fits) in [
        ("(253)4719512002889", true),
        ("(7007)261231", true),
        ("(7007)261231270101", true),
        ("(7007)2612312701", false),
        ("(421)156", false),
        ("(421)156518000", true),
        ("(7030)156", false),
        ("(3912)978", false),
    ] {
        let refused = matches!(ElementString::parse(text), Err(CodeError::Length { .. }));
        assert_eq!(refused, !fits, "{text}");
    }
}

#[test]
fn serials_hold_all_eighty_bits() {
    assert_eq!(crockford_serial([0; 10]), "0000000000000000");
    assert_eq!(crockford_serial([0xff; 10]), "ZZZZZZZZZZZZZZZZ");
    assert_eq!(
        crockford_serial([0, 0, 0, 0, 0, 0, 0, 0, 0x04, 0x21]),
        "0000000000000111"
    );
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = Code::parse(&text);
    }

    #[test]
    fn never_panics_on_what_looks_like_a_code(
        text in r"(\]..)?(https?://h/)?[\(\)0-9A-Z/%\x1d]{0,60}"
    ) {
        let _ = Code::parse(&text);
    }

    #[test]
    fn reads_back_what_it_writes(serial in r#"[!-"%-?A-Z_a-z]{1,20}"#, batch in any::<bool>()) {
        let made = if batch { Code::gtin_batch(GTIN, &serial) } else { Code::gtin_serial(GTIN, &serial) };
        // Only what reads as two elements is refused.
        if let Ok(code) = made {
            prop_assert_eq!(Code::parse(code.element_string()), Ok(code.clone()));
            prop_assert_eq!(Code::parse(&code.digital_link("id.example.org")), Ok(code));
        } else {
            prop_assert_eq!(made, Err(CodeError::Ambiguous));
        }
    }

    #[test]
    fn one_changed_digit_is_noticed(place in 0usize..18, by in 1u8..10) {
        let mut digits = b"106141412345678908".to_vec();
        digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
        let text = String::from_utf8(digits).unwrap();
        prop_assert!(matches!(Code::parse(&text), Err(CodeError::CheckDigit { .. })), "{}", text);
    }
}
