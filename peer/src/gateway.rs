//! What browsers see (docs/format.md, 13): the consumer page at every label's address, the history
//! that it verifies, evidence, and who this network is. Nothing here is trusted by the page.

mod answers;
mod consumers;
mod pages;
mod quota;
mod words;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_SECURITY_POLICY, ETAG,
    HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};

pub(crate) use pages::{Pages, PagesError, escape};

use crate::config::Config;
use crate::peer::Peer;
use quota::Quota;

/// How long the whole of an answer but its body may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where a proxy on this machine says whom it serves.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What every handler has.
pub(crate) struct Gateway {
    peer: Peer,
    pages: Pages,
    policy: HeaderValue,
    quota: Mutex<Quota>,
}

impl Gateway {
    /// Reads the page and fixes what it may reach.
    pub(crate) fn new(peer: Peer, config: &Config) -> Result<Arc<Self>, PagesError> {
        let pages = match &config.pages {
            Some(folder) => Pages::load(folder)?,
            None => Pages::bare(),
        };
        let policy = content_policy(
            config
                .peers
                .iter()
                .filter_map(|other| other.gateway_url.as_ref()),
        );
        Ok(Arc::new(Self {
            peer,
            pages,
            policy,
            quota: Mutex::default(),
        }))
    }

    /// Serves until `stop` is done, then lets open answers finish. The pages for operators are
    /// among it where they have no address of their own.
    pub(crate) async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        operators: Router<Arc<Self>>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let service = router(self, operators).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service)
            .with_graceful_shutdown(stop)
            .await
    }

    /// Counts a code that is not on record.
    fn miss(&self, asker: &Asker) {
        let mut quota = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        quota.miss(asker.0, Instant::now());
    }

    /// The answer for whoever asked for too many of those.
    fn guesser(&self, asker: &Asker) -> Option<Response> {
        let quota = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = quota.wait(asker.0, Instant::now())?;
        let mut busy = problem(
            StatusCode::TOO_MANY_REQUESTS,
            "busy",
            "this address asked for too many codes that are not on record; wait a minute",
        );
        busy.headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
        Some(busy)
    }
}

fn router(gateway: Arc<Gateway>, operators: Router<Arc<Gateway>>) -> Router {
    let asked = Router::new()
        .route("/activate", post(consumers::activate))
        .route("/resell", post(consumers::resell))
        .layer(DefaultBodyLimit::max(consumers::MOST_BYTES));
    let open = Router::new()
        .route("/history/{code}", get(answers::history))
        .route("/standing/{code}", get(answers::standing))
        .route("/evidence/{id}", get(answers::evidence))
        .route("/network.json", get(answers::network))
        .merge(asked)
        .layer(middleware::from_fn(open_to_pages));
    // Ciphertext does not shrink.
    let compressible = SizeAbove::default()
        .and(NotForContentType::const_new("application/octet-stream"))
        .and(NotForContentType::IMAGES);
    Router::new()
        .route("/", get(answers::page))
        .route("/01/{gtin}/21/{serial}", get(answers::page))
        .route("/01/{gtin}/10/{batch}", get(answers::page))
        .route("/00/{sscc}", get(answers::page))
        .route("/414/{gln}", get(answers::page))
        .route("/8003/{grai}", get(answers::page))
        .route("/8004/{giai}", get(answers::page))
        .route("/8010/{cpid}/8011/{serial}", get(answers::page))
        .route("/253/{gdti}", get(answers::page))
        .route("/401/{ginc}", get(answers::page))
        .route("/402/{gsin}", get(answers::page))
        .route("/bic/{container}", get(answers::page))
        .route("/assets/{*name}", get(answers::asset))
        .route("/healthz", get(answers::health))
        .merge(open)
        .merge(operators)
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "no-such-page", "nothing is here") })
        .layer(middleware::from_fn_with_state(Arc::clone(&gateway), guard))
        .layer(CompressionLayer::new().compress_when(compressible))
        // Nothing else here takes a body; the layer above stands nearer and rules.
        .layer(DefaultBodyLimit::max(0))
        .with_state(gateway)
}

/// Other members' pages ask here too, so that two peers must agree.
async fn open_to_pages(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from(ETAG));
    response
}

/// A time limit before the answer, security headers after it.
async fn guard(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    let mut response = match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_late) => problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "the peer is busy; try again",
        ),
    };
    let headers = response.headers_mut();
    // The pages for operators have a stricter one.
    let policy = headers.entry(CONTENT_SECURITY_POLICY);
    policy.or_insert_with(|| gateway.policy.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        "permissions-policy",
        HeaderValue::from_static("geolocation=(), microphone=()"),
    );
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// An answer that is not what was asked for, in the same words for people and programs.
fn problem(status: StatusCode, code: &'static str, detail: &str) -> Response {
    (
        status,
        Json(serde_json::json!({ "code": code, "detail": detail })),
    )
        .into_response()
}

/// Who asks. A proxy on this machine says whom it serves; anybody else could say anything.
struct Asker(IpAddr);

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let caller = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| {
                address.ip()
            });
        let named = forwarded_for(&parts.headers).filter(|_| caller.is_loopback());
        Ok(Self(named.unwrap_or(caller)))
    }
}

fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let by_proxy = headers
        .get_all(X_FORWARDED_FOR)
        .iter()
        .next_back()?
        .to_str()
        .ok()?;
    by_proxy.rsplit(',').next()?.trim().parse().ok()
}

/// What the page may load: its own files, and answers of the other members' gateways.
fn content_policy<'a>(others: impl Iterator<Item = &'a crate::config::WebAddress>) -> HeaderValue {
    let mut connect = String::from("'self'");
    for other in others {
        connect.push(' ');
        connect.push_str(other.as_str());
    }
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; \
         worker-src 'self'; connect-src {connect}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    );
    // Addresses are plain ASCII (config.rs), so this cannot fail; the strictest policy otherwise.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_reaches_the_other_gateways_and_nobody_else() {
        let other = crate::config::WebAddress::try_from("https://b.example".to_owned()).unwrap();
        let policy = content_policy([&other].into_iter());
        let policy = policy.to_str().unwrap();
        assert!(
            policy.contains("connect-src 'self' https://b.example;"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("data:"),
            "{policy}"
        );
    }

    #[tokio::test]
    async fn believes_only_a_proxy_on_this_machine() {
        for (caller, asker) in [
            ([127, 0, 0, 1], "198.51.100.7"),
            ([192, 0, 2, 1], "192.0.2.1"),
        ] {
            let mut request = Request::new(axum::body::Body::empty());
            let from = ConnectInfo(SocketAddr::from((caller, 1)));
            request.extensions_mut().insert(from);
            let value = HeaderValue::from_static("203.0.113.9, 198.51.100.7");
            request.headers_mut().insert(X_FORWARDED_FOR, value);
            let (mut parts, ()) = request.map(drop).into_parts();
            let Ok(found) = Asker::from_request_parts(&mut parts, &()).await;
            assert_eq!(found.0.to_string(), asker);
        }
    }
}
