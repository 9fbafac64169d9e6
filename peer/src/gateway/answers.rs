//! One function for each kind of address.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use chopmark_core::{Code, CodeQuery, EvidenceId, Undrawn};

use tokio_util::io::ReaderStream;

use super::pages::{Asset, Freshness};
use super::words::Words;
use super::{Asker, Gateway, problem};
use crate::clock;
use crate::peer::Known;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASKS: HeaderValue = HeaderValue::from_static("no-cache");
const CBOR: HeaderValue = HeaderValue::from_static("application/cbor");

/// Read and sent at a time: a video never stands in memory.
const EVIDENCE_PART_BYTES: usize = 64 * 1024;

type Shared = State<Arc<Gateway>>;

/// The consumer page. It says in plain HTML what the label is, so that a browser without
/// JavaScript or WebAssembly shows that too, and never that anything was checked.
pub(super) async fn page(
    State(gateway): Shared,
    asker: Asker,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let words = Words::wanted(&headers);
    let network = gateway.peer.network_json();
    let (status, told) = match uri.path() {
        "/" => (StatusCode::OK, String::new()),
        // The host does not matter here: the page compares the real one with the network's.
        path => match Code::parse(&format!("https://{}{path}", gateway.peer.host())) {
            Ok(code) => (
                StatusCode::OK,
                tell_code(&gateway, &asker, &code, words).await,
            ),
            Err(why) => (StatusCode::BAD_REQUEST, words.no_label(&why.to_string())),
        },
    };
    let host = words.host(gateway.peer.network_name(), gateway.peer.member_name());
    let plain = format!(
        "<section class=\"plain\" lang=\"{}\">{told}{host}</section>",
        words.language()
    );
    let html = gateway.pages.html(&plain, &network);
    let kept = [
        (CACHE_CONTROL, ASKS),
        (VARY, HeaderValue::from_static("accept-language")),
    ];
    (status, kept, Html(html)).into_response()
}

/// What this server knows of a label, without a word about whether it is true.
async fn tell_code(gateway: &Gateway, asker: &Asker, code: &Code, words: Words) -> String {
    let label = words.label(code.element_string());
    let query = CodeQuery::of(code);
    if gateway.guesser(asker).is_some() {
        return label + &words.too_many();
    }
    label
        + &match gateway.peer.history(query.clone(), None).await {
            Ok(Known::History(history)) => words.history(&query, &clock::readable(history.as_of)),
            Ok(Known::Nothing(_)) => {
                gateway.miss(asker);
                words.no_record()
            }
            Err(_) => words.no_answer(),
        }
}

/// The history bundle of a code, by its hash and what its key begins with, or one without records
/// that shows that there is none. `?item=` shows an item's proof to a peer that has no list of its
/// run; anything else there says nothing.
pub(super) async fn history(
    State(gateway): Shared,
    asker: Asker,
    Path(code): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if let Some(busy) = gateway.guesser(&asker) {
        return busy;
    }
    let Ok(code) = code.parse::<CodeQuery>() else {
        return no_hash();
    };
    let shown = uri.query().and_then(|query| query.strip_prefix("item="));
    let shown = shown.and_then(Undrawn::from_text);
    match gateway.peer.history(code, shown).await {
        Ok(Known::History(history)) => {
            let tag = format!("W/\"{}\"", history.tag);
            let known = headers
                .get(IF_NONE_MATCH)
                .and_then(|value| value.to_str().ok());
            let common = [
                (CACHE_CONTROL, ASKS),
                (
                    ETAG,
                    HeaderValue::try_from(&tag).unwrap_or(HeaderValue::from_static("W/\"\"")),
                ),
            ];
            if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
                return (StatusCode::NOT_MODIFIED, common).into_response();
            }
            (common, [(CONTENT_TYPE, CBOR)], history.bytes.clone()).into_response()
        }
        Ok(Known::Nothing(shows)) => {
            gateway.miss(&asker);
            match shows {
                Some(bytes) => {
                    let told = [(CACHE_CONTROL, ASKS), (CONTENT_TYPE, CBOR)];
                    (StatusCode::NOT_FOUND, told, bytes).into_response()
                }
                None => no_record(&gateway),
            }
        }
        Err(why) => failed(&why),
    }
}

