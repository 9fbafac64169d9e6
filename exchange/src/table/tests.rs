use super::{BadCells, MAX_BYTES, MAX_ROWS, Mapping, MappingError, Table, TableError};
use chopmark_epcis::Vocabulary;

const MAPPING: &str = r#"
delimiter = ";"
separator = "|"
time = "%d.%m.%Y %H:%M"

[fixed]
type = "ObjectEvent"
action = "ADD"
bizStep = "commissioning"
eventTimeZoneOffset = "+08:00"

[columns]
eventTime = "Produced"
gtin = "GTIN"
serial = "Serial no."
"ilmd.ex:product" = "产品"
disposition = "State"
"paper.po" = "Order"
readPoint = "Gate"
"ex:line" = "Line"

[words.disposition]
ok = "active"

[prefixes]
ex = "https://example.com/terms/"
"#;

fn mapping(text: &str) -> Result<Mapping, MappingError> {
    Mapping::parse(text)
}

fn table(text: &str) -> Table {
    Table::read(text.as_bytes(), &mapping(MAPPING).unwrap()).unwrap()
}

const HEADING: &str = "Serial no.;GTIN;Produced;产品;State;Order;Gate;Line\n";

#[test]
fn a_row_is_an_event() {
    let text = format!(
        "\u{feff}{HEADING}A1;9506000134352;02.03.2026 10:00;\"茶; \u{202b}שי\u{202c}\";ok;https://example.com/po/x;(414)9506000013435;4\n"
    );
    let table = table(&text);
    assert!(table.bad.is_empty());
    let (line, event) = &table.events[0];
    assert_eq!(*line, 2);
    let expected = concat!(
        r#"{"@context":[{"ex":"https://example.com/terms/"}],"action":"ADD","bizStep":"commissioning","#,
        r#""bizTransactionList":[{"bizTransaction":"https://example.com/po/x","type":"po"}],"#,
        r#""disposition":"active","epcList":["https://id.gs1.org/01/09506000134352/21/A1"],"#,
        r#""eventTime":"2026-03-02T10:00:00+08:00","eventTimeZoneOffset":"+08:00","#,
        "\"ex:line\":\"4\",\"ilmd\":{\"ex:product\":\"茶; \u{202b}שי\u{202c}\"},",
        r#""readPoint":{"id":"https://id.gs1.org/414/9506000013435"},"type":"ObjectEvent"}"#,
    );
    assert_eq!(event.write().to_string(), expected);
}

/// A fraction was dropped, a zone in the cell was replaced by that of the row, and second 60 became
/// 59: other times, without a word.
#[test]
fn times_are_what_the_cells_say_or_their_rows_are_bad() {
    let mapping = mapping(
        r#"
        time = "%d.%m.%Y %H:%M:%S%.f%:z"
        [fixed]
        type = "ObjectEvent"
        action = "ADD"
        eventTimeZoneOffset = "+08:00"
        [columns]
        eventTime = "t"
        epcList = "item"
        "#,
    )
    .unwrap();
    let item = "urn:epc:id:sgtin:9506000.013435.A";
    let text = format!(
        "t,item\n31.12.2016 23:59:60.25+00:00,{item}\n\
        02.03.2026 10:00:00.5-05:30,{item}\n\
        31.12.2016 12:00:60+00:00,{item}\n\
        02.03.2026 10:00:00+14:30,{item}\n"
    );
    let table = Table::read(text.as_bytes(), &mapping).unwrap();
    let times: Vec<&str> = table
        .events
        .iter()
        .map(|(_, event)| event.about.event_time.written())
        .collect();
    assert_eq!(
        times,
        [
            "2016-12-31T23:59:60.25+00:00",
            "2026-03-02T10:00:00.5-05:30"
        ]
    );
    let bad: Vec<(u64, String)> = table
        .bad
        .named()
        .iter()
        .map(|row| (row.line, row.why.to_string()))
        .collect();
    assert!(
        matches!(bad.as_slice(), [(4, second), (5, zone)]
            if second.contains("second 60 is only at") && zone.contains("between -14:00 and +14:00")),
        "{bad:?}"
    );
}

