//! The table of identifiers, one row each.

use super::{Check, Identifier, Role};

const fn row(
    first: &'static str,
    title: &'static str,
    format: &'static str,
    check: Check,
    role: Role,
) -> Identifier {
    let digits = first.as_bytes();
    // The last digit, as which a row that is no range ends.
    let last = match digits {
        [.., last] => *last as char,
        [] => '0',
    };
    Identifier {
        first,
        last,
        title,
        format,
        check,
        role,
    }
}

const fn key(
    first: &'static str,
    title: &'static str,
    format: &'static str,
    qualifiers: &'static [&'static str],
) -> Identifier {
    row(first, title, format, Check::Digit, Role::Key(qualifiers))
}

/// A key without a check digit.
const fn free_key(
    first: &'static str,
    title: &'static str,
    format: &'static str,
    qualifiers: &'static [&'static str],
) -> Identifier {
    row(first, title, format, Check::None, Role::Key(qualifiers))
}

const fn checked(first: &'static str, title: &'static str, format: &'static str) -> Identifier {
    row(first, title, format, Check::Digit, Role::Attribute)
}

const fn data(first: &'static str, title: &'static str, format: &'static str) -> Identifier {
    row(first, title, format, Check::None, Role::Attribute)
}

/// A range: from `first` to the same with `last` at its end.
const fn range(
    first: &'static str,
    last: char,
    title: &'static str,
    format: &'static str,
) -> Identifier {
    let mut range = data(first, title, format);
    range.last = last;
    range
}

/// A measure in six digits, whose identifier ends with how many of them are decimals.
const fn measure(first: &'static str, title: &'static str) -> Identifier {
    range(first, '5', title, "N6")
}

