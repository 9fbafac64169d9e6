//! What this browser keeps between visits: the network it first saw at this address, the newest
//! checkpoint of each network, and the last proof of each code. All of it may be missing: private windows keep nothing.

use base16ct::lower;
use base64ct::{Base64, Encoding as _};
use chopmark_core::{CodeHash, HeaderHash, Height, NetworkId, OwnerKey, OwnerSecret};
use chopmark_kit::Language;
use web_sys::Storage;

const NETWORK: &str = "chopmark.network";
const LANGUAGE: &str = "chopmark.language";
const OWNER: &str = "chopmark.owner.";
const CHECKPOINT: &str = "chopmark.checkpoint.";
const PROOF: &str = "chopmark.proof.";
/// A longer proof is not kept: browsers give an address about 5 MB, and many codes share it.
const MOST_KEPT: usize = 256 * 1024;

/// The last proof of a code that members' peers agreed on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    /// When this browser got it, milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// How many members' peers showed it.
    pub(crate) agreeing: usize,
    /// The bundle. It is verified again before anything of it is shown.
    pub(crate) bundle: Vec<u8>,
}

/// The network of the first visit.
pub(crate) fn network() -> Option<NetworkId> {
    get(NETWORK)?.parse().ok()
}

/// Keeps the network of the first visit, or of the visit at which a person accepted another.
pub(crate) fn keep_network(network: NetworkId) {
    set(NETWORK, &network.to_string());
}

/// The newest checkpoint of a network that this browser saw.
pub(crate) fn newest(network: NetworkId) -> Option<(Height, HeaderHash)> {
    let text = get(&format!("{CHECKPOINT}{network}"))?;
    let (height, header) = text.split_once(' ')?;
    Some((Height(height.parse().ok()?), header.parse().ok()?))
}

/// Keeps a checkpoint, if it is newer than the one that is kept.
pub(crate) fn keep_newest(network: NetworkId, height: Height, header: HeaderHash) {
    if newest(network).is_none_or(|(known, _)| known < height) {
        set(
            &format!("{CHECKPOINT}{network}"),
            &format!("{} {header}", height.0),
        );
    }
}

/// The language that was chosen here, or else the browser's.
pub(crate) fn language() -> Language {
    let of_browser = || web_sys::window()?.navigator().language();
    let tag = get(LANGUAGE).or_else(of_browser);
    Language::best_for(&tag.unwrap_or_default())
}

/// Keeps the language.
pub(crate) fn keep_language(language: Language) {
    set(LANGUAGE, language.tag());
}

/// The key by which this browser's owner owns the thing with this code, or is about to.
pub(crate) fn owner(code: CodeHash) -> Option<OwnerSecret> {
    let seed = lower::decode_vec(get(&format!("{OWNER}{code}"))?).ok()?;
    Some(OwnerSecret::from_seed(&seed.try_into().ok()?))
}

/// The same key, or a new one that is kept. None where this browser keeps nothing or has no source
/// of random numbers: who signed with a key that is gone could never give the thing on.
pub(crate) fn owner_or_new(code: CodeHash) -> Option<OwnerSecret> {
    owner(code).or_else(|| {
        let mut seed = [0; 32];
        let crypto = web_sys::window()?.crypto().ok()?;
        crypto.get_random_values_with_u8_array(&mut seed).ok()?;
        let kept = set(&format!("{OWNER}{code}"), &lower::encode_string(&seed));
        kept.then(|| OwnerSecret::from_seed(&seed))
    })
}

/// Keeps a key that was written down, if it is this owner's.
pub(crate) fn bring_owner(code: CodeHash, text: &str, owner: &OwnerKey) -> bool {
    let plain: String = text.split_whitespace().collect();
    let seed = lower::decode_vec(plain.to_ascii_lowercase()).ok();
    let secret = seed.and_then(|seed| Some(OwnerSecret::from_seed(&seed.try_into().ok()?)));
    secret.is_some_and(|secret| secret.public() == *owner)
        && set(&format!("{OWNER}{code}"), &plain.to_ascii_lowercase())
}

/// What a person writes down to own the thing in another browser, too.
pub(crate) fn owner_text(code: CodeHash) -> Option<String> {
    get(&format!("{OWNER}{code}"))
}

/// The last proof of a code.
pub(crate) fn proof(code: CodeHash) -> Option<Kept> {
    let text = get(&format!("{PROOF}{code}"))?;
    let mut parts = text.splitn(3, ' ');
    Some(Kept {
        at_ms: parts.next()?.parse().ok()?,
        agreeing: parts.next()?.parse().ok()?,
        bundle: Base64::decode_vec(parts.next()?).ok()?,
    })
}

/// Keeps the proof of a code; older ones make room.
pub(crate) fn keep_proof(code: CodeHash, kept: &Kept) {
    if kept.bundle.len() > MOST_KEPT {
        return;
    }
    let (name, bundle) = (
        format!("{PROOF}{code}"),
        Base64::encode_string(&kept.bundle),
    );
    let text = format!("{} {} {bundle}", kept.at_ms, kept.agreeing);
    if !set(&name, &text) {
        forget_proofs();
        set(&name, &text);
    }
}

fn forget_proofs() {
    let Some(storage) = storage() else { return };
    let names = (0..storage.length().unwrap_or_default())
        .filter_map(|index| storage.key(index).ok().flatten())
        .filter(|name| name.starts_with(PROOF))
        .collect::<Vec<_>>();
    for name in names {
        // What cannot be removed stays; there is nobody to tell.
        let _ = storage.remove_item(&name);
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn get(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

fn set(name: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(name, value).is_ok())
}