#[test]
fn every_bad_row_has_its_line_and_its_reason() {
    let good = "A1;9506000134352;02.03.2026 10:00;tea;ok;;;\n";
    let rows = [
        good,
        "A2;9506000134353;02.03.2026 10:00;tea;ok;;;\n",
        "A3;9506000134352;31.02.2026 10:00;tea;ok;;;\n",
        "A4;9506000134352;02.03.2026 10:00;tea;fine;;;\n",
        "A5;9506000134352;02.03.2026 10:00;tea;ok;;\n",
        ";;02.03.2026 10:00;tea;ok;;;\n",
        "\"A\n6\";9506000134352;02.03.2026 10:00;tea;ok;;;\n",
        good,
    ];
    let text = format!("{HEADING}{}", rows.concat());
    let table = table(&text);
    let lines: Vec<u64> = table.events.iter().map(|(line, _)| *line).collect();
    // The same thing twice is for the rules to refuse.
    assert_eq!(lines, [2, 10]);
    let bad: Vec<(u64, &BadCells)> = table
        .bad
        .named()
        .iter()
        .map(|bad| (bad.line, &bad.why))
        .collect();
    assert!(matches!(bad[0], (3, BadCells::Cell { .. })), "{bad:?}");
    assert!(matches!(bad[1], (4, BadCells::Cell { column, .. }) if column == "Produced"));
    assert!(matches!(bad[2], (5, BadCells::Event(fault)) if fault.path() == "$.disposition"));
    assert!(matches!(
        bad[3],
        (
            6,
            BadCells::Length {
                expected: 8,
                found: 7
            }
        )
    ));
    assert!(matches!(bad[4], (7, BadCells::Event(_))), "{bad:?}");
    assert!(matches!(bad[5], (8, BadCells::Cell { .. })), "{bad:?}");
    assert_eq!(bad.len(), 6);
}

#[test]
fn other_encodings_are_named_row_by_row() {
    // GBK, as older spreadsheets of the region save it.
    let text = [
        HEADING.as_bytes(),
        b"A1;9506000134352;02.03.2026 10:00;\xb2\xe8;ok;;;\n",
        b"A2;9506000134352;02.03.2026 10:00;tea;ok;;;\n",
    ]
    .concat();
    let table = Table::read(&text, &mapping(MAPPING).unwrap()).unwrap();
    assert_eq!(table.events.len(), 1);
    assert_eq!(
        (table.bad.named()[0].line, &table.bad.named()[0].why),
        (2, &BadCells::NotUtf8)
    );
}

#[test]
fn empty_lines_and_rows_that_are_no_text_are_counted() {
    let mapping = mapping(MAPPING).unwrap();
    let rows = b"\r\n\xd2\xca;;;;;;;\r\n\r\n\r\nx\r\n";
    let bytes = [HEADING.as_bytes(), rows].concat();
    let read = Table::read(&bytes, &mapping).unwrap();
    let lines: Vec<u64> = read.bad.named().iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 6]);
}

/// The reader ends a row at a lone carriage return. Two rows had the line of the first.
#[test]
fn a_row_after_a_lone_carriage_return_has_a_line_of_its_own() {
    let mapping = mapping(MAPPING).unwrap();
    let bytes = [HEADING.as_bytes(), b"\r\nx\ry\r\nz"].concat();
    let read = Table::read(&bytes, &mapping).unwrap();
    let lines: Vec<u64> = read.bad.named().iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5]);
}