/// The table. Formats are written as the standard writes them: `N` digits, `X` set 82, `Y` set
/// 39, `Z` the alphabet of base64 for addresses; `18` exactly, `..20` up to; a part in brackets
/// may be missing. The comments name the section of the General Specifications. No identifier is
/// the beginning of another.
pub(super) static IDENTIFIERS: &[Identifier] = &[
    // 3.3: identifiers that begin with digit 0.
    key("00", "SSCC", "N18", &[]),
    key("01", "GTIN", "N14", &["22", "10", "21", "235"]),
    checked("02", "CONTENT", "N14"),
    checked("03", "MTO GTIN", "N14"),
    // 3.4: identifiers that begin with digit 1.
    data("10", "BATCH/LOT", "X..20"),
    data("11", "PROD DATE", "N6"),
    data("12", "DUE DATE", "N6"),
    data("13", "PACK DATE", "N6"),
    data("15", "BEST BEFORE", "N6"),
    data("16", "SELL BY", "N6"),
    data("17", "USE BY", "N6"),
    // 3.5: identifiers that begin with digit 2.
    data("20", "VARIANT", "N2"),
    data("21", "SERIAL", "X..20"),
    data("22", "CPV", "X..20"),
    data("235", "TPX", "X..28"),
    data("240", "ADDITIONAL ID", "X..30"),
    data("241", "CUST. PART No.", "X..30"),
    data("242", "MTO VARIANT", "N..6"),
    data("243", "PCN", "X..20"),
    data("250", "SECONDARY SERIAL", "X..30"),
    data("251", "REF. TO SOURCE", "X..30"),
    key("253", "GDTI", "N13[+X..17]", &[]),
    data("254", "GLN EXTENSION COMPONENT", "X..20"),
    key("255", "GCN", "N13[+N..12]", &[]),
    // 3.6: identifiers that begin with digit 3.
    data("30", "VAR. COUNT", "N..8"),
    measure("3100", "NET WEIGHT (kg)"),
    measure("3110", "LENGTH (m)"),
    measure("3120", "WIDTH (m)"),
    measure("3130", "HEIGHT (m)"),
    measure("3140", "AREA (m²)"),
    measure("3150", "NET VOLUME (l)"),
    measure("3160", "NET VOLUME (m³)"),
    measure("3200", "NET WEIGHT (lb)"),
    measure("3210", "LENGTH (in)"),
    measure("3220", "LENGTH (ft)"),
    measure("3230", "LENGTH (yd)"),
    measure("3240", "WIDTH (in)"),
    measure("3250", "WIDTH (ft)"),
    measure("3260", "WIDTH (yd)"),
    measure("3270", "HEIGHT (in)"),
    measure("3280", "HEIGHT (ft)"),
    measure("3290", "HEIGHT (yd)"),
    measure("3300", "GROSS WEIGHT (kg)"),
    measure("3310", "LENGTH (m), log"),
    measure("3320", "WIDTH (m), log"),
    measure("3330", "HEIGHT (m), log"),
    measure("3340", "AREA (m²), log"),
    measure("3350", "VOLUME (l), log"),
    measure("3360", "VOLUME (m³), log"),
    measure("3370", "KG PER m²"),
    measure("3400", "GROSS WEIGHT (lb)"),
    measure("3410", "LENGTH (in), log"),
    measure("3420", "LENGTH (ft), log"),
    measure("3430", "LENGTH (yd), log"),
    measure("3440", "WIDTH (in), log"),
    measure("3450", "WIDTH (ft), log"),
    measure("3460", "WIDTH (yd), log"),
    measure("3470", "HEIGHT (in), log"),
    measure("3480", "HEIGHT (ft), log"),
    measure("3490", "HEIGHT (yd), log"),
    measure("3500", "AREA (in²)"),
    measure("3510", "AREA (ft²)"),
    measure("3520", "AREA (yd²)"),
    measure("3530", "AREA (in²), log"),
    measure("3540", "AREA (ft²), log"),
    measure("3550", "AREA (yd²), log"),
    measure("3560", "NET WEIGHT (t oz)"),
    measure("3570", "NET VOLUME (oz)"),
    measure("3600", "NET VOLUME (qt)"),
    measure("3610", "NET VOLUME (gal.)"),
    measure("3620", "VOLUME (qt), log"),
    measure("3630", "VOLUME (gal.), log"),
    measure("3640", "VOLUME (in³)"),
    measure("3650", "VOLUME (ft³)"),
    measure("3660", "VOLUME (yd³)"),
    measure("3670", "VOLUME (in³), log"),
    measure("3680", "VOLUME (ft³), log"),
    measure("3690", "VOLUME (yd³), log"),
    data("37", "COUNT", "N..8"),
    range("3900", '9', "AMOUNT", "N..15"),
    range("3910", '9', "AMOUNT", "N3+N..15"),
    range("3920", '9', "PRICE", "N..15"),
    range("3930", '9', "PRICE", "N3+N..15"),
    range("3940", '3', "PRCNT OFF", "N4"),
    range("3950", '5', "PRICE/UoM", "N6"),
    // 3.7: identifiers that begin with digit 4.
    data("400", "ORDER NUMBER", "X..30"),
    free_key("401", "GINC", "X..30", &[]),
    key("402", "GSIN", "N17", &[]),
    data("403", "ROUTE", "X..30"),
    checked("410", "SHIP TO LOC", "N13"),
    checked("411", "BILL TO", "N13"),
    checked("412", "PURCHASE FROM", "N13"),
    checked("413", "SHIP FOR LOC", "N13"),
    key("414", "LOC No.", "N13", &["254", "7040"]),
    key("415", "PAY TO", "N13", &["8020"]),
    checked("416", "PROD/SERV LOC", "N13"),
    key("417", "PARTY", "N13", &["7040"]),
    data("420", "SHIP TO POST", "X..20"),
    data("421", "SHIP TO POST", "N3+X..9"),
    data("422", "ORIGIN", "N3"),
    data("423", "COUNTRY - INITIAL PROCESS", "N..15"),
    data("424", "COUNTRY - PROCESS", "N3"),
    data("425", "COUNTRY - DISASSEMBLY", "N..15"),
    data("426", "COUNTRY - FULL PROCESS", "N3"),
    data("427", "ORIGIN SUBDIVISION", "X..3"),
    data("4300", "SHIP TO COMP", "X..35"),
    data("4301", "SHIP TO NAME", "X..35"),
    data("4302", "SHIP TO ADD1", "X..70"),
    data("4303", "SHIP TO ADD2", "X..70"),
    data("4304", "SHIP TO SUB", "X..70"),
    data("4305", "SHIP TO LOC", "X..70"),
    data("4306", "SHIP TO REG", "X..70"),
    data("4307", "SHIP TO COUNTRY", "X2"),
    data("4308", "SHIP TO PHONE", "X..30"),
    data("4309", "SHIP TO GEO", "N20"),
    data("4310", "RTN TO COMP", "X..35"),
    data("4311", "RTN TO NAME", "X..35"),
    data("4312", "RTN TO ADD1", "X..70"),
    data("4313", "RTN TO ADD2", "X..70"),
    data("4314", "RTN TO SUB", "X..70"),
    data("4315", "RTN TO LOC", "X..70"),
    data("4316", "RTN TO REG", "X..70"),
    data("4317", "RTN TO COUNTRY", "X2"),
    data("4318", "RTN TO POST", "X..20"),
    data("4319", "RTN TO PHONE", "X..30"),
    data("4320", "SRV DESCRIPTION", "X..35"),
    data("4321", "DANGEROUS GOODS", "N1"),
    data("4322", "AUTH TO LEAVE", "N1"),
    data("4323", "SIG REQUIRED", "N1"),
    data("4324", "NOT BEF DEL DT", "N10"),
    data("4325", "NOT AFT DEL DT", "N10"),
    data("4326", "REL DATE", "N6"),
    data("4330", "MAX TEMP F", "N6[+X1]"),
    data("4331", "MAX TEMP C", "N6[+X1]"),
    data("4332", "MIN TEMP F", "N6[+X1]"),
    data("4333", "MIN TEMP C", "N6[+X1]"),
    // 3.8: identifiers that begin with digit 7.
    data("7001", "NSN", "N13"),
    data("7002", "MEAT CUT", "X..30"),
    data("7003", "EXPIRY TIME", "N10"),
    data("7004", "ACTIVE POTENCY", "N..4"),
    data("7005", "CATCH AREA", "X..12"),
    data("7006", "FIRST FREEZE DATE", "N6"),
    data("7007", "HARVEST DATE", "N6[+N6]"),
    data("7008", "AQUATIC SPECIES", "X..3"),
    data("7009", "FISHING GEAR TYPE", "X..10"),
    data("7010", "PROD METHOD", "X..2"),
    data("7011", "TEST BY DATE", "N6[+N4]"),
    data("7020", "REFURB LOT", "X..20"),
    data("7021", "FUNC STAT", "X..20"),
    data("7022", "REV STAT", "X..20"),
    data("7023", "GIAI - ASSEMBLY", "X..30"),
    range("7030", '9', "PROCESSOR", "N3+X..27"),
    data("7040", "UIC+EXT", "N1+X3"),
    data("7041", "UFRGT UNIT TYPE", "X..4"),
    data("710", "NHRN PZN", "X..20"),
    data("711", "NHRN CIP", "X..20"),
    data("712", "NHRN CN", "X..20"),
    data("713", "NHRN DRN", "X..20"),
    data("714", "NHRN AIM", "X..20"),
    data("715", "NHRN NDC", "X..20"),
    data("716", "NHRN AIC", "X..20"),
    data("717", "NHRN SRN", "X..20"),
    range("7230", '9', "CERT", "X2+X..28"),
    data("7240", "PROTOCOL", "X..20"),
    data("7241", "AIDC MEDIA TYPE", "N2"),
    data("7242", "VCN", "X..25"),
    data("7250", "DOB", "N8"),
    data("7251", "DOB TIME", "N12"),
    data("7252", "BIO SEX", "N1"),
    data("7253", "FAMILY NAME", "X..40"),
    data("7254", "GIVEN NAME", "X..40"),
    data("7255", "SUFFIX", "X..10"),
    data("7256", "FULL NAME", "X..90"),
    data("7257", "PERSON ADDR", "X..70"),
    data("7258", "BIRTH SEQUENCE", "X3"),
    data("7259", "BABY", "X..40"),
    // 3.9: identifiers that begin with digit 8.
    data("8001", "DIMENSIONS", "N14"),
    data("8002", "CMT No.", "X..20"),
    key("8003", "GRAI", "N14[+X..16]", &[]),
    free_key("8004", "GIAI", "X..30", &["7040"]),
    data("8005", "PRICE PER UNIT", "N6"),
    key("8006", "ITIP", "N14+N4", &["22", "10", "21"]),
    data("8007", "IBAN", "X..34"),
    data("8008", "PROD TIME", "N8[+N..4]"),
    data("8009", "OPTSEN", "X..50"),
    free_key("8010", "CPID", "Y..30", &["8011"]),
    data("8011", "CPID SERIAL", "N..12"),
    data("8012", "VERSION", "X..20"),
    row("8013", "GMN", "X..25", Check::Pair, Role::Key(&[])),
    row("8014", "MUDI", "X..25", Check::Pair, Role::Attribute),
    key("8017", "GSRN - PROVIDER", "N18", &["8019"]),
    key("8018", "GSRN - RECIPIENT", "N18", &["8019"]),
    data("8019", "SRIN", "N..10"),
    data("8020", "REF No.", "X..25"),
    checked("8026", "ITIP CONTENT", "N14+N4"),
    data("8030", "DIGSIG", "Z..90"),
    data("8040", "IMEI", "N15"),
    data("8041", "IMEI2", "N15"),
    data("8042", "ESIM", "N32"),
    data("8043", "PSIM", "N18[+N..2]"),
    data("8110", "", "X..70"),
    data("8111", "POINTS", "N4"),
    data("8112", "", "X..70"),
    data("8200", "PRODUCT URL", "X..70"),
    // 3.10: identifiers that begin with digit 9.
    data("90", "INTERNAL", "X..30"),
    range("91", '9', "INTERNAL", "X..90"),
];
