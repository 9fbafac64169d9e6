use super::{CompanyPrefixes, Epc, EpcError, Form, code, uri};

/// Each kind of URN with its canonical link and, where it names a thing with a history here, its
/// code. The links were made by hand from the EPC Tag Data Standard.
const PAIRS: &[(&str, &str, Option<&str>)] = &[
    (
        "urn:epc:id:sgtin:9506000.013435.A1",
        "01/09506000134352/21/A1",
        Some("(01)09506000134352(21)A1"),
    ),
    // A serial with a point, and with what each form escapes.
    (
        "urn:epc:id:sgtin:0614141.812345.a.b%2F%25-%22",
        "01/80614141123458/21/a.b%2F%25-%22",
        Some("(01)80614141123458(21)a.b/%-\""),
    ),
    (
        "urn:epc:id:sgtin:123456789012.3.7",
        "01/31234567890129/21/7",
        Some("(01)31234567890129(21)7"),
    ),
    (
        "urn:epc:class:lgtin:9506000.013435.L1",
        "01/09506000134352/10/L1",
        Some("(01)09506000134352(10)L1"),
    ),
    (
        "urn:epc:id:upui:9506000.013435.51qI",
        "01/09506000134352/235/51qI",
        None,
    ),
    (
        "urn:epc:idpat:sgtin:9506000.013435.*",
        "01/09506000134352",
        None,
    ),
    (
        "urn:epc:id:sscc:0614141.1234567890",
        "00/106141412345678908",
        Some("(00)106141412345678908"),
    ),
    (
        "urn:epc:id:sgln:9506000.01343.0",
        "414/9506000013435",
        Some("(414)9506000013435"),
    ),
    (
        "urn:epc:id:sgln:123456789012..4",
        "414/1234567890128/254/4",
        Some("(414)1234567890128"),
    ),
    ("urn:epc:id:pgln:9506000.00001", "417/9506000000015", None),
    (
        "urn:epc:id:grai:9506000.01343.77a",
        "8003/0950600001343577a",
        Some("(8003)0950600001343577a"),
    ),
    (
        "urn:epc:idpat:grai:9506000.01343.*",
        "8003/09506000013435",
        None,
    ),
    (
        "urn:epc:id:giai:9506000.S.7",
        "8004/9506000S.7",
        Some("(8004)9506000S.7"),
    ),
    (
        "urn:epc:id:gsrn:9506000.1234567890",
        "8018/950600012345678907",
        None,
    ),
    (
        "urn:epc:id:gsrnp:9506000.1234567890",
        "8017/950600012345678907",
        None,
    ),
    (
        "urn:epc:id:gdti:9506000.00001.77",
        "253/950600000001577",
        Some("(253)950600000001577"),
    ),
    (
        "urn:epc:idpat:gdti:9506000.00001.*",
        "253/9506000000015",
        None,
    ),
    (
        "urn:epc:id:sgcn:9506000.00001.42",
        "255/950600000001542",
        None,
    ),
    (
        "urn:epc:id:cpi:0614141.123ABC.9",
        "8010/0614141123ABC/8011/9",
        Some("(8010)0614141123ABC(8011)9"),
    ),
    (
        "urn:epc:id:cpi:0614141.5PQ7%2FZ43.12345",
        "8010/06141415PQ7%2FZ43/8011/12345",
        Some("(8010)06141415PQ7/Z43(8011)12345"),
    ),
    (
        "urn:epc:id:ginc:0614141.xyz3311cba",
        "401/0614141xyz3311cba",
        Some("(401)0614141xyz3311cba"),
    ),
    (
        "urn:epc:id:gsin:0614141.123456789",
        "402/06141411234567890",
        Some("(402)06141411234567890"),
    ),
    (
        "urn:epc:id:itip:4012345.012345.01.02.987",
        "8006/040123451234560102/21/987",
        None,
    ),
    (
        "urn:epc:idpat:itip:4012345.012345.01.02.*",
        "8006/040123451234560102",
        None,
    ),
];

