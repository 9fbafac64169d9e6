//! What consumers send: the first owner's activation, and giving a thing on (docs/format.md, 13).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use chopmark_core::{CodeQuery, Party};
use data_encoding::HEXLOWER_PERMISSIVE;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Asker, Gateway, problem};
use crate::peer::{Asked, Carried};

/// The longest body that anybody needs here.
pub(super) const MOST_BYTES: usize = 1_024;

type Shared = State<Arc<Gateway>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Activation {
    code: String,
    owner: String,
    signature: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resale {
    code: String,
    to: Taker,
    signature: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Taker {
    Consumer(String),
    Member(String),
}

/// Makes whoever opened the seal the first owner.
pub(super) async fn activate(State(gateway): Shared, asker: Asker, body: Bytes) -> Response {
    let read = parse::<Activation>(&body).and_then(|asked| {
        let act = Asked::Activate {
            owner: id(&asked.owner)?,
            signature: signature(&asked.signature)?,
        };
        Some((id(&asked.code)?, act))
    });
    carry(&gateway, &asker, read).await
}

/// Gives a consumer's thing to another consumer, or back to this peer's member.
pub(super) async fn resell(State(gateway): Shared, asker: Asker, body: Bytes) -> Response {
    let read = parse::<Resale>(&body).and_then(|asked| {
        let to = match &asked.to {
            Taker::Consumer(key) => Party::Consumer(id(key)?),
            Taker::Member(member) => Party::Member(id(member)?),
        };
        let act = Asked::Resell {
            to,
            signature: signature(&asked.signature)?,
        };
        Some((id(&asked.code)?, act))
    });
    carry(&gateway, &asker, read).await
}

async fn carry(gateway: &Gateway, asker: &Asker, read: Option<(CodeQuery, Asked)>) -> Response {
    if let Some(busy) = gateway.guesser(asker) {
        return busy;
    }
    // Whoever sends what does not hold is as slow as whoever guesses codes.
    let Some((code, asked)) = read else {
        gateway.miss(asker);
        return problem(
            StatusCode::BAD_REQUEST,
            "malformed",
            "the body is not what this address takes; see docs/format.md, 13",
        );
    };
    match gateway.peer.carry(code, asked).await {
        Ok(Carried::Signed(record)) => {
            Json(serde_json::json!({ "record": record.to_string() })).into_response()
        }
        Ok(Carried::NoRecord) => {
            gateway.miss(asker);
            problem(
                StatusCode::NOT_FOUND,
                "no-record",
                "this network does not know the code",
            )
        }
        Ok(Carried::NotHere) => problem(
            StatusCode::FORBIDDEN,
            "not-here",
            "things are not given back at this address",
        ),
        Ok(Carried::Refused { code, detail }) => {
            gateway.miss(asker);
            problem(StatusCode::CONFLICT, code, &detail)
        }
        Err(why) => super::answers::failed(&why),
    }
}

/// The content type is not looked at: a plain one spares browsers a question to other hosts.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

fn id<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn signature(text: &str) -> Option<[u8; 64]> {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
    bytes.try_into().ok()
}