#[test]
fn quantities_batches_and_containers_have_columns() {
    let mapping = mapping(
        r#"
        [fixed]
        type = "AggregationEvent"
        action = "ADD"
        eventTimeZoneOffset = "+00:00"
        [columns]
        eventTime = "t"
        parentID = "case"
        childEPCs = "items"
        "child.class" = "batch"
        "child.quantity" = "n"
        "child.unit" = "u"
        "source.owning_party" = "from"
        [words.unit]
        kg = "KGM"
        "#,
    )
    .unwrap();
    let text = "t,case,items,batch,n,u,from\n\
        2026-03-02T10:00:00Z,106141412345678908,(01)09506000134352(21)A;urn:epc:id:sgtin:9506000.013435.B,(01)09506000134352(10)L,2.50,kg,urn:epc:id:pgln:9506000.00001\n\
        2026-03-02T10:00:00Z,106141412345678908,,(01)09506000134352(10)L,2;50,kg,\n";
    let table = Table::read(text.as_bytes(), &mapping).unwrap();
    let text = table.events[0].1.write().to_string();
    for part in [
        r#""parentID":"https://id.gs1.org/00/106141412345678908""#,
        r#""childEPCs":["https://id.gs1.org/01/09506000134352/21/A","urn:epc:id:sgtin:9506000.013435.B"]"#,
        r#""childQuantityList":[{"epcClass":"https://id.gs1.org/01/09506000134352/10/L","quantity":2.50,"uom":"KGM"}]"#,
        r#""sourceList":[{"source":"urn:epc:id:pgln:9506000.00001","type":"owning_party"}]"#,
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(matches!(&table.bad.named()[0].why, BadCells::Cell { column, .. } if column == "n"));
    assert_eq!(chopmark_epcis::BizStep::Packing.word(), "packing");
}

#[test]
fn refuses_mappings_and_headings_that_are_unclear() {
    assert!(matches!(mapping("nonsense"), Err(MappingError::Form(_))));
    assert!(matches!(mapping("colums = {}"), Err(MappingError::Form(_))));
    assert_eq!(
        mapping("delimiter = \"、\""),
        Err(MappingError::Delimiter('、'))
    );
    assert_eq!(
        mapping("time = \"%s\""),
        Err(MappingError::Time("%s".to_owned()))
    );
    let unknown = |name: &str| mapping(&format!("[fixed]\n{name:?} = \"x\""));
    for name in ["weight", "paper.bill", "source.buyer", "ilmd.lot"] {
        assert_eq!(
            unknown(name),
            Err(MappingError::UnknownField(name.to_owned()))
        );
    }
    assert_eq!(
        unknown("ex:a"),
        Err(MappingError::PrefixMissing("ex:a".to_owned()))
    );
    let twice = "[fixed]\naction = \"ADD\"\n[columns]\naction = \"x\"";
    assert_eq!(
        mapping(twice),
        Err(MappingError::Twice("action".to_owned()))
    );
    let address = mapping("[prefixes]\nex = \"not an address\"");
    assert_eq!(address, Err(MappingError::Prefix("ex".to_owned())));
    let read = |text: &str| Table::read(text.as_bytes(), &mapping(MAPPING).unwrap());
    assert_eq!(
        read("GTIN;Produced\n"),
        Err(TableError::ColumnMissing("State".to_owned()))
    );
    let twice = HEADING.replace("Line", "GTIN");
    assert!(matches!(
        read(&twice),
        Err(TableError::ColumnMissing(_) | TableError::ColumnTwice(_))
    ));
    assert!(matches!(
        Table::read(b"\xff\xfe\n", &mapping(MAPPING).unwrap()),
        Err(TableError::Heading(_))
    ));
}

/// A table of two letters a row within the limit of bytes had fifty million bad rows, each kept.
#[test]
fn a_table_has_limits_of_bytes_and_rows() {
    let mapping = mapping(MAPPING).unwrap();
    let large = vec![b'x'; MAX_BYTES + 1];
    assert_eq!(
        Table::read(&large, &mapping),
        Err(TableError::TooLarge {
            bytes: MAX_BYTES + 1
        })
    );
    let rows = |count: usize| {
        let bytes = [HEADING.as_bytes(), "x\n".repeat(count).as_bytes()].concat();
        Table::read(&bytes, &mapping)
    };
    assert_eq!(rows(MAX_ROWS + 1), Err(TableError::TooManyRows));
    let most = rows(MAX_ROWS).unwrap();
    assert_eq!(most.rows(), MAX_ROWS);
    assert_eq!(
        (most.bad.named().len(), most.bad.more()),
        (100_000, MAX_ROWS - 100_000)
    );
    // The first of them, in the order of the table.
    assert_eq!(most.bad.named().last().unwrap().line, 100_001);
}