#[test]
fn each_form_of_each_kind_gives_the_other() {
    for (urn, path, element_string) in PAIRS {
        let epc = Epc::parse(urn).unwrap();
        let link = format!("https://id.gs1.org/{path}");
        assert_eq!(epc.link(), link, "{urn}");
        let mut known = CompanyPrefixes::default();
        known.learn(epc.company_prefix().unwrap());
        let back = Epc::parse(&link).unwrap();
        assert_eq!(back.company_prefix(), None);
        assert_eq!(back.urn(&known).as_deref(), Ok(*urn), "{link}");
        // A URN brings its own prefix length.
        assert_eq!(epc.urn(&CompanyPrefixes::default()).as_deref(), Ok(*urn));
        let codes = [code(urn), code(&link)].map(|code| code.ok().map(|code| code.to_string()));
        assert_eq!(
            codes,
            [
                element_string.map(str::to_owned),
                element_string.map(str::to_owned)
            ]
        );
    }
}

#[test]
fn a_link_without_known_prefix_has_no_urn() {
    let epc = Epc::parse("https://example.org/x/01/09506000134352/10/L/21/A?17=261231").unwrap();
    // Any host, the finest level, and no query.
    assert_eq!(epc.link(), "https://id.gs1.org/01/09506000134352/21/A");
    let mut known = CompanyPrefixes::default();
    assert!(matches!(epc.urn(&known), Err(EpcError::PrefixUnknown(_))));
    known.learn("12345");
    known.learn("9506000134352");
    known.learn("95060001");
    known.learn("950600x");
    assert_eq!(
        epc.urn(&known).unwrap(),
        "urn:epc:id:sgtin:95060001.03435.A"
    );
    // A range below a company prefix is not GS1's.
    known.learn("9506000");
    assert_eq!(
        epc.urn(&known).unwrap(),
        "urn:epc:id:sgtin:9506000.013435.A"
    );
}

#[test]
fn codes_are_written_in_either_form() {
    let mut known = CompanyPrefixes::default();
    known.learn("9506000");
    let item = code("urn:epc:id:sgtin:9506000.013435.A1").unwrap();
    let container = code("urn:epc:id:bic:CSQU3054383").unwrap();
    assert_eq!(container.to_string(), "CSQU3054383");
    for (code, form, expected) in [
        (
            &item,
            Form::Link,
            "https://id.example.org/01/09506000134352/21/A1",
        ),
        (&item, Form::Urn, "urn:epc:id:sgtin:9506000.013435.A1"),
        (
            &container,
            Form::Link,
            "https://id.example.org/bic/CSQU3054383",
        ),
        (&container, Form::Urn, "urn:epc:id:bic:CSQU3054383"),
    ] {
        assert_eq!(uri(code, form, "id.example.org", &known), expected);
    }
    let none = CompanyPrefixes::default();
    let link = "https://id.example.org/01/09506000134352/21/A1";
    assert_eq!(uri(&item, Form::Urn, "id.example.org", &none), link);
}

#[test]
fn refuses_what_is_no_identifier_of_gs1() {
    for wrong in [
        "",
        "urn:epc:id",
        "urn:epc:id:sgtin",
        "urn:epc:id:dodaac:1.2",
        "urn:epc:class:sgtin:9506000.013435.A1",
        "urn:epc:idpat:sgtin:9506000.*.*",
        "urn:epc:idpat:sgtin:9506000.013435.A1",
        "urn:uuid:404d95fc-9457-4a51-bd6a-0bba133845a8",
        "https://example.com/parts/7",
        "ftp://id.gs1.org/01/09506000134352",
    ] {
        assert!(Epc::parse(wrong).is_err(), "{wrong}");
    }
    for parts in [
        "urn:epc:id:sgtin:9506000.013435",
        "urn:epc:id:sgtin:9506000.013435.",
        "urn:epc:id:sgtin:9506000.13435.A1",
        "urn:epc:id:sgtin:95060.00013435.A1",
        "urn:epc:id:sgtin:950600A.013435.A1",
        "urn:epc:id:sscc:0614141.1234567890.1",
        "urn:epc:id:giai:9506000.",
        "urn:epc:id:itip:4012345.012345.1.02.987",
    ] {
        assert!(
            matches!(Epc::parse(parts), Err(EpcError::Parts(_))),
            "{parts}"
        );
    }
    for (key, _) in [
        ("urn:epc:id:sgtin:9506000.013435.A%C3%A9", ""),
        ("urn:epc:id:sgtin:9506000.013435.123456789012345678901", ""),
        ("https://id.gs1.org/01/09506000134353/21/A1", "check digit"),
    ] {
        assert!(
            matches!(Epc::parse(key), Err(EpcError::Key { .. })),
            "{key}"
        );
    }
}