/// What this peer has of a code beside what is final: its word alone.
pub(super) async fn standing(
    State(gateway): Shared,
    asker: Asker,
    Path(code): Path<String>,
) -> Response {
    if let Some(busy) = gateway.guesser(&asker) {
        return busy;
    }
    let Ok(code) = code.parse::<CodeQuery>() else {
        return no_hash();
    };
    match gateway.peer.standing(code).await {
        Ok(Some(standing)) => ([(CACHE_CONTROL, ASKS)], Json(standing)).into_response(),
        Ok(None) => {
            gateway.miss(&asker);
            no_record(&gateway)
        }
        Err(why) => failed(&why),
    }
}

fn no_hash() -> Response {
    problem(
        StatusCode::BAD_REQUEST,
        "malformed",
        "a code hash has 64 hexadecimal digits; a hyphen and what its prefix begins may follow",
    )
}

/// Says up to when this peer knows the network, so that one that is behind can be told from one
/// that denies.
fn no_record(gateway: &Gateway) -> Response {
    let (height, time) = gateway.peer.newest();
    let told = serde_json::json!({
        "code": "no-record",
        "detail": "this network does not know the code",
        "height": height.0,
        "time": time.0,
    });
    (StatusCode::NOT_FOUND, [(CACHE_CONTROL, ASKS)], Json(told)).into_response()
}

/// A piece of evidence, encrypted as it is stored.
pub(super) async fn evidence(
    State(gateway): Shared,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    if let Some(busy) = gateway.guesser(&asker) {
        return busy;
    }
    let Ok(id) = id.parse::<EvidenceId>() else {
        return problem(
            StatusCode::BAD_REQUEST,
            "malformed",
            "an evidence id has 64 hexadecimal digits",
        );
    };
    match gateway.peer.evidence(id).await {
        Ok(Some(stream)) => {
            let length = HeaderValue::from(stream.length);
            let octets = HeaderValue::from_static("application/octet-stream");
            (
                [(CACHE_CONTROL, IMMUTABLE), (CONTENT_TYPE, octets)],
                [("content-length", length)],
                Body::from_stream(ReaderStream::with_capacity(
                    tokio::fs::File::from_std(stream.file),
                    EVIDENCE_PART_BYTES,
                )),
            )
                .into_response()
        }
        Ok(None) => {
            gateway.miss(&asker);
            problem(
                StatusCode::NOT_FOUND,
                "evidence-unknown",
                "this peer does not hold it",
            )
        }
        Err(why) => failed(&why),
    }
}

/// Who this network is.
pub(super) async fn network(State(gateway): Shared) -> Response {
    let json = HeaderValue::from_static("application/json");
    (
        [(CACHE_CONTROL, ASKS), (CONTENT_TYPE, json)],
        gateway.peer.network_json(),
    )
        .into_response()
}

/// For whoever watches the service.
pub(super) async fn health(State(gateway): Shared) -> Response {
    (
        [(CACHE_CONTROL, ASKS)],
        format!("ok {}\n", gateway.peer.height().0),
    )
        .into_response()
}

/// A file of the page, in the smallest form that the browser takes.
pub(super) async fn asset(
    State(gateway): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(asset) = gateway.pages.asset(&name) else {
        return problem(
            StatusCode::NOT_FOUND,
            "no-such-page",
            "the page has no such file",
        );
    };
    let (bytes, encoding) = pick(asset, &headers);
    let cache = match asset.freshness {
        Freshness::Immutable => IMMUTABLE,
        Freshness::Asks => ASKS,
    };
    let mut response = (
        [
            (CACHE_CONTROL, cache),
            (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
            (VARY, HeaderValue::from(ACCEPT_ENCODING)),
        ],
        // The page's service worker keeps labels' pages too, which are not below its own path.
        [("service-worker-allowed", "/")],
        bytes,
    )
        .into_response();
    if let Some(encoding) = encoding {
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn pick(asset: &Asset, headers: &HeaderMap) -> (axum::body::Bytes, Option<&'static str>) {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let takes = |wanted: &str| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(wanted) && parts.next() != Some("q=0")
        })
    };
    match (&asset.brotli, &asset.gzip) {
        (Some(brotli), _) if takes("br") => (brotli.clone(), Some("br")),
        (_, Some(gzip)) if takes("gzip") => (gzip.clone(), Some("gzip")),
        _ => (asset.bytes.clone(), None),
    }
}

pub(super) fn failed(why: &anyhow::Error) -> Response {
    tracing::error!(why = format!("{why:#}"), "gateway: an answer failed");
    problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "the peer could not look it up; its log says why",
    )
}
