//! What an owner outside the members does: open the seal, give the thing on, give it back. Signed
//! here with keys that stay here; a member's peer carries it into the ledger.

use crate::ask::{Request, Sent};
use crate::memory;
use crate::visit::Visit;
use base16ct::lower;
use chopmark_core::{
    ActivationError, ActivationPublic, ActivationSecret, CodeHash, CodeQuery, MemberId, OwnerKey,
    OwnerSecret, Party, RecordRef, Report, SubjectId,
};
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;

/// An answer names a record, or a refusal in a sentence.
const MOST_ANSWER_BYTES: usize = 4 * 1024;

/// How the thing stands to whoever looks at the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Standing {
    /// It has no owner outside the members, and what lies under its seal makes one.
    Sealed(ActivationPublic),
    /// This browser's key owns it; the record is the newest about its title.
    Mine(RecordRef),
    /// Somebody else outside the members owns it.
    Anothers(OwnerKey),
}

/// Why nothing came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NotDone {
    /// What was typed is no code from under a seal.
    Secret(ActivationError),
    /// It is one, of another item.
    OtherItem,
    /// What was typed is no owner's code.
    OwnerCode,
    /// This browser keeps nothing, so that a key would be lost with its window.
    NothingKept,
    /// No answer.
    Silent,
    /// The ledger or the peer does not take it; the code names the reason.
    Refused(String),
}

/// How the thing of a report stands; none where the page has nothing to offer about it.
pub(crate) fn standing(report: &Report, code: CodeHash) -> Option<Standing> {
    match (report.owner, report.activation) {
        (Some(Party::Consumer(owner)), _) => {
            let mine = memory::owner(code).is_some_and(|key| key.public() == owner);
            Some(match report.last_title.filter(|_| mine) {
                Some(last) => Standing::Mine(last),
                None => Standing::Anothers(owner),
            })
        }
        (_, Some(key)) if report.holds() => Some(Standing::Sealed(key)),
        _ => None,
    }
}

/// Makes whoever sits at this browser the first owner. The typed code is compared with the ledger
/// first, and the new key is kept before anything is sent.
pub(crate) async fn activate(
    visit: &Visit,
    (subject, key): (SubjectId, ActivationPublic),
    gateway: &str,
    typed: &str,
) -> Result<(), NotDone> {
    let secret: ActivationSecret = typed.parse().map_err(NotDone::Secret)?;
    if secret.public() != key {
        return Err(NotDone::OtherItem);
    }
    let code = visit.code.hash();
    let owner = memory::owner_or_new(code).ok_or(NotDone::NothingKept)?;
    let owner = owner.public();
    let signature = secret.sign_activation(&visit.pin.claimed, &subject, &owner);
    let body = format!(
        r#"{{"code":"{}","owner":"{owner}","signature":"{}"}}"#,
        CodeQuery::of(&visit.code),
        lower::encode_string(&signature)
    );
    send(&format!("{gateway}/activate"), &body).await
}

/// Brings the owner's key from where it was written down.
pub(crate) fn bring(visit: &Visit, owner: &OwnerKey, typed: &str) -> Result<(), NotDone> {
    let brought = memory::bring_owner(visit.code.hash(), typed, owner);
    brought.then_some(()).ok_or(NotDone::OwnerCode)
}

/// Gives the thing to whoever holds the key in this code.
pub(crate) async fn give(
    visit: &Visit,
    (subject, last): (SubjectId, RecordRef),
    gateway: &str,
    typed: &str,
) -> Result<(), NotDone> {
    let to = OwnerKey::from_code(typed).ok_or(NotDone::OwnerCode)?;
    let to = (Party::Consumer(to), format!(r#"{{"consumer":"{to}"}}"#));
    resell(visit, (subject, last), gateway, to).await
}

/// Gives the thing back to the member of the page's host.
pub(crate) async fn give_back(
    visit: &Visit,
    (subject, last): (SubjectId, RecordRef),
    member: MemberId,
) -> Result<(), NotDone> {
    let to = (Party::Member(member), format!(r#"{{"member":"{member}"}}"#));
    resell(visit, (subject, last), &visit.origin, to).await
}

async fn resell(
    visit: &Visit,
    (subject, last): (SubjectId, RecordRef),
    gateway: &str,
    (to, named): (Party, String),
) -> Result<(), NotDone> {
    let code = visit.code.hash();
    let owner: OwnerSecret = memory::owner(code).ok_or(NotDone::NothingKept)?;
    let signature = owner.sign_resale(&visit.pin.claimed, &subject, &last, &to);
    let body = format!(
        r#"{{"code":"{}","to":{named},"signature":"{}"}}"#,
        CodeQuery::of(&visit.code),
        lower::encode_string(&signature)
    );
    send(&format!("{gateway}/resell"), &body).await
}

async fn send(url: &str, body: &str) -> Result<(), NotDone> {
    match Request::post(url, body, MOST_ANSWER_BYTES).answer().await {
        Ok(Sent::Found(_)) => Ok(()),
        Ok(Sent::Refused(why) | Sent::NotFound(why)) => Err(NotDone::Refused(
            reason(&why).unwrap_or_else(|| "malformed".to_owned()),
        )),
        Err(_) => Err(NotDone::Silent),
    }
}

fn reason(body: &[u8]) -> Option<String> {
    let json = JSON::parse(std::str::from_utf8(body).ok()?).ok()?;
    Reflect::get(&json, &JsValue::from_str("code"))
        .ok()?
        .as_string()
}
