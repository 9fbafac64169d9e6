//! Pages for operators: figures for programs (`/metrics`) and for people (`/dashboard`). Served at
//! an address of their own (`operators` in chopmark.toml), or at the gateway where none is named.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::dashboard::{self, Recent, Refresh};
use crate::figures::Watched;
use crate::metrics;

/// One style sheet of their own, and pictures that the page itself holds; no script at all.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const ASKS: HeaderValue = HeaderValue::from_static("no-cache");
const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");

/// What the handlers have.
struct Pages {
    watched: Watched,
    recent: Recent,
}

/// Both pages, whatever address they are served at.
pub(crate) fn router<S>(watched: Watched) -> Router<S> {
    let pages = Pages {
        watched,
        recent: Recent::default(),
    };
    Router::new()
        .route("/metrics", get(figures))
        .route("/dashboard", get(board))
        .route("/dashboard.css", get(style))
        .layer(middleware::from_fn(guard))
        .with_state(Arc::new(pages))
}

/// Serves them at their own address until `stop` is done.
pub(crate) async fn serve(
    listener: TcpListener,
    watched: Watched,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router::<()>(watched))
        .with_graceful_shutdown(stop)
        .await
}

async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(CACHE_CONTROL, ASKS);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn figures(State(pages): State<Arc<Pages>>) -> Response {
    answer(pages, |pages| Ok(metrics::text(&pages.watched.figures())))
        .await
        .map_or_else(failed, |text| text.into_response())
}

async fn board(State(pages): State<Arc<Pages>>, uri: Uri) -> Response {
    let refresh = match uri.query() {
        Some("refresh") => Refresh::Every10Seconds,
        _ => Refresh::No,
    };
    let draw = move |pages: &Pages| {
        let figures = pages.watched.figures();
        let recent = pages.recent.read(&pages.watched.peer, figures.height)?;
        anyhow::Ok(dashboard::html(
            &pages.watched.peer,
            &figures,
            &recent,
            refresh,
        ))
    };
    answer(pages, draw)
        .await
        .map_or_else(failed, |html| Html(html).into_response())
}

async fn style() -> Response {
    ([(CONTENT_TYPE, CSS)], dashboard::STYLE).into_response()
}

/// Off the threads that other answers wait for: the ledger may be busy.
async fn answer(
    pages: Arc<Pages>,
    work: impl FnOnce(&Pages) -> anyhow::Result<String> + Send + 'static,
) -> anyhow::Result<String> {
    let peer = pages.watched.peer.clone();
    peer.blocking(move |_| work(&pages)).await?
}

fn failed(why: anyhow::Error) -> Response {
    tracing::error!(why = format!("{why:#}"), "a page for operators failed");
    let told = "the peer could not read its figures; its log says why\n";
    (StatusCode::INTERNAL_SERVER_ERROR, told).into_response()
}
