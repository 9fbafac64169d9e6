//! Codes, links and documents as people and programs write them.

use chopmark_core::ActivationSecret;

use super::Seed;

/// One thing of every kind, and a label with data beside its key.
const ELEMENT_STRINGS: &[&str] = &[
    "(01)09506000134352(21)A1",
    "(01)09506000134352(10)LOT-7(17)271231",
    "(00)095060000000000016",
    "(414)9506000134352",
    "(8003)09506000134352K7",
    "(8004)9506000VAN12",
    "(8010)9506000-88(8011)42",
    "(402)95060000000000018",
    "(401)9506000HOUSE1",
    "(253)9506000134352B1",
    "]d20109506000134352213103000500\u{1d}21A1",
    "]C100095060000000000016",
    "0109506000134352",
    "]Q3(01)",
];

const LINKS: &[&str] = &[
    "id.example.org/01/09506000134352/21/A1",
    "id.example.org/some/path/01/09506000134352/10/LOT%2F7?17=271231&linkType=gs1:pip",
    "id.example.org/00/095060000000000016",
    "id.example.org/8010/9506000-88/8011/42",
    "id.example.org/253/9506000134352B1?3103=000500",
    "id.example.org/414/9506000134352/254/DOCK4",
];

const CONTAINERS: &[&str] = &[
    "CSQU3054383",
    "csqu 305438-3",
    "https://id.example.org/bic/CSQU3054383",
];

/// As it is printed, and as it is typed.
const SHARES: &[&str] = &[
    "CMR1-081G20-G30G2G-C1R814-4GJ289-144GJ2-89144G-J28914-4GJ289-144GJ2-89144G-J28914-4VPVM9",
    "cmr1 o81g2o g3og2g clr8l4 4gj289 l44gj2 89l44g j289l4 4gj289 l44gj2 89l44g j289l4 4vpvm9",
];

const EPCS: &[&str] = &[
    "urn:epc:id:sgtin:9506000.013435.A1",
    "urn:epc:class:lgtin:9506000.013435.L%2F1",
    "urn:epc:id:sscc:9506000.1234567890",
    "urn:epc:id:giai:9506000.S7",
    "urn:epc:id:grai:9506000.01343.7",
    "urn:epc:id:bic:CSQU3054383",
    "https://id.gs1.org/01/09506000134352/21/A1",
];

/// As spreadsheet programs write them: a mark first, quotes, an empty line, a short row.
const TABLES: &[&str] = &[
    "Made,GTIN,Serial,More,State,Lot\n2026-03-02 10:00,09506000134352,A1,,ok,7\n",
    "\u{feff}Made,GTIN,Serial,More,State,Lot\r\n\r\n2026-03-02 10:00,09506000134352,\"A\"\"1\",urn:epc:id:sgtin:9506000.013435.A2|urn:epc:id:sgtin:9506000.013435.A3,ok,\"a\nb\"\r\nx\r\n",
    "Type;Action;When;Zone;GTIN;Lot;Amount;Unit;Parent;Children;Child lot;Child amount;Child unit;Order;From;To;Gate;Line\n\
     AggregationEvent;ADD;2026-03-02T10:00:00+08:00;+08:00;;;;;(00)395060005887318216;(01)09506000134352(21)A|urn:epc:id:sgtin:9506000.013435.B;(01)09506000134352(10)L;2.50;kg;urn:epcglobal:cbv:bt:9506000013435:PO1;urn:epc:id:pgln:9506000.00001;(414)9506000013435;(414)9506000013435;4\n\
     ObjectEvent;ADD;2026-03-02T10:00:00Z;+14:00;09506000134352;L2;12;kg;;;;;;;;;geo:22.65,113.63;\n",
];

/// Every column that is known, each way to name a code, quoted and in pieces.
const LABEL_LISTS: &[&str] = &[
    "\u{feff}Colour,SERIAL,Gtin,Name\r\nred,A1,9506000134352,Tea\r\nblue,\"A,2\",9506000134352,\"\"\"Oolong\"\"\"\n",
    "gtin,batch\n09506000134352,L42\n,\nx\n",
    "code\nhttps://id.example.org/00/106141412345678908\nCSQU 305438-3\n(414)9506000134352\n",
];

/// With keys under the seals and without.
const RUN_LISTS: &[&str] = &[
    "(01)09506000134352(21)A1\n(01)09506000134352(21)A,2\n",
    "(01)09506000134352(21)A1,0707070707070707070707070707070707070707070707070707070707070707\n\
     (01)09506000134352(21)A,3,0808080808080808080808080808080808080808080808080808080808080808\n",
];

pub(super) fn seeds() -> Vec<Seed> {
    let of = |target, texts: &[&str]| {
        let seed = |text: &&str| Seed {
            target,
            bytes: text.as_bytes().to_vec(),
        };
        texts.iter().map(seed).collect::<Vec<_>>()
    };
    let links: Vec<String> = LINKS.iter().map(|link| format!("https://{link}")).collect();
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let with_secrets = format!(
        "gtin,serial,activation\n09506000134352,A1,{}\n",
        ActivationSecret::from_bytes([7; 16]).text()
    );
    let document = include_str!("../../../epcis/tests/every_field.json");
    [
        of("element-string", ELEMENT_STRINGS),
        of("code", ELEMENT_STRINGS),
        of("code", &links),
        of("code", CONTAINERS),
        of("digital-link", LINKS),
        of("recovery-share", SHARES),
        of(
            "json",
            &[r#"{"a":[1.50,-0e3,true,null,"\u00e9\ud83d\ude00"],"b":{}}"#],
        ),
        of("epcis", &[EVENT, document]),
        of("json", &[document]),
        of("epc", EPCS),
        of("table", TABLES),
        of("label-list", LABEL_LISTS),
        of("label-list", &[&with_secrets]),
        of("run-list", RUN_LISTS),
    ]
    .concat()
}

const EVENT: &str = r#"{"type":"ObjectEvent","action":"OBSERVE","bizStep":"shipping","eventTime":"2026-03-02T10:00:00+14:00","eventTimeZoneOffset":"+14:00","epcList":["urn:epc:id:sgtin:9506000.013435.A1"]}"#;
