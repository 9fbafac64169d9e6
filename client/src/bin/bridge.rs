//! The same screens in a plain browser, for tests and development: a loopback HTTP server
//! that forwards to the client like the window's shell does.
//!
//! `chopmark-bridge --ui DIR --data DIR --port 0` prints `READY http://127.0.0.1:PORT/?token=…`.
//! The page takes the token from its address and sends it in the header `x-token`:
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `POST /call/{command}` | the command as JSON | 200 the reply, 422 a `Failure`, as JSON |
//! | `POST /upload`, header `x-upload` | raw bytes | 200 an `UploadState`, 422 a `Failure` |
//! | `GET` or `POST /evidence/{id}?offset=N` | – | 200 raw bytes, empty at the end; 422 a `Failure` |

#[cfg(not(debug_assertions))]
compile_error!("the loopback bridge is for tests and development; it does not belong in a release");

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use chopmark_client::{Client, ClientConfig, Ports};
use chopmark_view::Failure;

/// What the window's own policy says, with the loopback server in place of the window's
/// bridge.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; \
    style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob: mediastream:; \
    connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
/// The largest body: one chunk of evidence, or frames pasted as text.
const LARGEST_BODY: usize = 2 * 1024 * 1024;

#[derive(Clone)]
struct Bridge {
    client: Client,
    token: Arc<str>,
    ui: Arc<Path>,
}

struct Arguments {
    ui: PathBuf,
    data: PathBuf,
    port: u16,
    /// The list of the world's ports.
    ports: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("chopmark-bridge: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let arguments = arguments()?;
    let mut config = ClientConfig::default();
    config.ports = arguments.ports.clone().map_or(Ports::None, Ports::File);
    let client = Client::open(&arguments.data, config)
        .await
        .map_err(|failure| format!("the data folder could not be used ({})", failure.code))?;
    let token = random_token()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", arguments.port))
        .await
        .map_err(|error| format!("port {} on 127.0.0.1: {error}", arguments.port))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    println!("READY http://{address}/?token={token}");
    std::io::stdout()
        .flush()
        .map_err(|error| error.to_string())?;
    let bridge = Bridge {
        client: client.clone(),
        token: token.into(),
        ui: arguments.ui.into(),
    };
    let served = axum::serve(listener, router(bridge))
        .with_graceful_shutdown(stopped())
        .await;
    client.close().await;
    served.map_err(|error| error.to_string())
}

fn arguments() -> Result<Arguments, String> {
    const USAGE: &str = "use: chopmark-bridge --ui DIR --data DIR [--port PORT] [--ports FILE]";
    let (mut ui, mut data, mut port, mut ports) = (None, None, 0, None);
    let mut given = std::env::args_os().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or(USAGE)?;
        match name.to_str() {
            Some("--ui") => ui = Some(PathBuf::from(value)),
            Some("--data") => data = Some(PathBuf::from(value)),
            Some("--ports") => ports = Some(PathBuf::from(value)),
            Some("--port") => {
                port = value
                    .to_str()
                    .and_then(|port| port.parse().ok())
                    .ok_or(USAGE)?
            }
            _ => return Err(USAGE.into()),
        }
    }
    Ok(Arguments {
        ui: ui.ok_or(USAGE)?,
        data: data.ok_or(USAGE)?,
        port,
        ports,
    })
}

fn random_token() -> Result<String, String> {
    let bytes = chopmark_replica::random_bytes::<16>().map_err(|error| error.to_string())?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

async fn stopped() {
    // Without a signal handler the process simply ends at Ctrl-C, which loses nothing:
    // what was acknowledged is on disk.
    let _ = tokio::signal::ctrl_c().await;
}

fn router(bridge: Bridge) -> Router {
    let calls = Router::new()
        .route("/call/{command}", post(call))
        .route("/upload", post(upload))
        .route("/evidence/{id}", get(evidence).post(evidence))
        .layer(middleware::from_fn_with_state(
            bridge.clone(),
            only_with_token,
        ));
    calls
        .fallback(file)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn(policy))
        .with_state(bridge)
}

/// Any page in the same browser can reach a loopback port; only ours knows the token.
async fn only_with_token(State(bridge): State<Bridge>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get("x-token")
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    if same(given, bridge.token.as_bytes()) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

/// Compares without stopping at the first difference, so that time tells nothing.
fn same(given: &[u8], expected: &[u8]) -> bool {
    given.len() == expected.len()
        && given
            .iter()
            .zip(expected)
            .fold(0, |sum, (a, b)| sum | (a ^ b))
            == 0
}

async fn policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_POLICY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn call(
    State(bridge): State<Bridge>,
    UrlPath(command): UrlPath<String>,
    body: Bytes,
) -> Response {
    let args = match serde_json::from_slice(&body) {
        Ok(args) => args,
        Err(error) => return (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    };
    answer(bridge.client.dispatch(&command, args).await.map(Json))
}

async fn upload(State(bridge): State<Bridge>, headers: HeaderMap, body: Bytes) -> Response {
    let upload = headers
        .get("x-upload")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    answer(bridge.client.evidence_chunk(upload, &body).await.map(Json))
}

#[derive(serde::Deserialize)]
struct Offset {
    #[serde(default)]
    offset: u64,
}

async fn evidence(
    State(bridge): State<Bridge>,
    UrlPath(id): UrlPath<String>,
    Query(Offset { offset }): Query<Offset>,
) -> Response {
    answer(bridge.client.evidence_read(&id, offset).await)
}

fn answer<T: IntoResponse>(result: Result<T, Failure>) -> Response {
    match result {
        Ok(reply) => reply.into_response(),
        Err(failure) => (StatusCode::UNPROCESSABLE_ENTITY, Json(failure)).into_response(),
    }
}

/// A file of the built screens.
async fn file(State(bridge): State<Bridge>, uri: Uri) -> Response {
    let Some(path) = inside(&bridge.ui, uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokio::fs::read(&path).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, media_type(&path))], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The file that a path names inside the folder, and nothing outside of it.
fn inside(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = path.trim_start_matches('/');
    let path = Path::new(if path.is_empty() { "index.html" } else { path });
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| folder.join(path))
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/json",
        Some("woff2") => "font/woff2",
        Some("ftl" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_nothing_outside_its_folder() {
        let folder = Path::new("/ui");
        assert_eq!(inside(folder, "/"), Some("/ui/index.html".into()));
        assert_eq!(inside(folder, "/a/b.js"), Some("/ui/a/b.js".into()));
        assert_eq!(inside(folder, "/../etc/passwd"), None);
        assert_eq!(
            inside(folder, "//etc/passwd"),
            Some("/ui/etc/passwd".into())
        );
    }

    #[test]
    fn takes_only_the_whole_token() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"ab", b"abc") && !same(b"", b"abc") && !same(b"abd", b"abc"));
    }
}
