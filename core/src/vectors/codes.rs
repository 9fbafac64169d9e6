//! Texts that are no codes, invitations or codes of a hand-over.

use super::{Input, compare, variants};
use crate::{Code, FrameCollector, Invitation, Prefix};

#[test]
fn every_refused_code_has_its_vector_file() {
    let prefix = |text: &str| Input::text("prefix", text, Prefix::parse(text).unwrap_err());
    let container = |text: &str| Input::text("container", text, Code::container(text).unwrap_err());
    let built = |gtin: &str, serial: &str| {
        let error = Code::gtin_serial(gtin, serial).unwrap_err();
        Input::text("serial", &format!("{gtin} {serial}"), error)
    };
    let read = |text: &str| Input::text("code", text, Code::parse(text).unwrap_err());
    let refused = [
        read(" "),
        read("(01)09506000134353(21)A1"),
        read("(8013)1987654Ad4X4bL5ttr2310c2L"),
        read("(00)1234"),
        read("(05)1234"),
        read("(01)09506000134352(21)Аß"),
        built("09506000134352", "A(10)B"),
        read("https://id.example.org/01/09506000134352"),
        read("(8003)09506000134352"),
        read("(8018)950600013435200008"),
        read("WIFI:T:WPA;S:guest;;"),
        prefix("123"),
        container("CSQX3054383"),
    ];
    let all = variants!(crate::CodeError {
        Empty,
        CheckDigit,
        CheckPair,
        Length,
        UnknownIdentifier,
        BadCharacter,
        Ambiguous,
        ProductOnly,
        SerialMissing,
        NotTracked,
        NotGs1,
        Prefix,
        Container,
    });
    compare("code", &all, refused);
}

#[test]
fn every_refused_invitation_has_its_vector_file() {
    let read = |text: &str| Input::text("invitation", text, Invitation::parse(text).unwrap_err());
    let refused = [
        read("https://example.org/join"),
        read("chopmark://join/$$"),
        read("chopmark://join/hgE"),
    ];
    let all = variants!(crate::InvitationError {
        NotAnInvitation,
        Damaged,
        Encoding
    });
    compare("invitation", &all, refused);
}

#[test]
fn every_refused_frame_of_a_hand_over_has_its_vector_file() {
    let push = |text: &str| {
        let mut collector = FrameCollector::new();
        let mut last = Ok(());
        for line in text.lines() {
            last = collector.push(line).map(|_| ());
        }
        Input::text("frames", text, last.unwrap_err())
    };
    let frame = |bytes: &[u8]| format!("CM1:{}", base45::encode(bytes));
    let first = frame(&[1, 0, 0, 0, 0, 0, 0, 0, 2, 9]);
    let refused = [
        push("https://example.org"),
        push("CM1:"),
        push(&frame(&[2])),
        push(&format!(
            "{first}\n{}",
            frame(&[1, 9, 9, 9, 9, 0, 1, 0, 2, 9])
        )),
        push(&frame(&[1, 0, 0, 0, 0, 0, 0, 0, 1, 9])),
    ];
    let all = variants!(crate::FrameError {
        NotChopmark,
        Malformed,
        Version,
        OtherPayload,
        Damaged
    });
    compare("frames", &all, refused);
}
