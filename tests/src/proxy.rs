use std::sync::Arc;

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::JoinHandle};

type Change = dyn Fn(Vec<u8>) -> Result<Vec<u8>> + Send + Sync;

/// Someone between a gateway and the consumer, who alters each history on its way, and what shows
/// that there is none.
pub struct Proxy {
    address: String,
    task: JoinHandle<()>,
}

struct Between {
    gateway: String,
    change: Box<Change>,
}

impl Proxy {
    /// Stands before a gateway.
    pub async fn before(
        gateway: &str,
        change: impl Fn(Vec<u8>) -> Result<Vec<u8>> + Send + Sync + 'static,
    ) -> Result<Self> {
        let between = Arc::new(Between {
            gateway: gateway.to_owned(),
            change: Box::new(change),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(pass_on).with_state(between);
        let task = tokio::spawn(async move {
            // It ends with the test.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, task })
    }

    /// How browsers reach it.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(State(between): State<Arc<Between>>, request: Request) -> Response {
    let path = request.uri().path_and_query().map(ToString::to_string);
    match answer(&between, path).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
    }
}

async fn answer(between: &Between, path: Option<String>) -> Result<Response> {
    let path = path.context("a request has a path")?;
    let from = reqwest::get(format!("{}{path}", between.gateway)).await?;
    let status = from.status();
    let mut headers = HeaderMap::new();
    for name in [header::CONTENT_TYPE, header::CONTENT_SECURITY_POLICY] {
        if let Some(value) = from.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
    let mut bytes = from.bytes().await?.to_vec();
    let is_shown = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|of| of == "application/cbor");
    if is_shown && path.starts_with("/history/") {
        bytes = (between.change)(bytes)?;
    }
    Ok((status, headers, Body::from(bytes)).into_response())
}
