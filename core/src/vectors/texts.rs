//! Texts that people type, scan or paste, and that are not what they should be.

use super::{Given, Input, compare, variants};
use crate::{
    ActivationSecret, Amount, Code, MemberId, NetworkId, PickupCode, RecordRef, RecoveryShare,
    RunList, SealNumber, Unit,
};

#[test]
fn every_refused_activation_secret_has_its_vector_file() {
    let good = ActivationSecret::from_bytes([7; 16]).text();
    let misread = good.replacen(&good[..1], if good.starts_with('0') { "1" } else { "0" }, 1);
    let refused = ["CMA1:0", "0123U", &misread].map(|text| {
        let error = text.parse::<ActivationSecret>().unwrap_err();
        Input::text("activation secret", text, error)
    });
    let all = variants!(crate::ActivationError {
        Length,
        Character,
        Check
    });
    compare("activation", &all, refused);
}

#[test]
fn every_refused_pickup_code_has_its_vector_file() {
    let long = "A".repeat(27);
    let refused = [
        ("0123", Some("short")),
        (long.as_str(), Some("long")),
        ("0123-4567-89AU", None),
    ];
    let refused = refused.map(|(text, case)| {
        let error = text.parse::<PickupCode>().unwrap_err();
        Input {
            case,
            ..Input::text("pick-up code", text, error)
        }
    });
    let all = variants!(crate::PickupCodeError { Length, Character });
    compare("pickup", &all, refused);
}

#[test]
fn every_refused_number_of_a_seal_has_its_vector_file() {
    let long = "A".repeat(36);
    let refused = [
        (" ", None),
        (long.as_str(), Some("long")),
        ("CN;4711", None),
        ("CN\u{202e}4711", Some("direction")),
    ];
    let refused = refused.map(|(text, case)| {
        let error = text.parse::<SealNumber>().unwrap_err();
        Input {
            case,
            ..Input::text("seal number", text, error)
        }
    });
    let all = variants!(crate::SealNumberError { Length, Character });
    compare("seal-number", &all, refused);
}

#[test]
fn every_refused_recovery_share_has_its_vector_file() {
    // The last character is misread.
    let misread =
        "CMR1-081G20-G30G2G-C1R814-4GJ289-144GJ2-89144G-J28914-4GJ289-144GJ2-89144G-J28914-4VPVM8";
    let refused = ["CMA1:0000", "CMR1-0000", "CMR1-00U0", misread].map(|text| {
        let error = text.parse::<RecoveryShare>().unwrap_err();
        Input::text("recovery share", text, error)
    });
    let all = variants!(crate::RecoveryShareError {
        Head,
        Length,
        Character,
        Check
    });
    compare("recovery-share", &all, refused);
}

#[test]
fn every_refused_quantity_has_its_vector_file() {
    let amount = |text: &str| Input::text("amount", text, text.parse::<Amount>().unwrap_err());
    let unit = |text: &str| Input::text("unit", text, text.parse::<Unit>().unwrap_err());
    let refused = [
        amount("1.5e3"),
        amount("-1").case("negative"),
        amount("1.").case("dangling"),
        amount("1000000000000000000"),
        amount("0.0000000001").case("places"),
        unit("kg"),
    ];
    let all = variants!(crate::QuantityError {
        Amount,
        TooLong,
        Unit
    });
    compare("quantity", &all, refused);
}

#[test]
fn every_refused_id_has_its_vector_file() {
    let id = |text: &str| Input::text("id", text, text.parse::<NetworkId>().unwrap_err());
    let record =
        |text: &str| Input::text("record name", text, text.parse::<RecordRef>().unwrap_err());
    let hex = "0a".repeat(32);
    let refused = [
        id(&hex[1..]),
        id(&hex.to_uppercase()),
        record(&hex),
        record(&format!("{hex}/x")).case("index"),
        record(&format!("{hex}/+1")).case("sign"),
    ];
    let all = variants!(crate::IdError {
        Length,
        Character,
        Record
    });
    compare("id", &all, refused);
}

#[test]
fn every_refused_list_of_a_run_has_its_vector_file() {
    let (network, maker) = (
        NetworkId::from_bytes([1; 32]),
        MemberId::from_bytes([2; 32]),
    );
    let list = |text: &str| {
        let codes = text
            .lines()
            .map(|line| (Code::parse(line).unwrap().hash(), None));
        let error = RunList::new(&network, &maker, codes).unwrap_err();
        Input::text("codes of a run", text, error)
            .given("network", Given::hex(network.as_bytes()))
            .given("maker", Given::hex(maker.as_bytes()))
    };
    let code = "(01)09506000134352(21)A1";
    let refused = [
        list(""),
        list(&format!("{code}\n(01)09506000134352(21)A2\n{code}")),
    ];
    let all = variants!(crate::RunListError { Count, Twice });
    compare("run-list", &all, refused);
}

#[cfg(feature = "written")]
#[test]
fn every_refused_name_has_its_vector_file() {
    use crate::{Written, check_written};
    let name = |text: &str| {
        let error = check_written(Written::Name, text).unwrap_err();
        Input::text("written name", text, error)
    };
    let note = |text: &str| {
        let error = check_written(Written::Note, text).unwrap_err();
        Input::text("written note", text, error)
    };
    let refused = [
        name("Ac\u{200b}me"),
        name("Acme\u{200f}").case("direction"),
        note("a\u{202e}b").case("note"),
        name("The Сustoms"),
    ];
    let all = variants!(crate::WrittenError {
        Character,
        MixedScripts
    });
    compare("written", &all, refused);
}
