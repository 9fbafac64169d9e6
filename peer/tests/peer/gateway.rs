//! What browsers and strangers get from a peer's gateway.

use crate::support::{FOUNDERS, Network, until};
use chopmark_core::Code;
use serde_json::Value;

#[test]
fn a_browser_without_scripts_still_learns_something() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let (code, head, body) = peer.get("/01/09506000134352/21/ABC%2F1", &[]);
    let html = String::from_utf8(body).unwrap();
    assert_eq!(code, 200);
    assert!(html.contains("(01)09506000134352(21)ABC/1"), "{html}");
    assert!(html.contains("no record of this label"), "{html}");
    assert!(
        html.contains("Bay trial") && html.contains("Nansha Instruments"),
        "{html}"
    );
    for header in [
        "content-security-policy: default-src 'none'",
        "nosniff",
        "no-referrer",
    ] {
        assert!(head.contains(header), "{head}");
    }
    let (code, _, body) = peer.get("/01/09506000134353/21/A%3Cscript%3E", &[]);
    let html = String::from_utf8(body).unwrap();
    assert_eq!(code, 400);
    assert!(
        html.contains("not a label") && !html.contains("<script>"),
        "{html}"
    );
}

/// The reader of codes and the gateway's addresses know the same kinds: a label that opens nothing
/// would look like a forgery.
#[test]
fn every_kind_of_label_opens_a_page() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    for code in [
        "(01)09506000134352(21)ABC",
        "(01)09506000134352(10)B7",
        "(00)395060005887318216",
        "(414)9506000134352",
        "(8003)09506000134352R1",
        "(8004)9506000134ABC/1",
        "(8010)9506000134AB/1(8011)34",
        "(253)9506000134352D1",
        "(401)9506000134SHIP",
        "(402)95060001343521236",
        "CSQU3054383",
    ] {
        let link = Code::parse(code).unwrap().digital_link("h");
        let path = link.strip_prefix("https://h").unwrap();
        let (status, _, body) = peer.get(path, &[]);
        let html = String::from_utf8(body).unwrap();
        assert_eq!(status, 200, "{path}: {html}");
        assert!(html.contains(code), "{path}: {html}");
    }
}

/// What members and label printers write ends up in HTML: names of the network's members, and the
/// serial of a code, which may hold every character that a script needs.
#[test]
fn no_script_in_names_or_codes_reaches_the_page() {
    let name = "<script>alert('name')</script>\"><img src=x onerror=alert(1)>";
    let network = Network::found(&[(name, "manufacturer")]);
    let peer = network.start(0, None);
    let page = |path: &str| {
        let (_, head, body) = peer.get(path, &[]);
        let html = String::from_utf8(body).unwrap();
        for part in ["<script>alert", "<img", "onerror=alert(1)>"] {
            assert!(!html.contains(part), "{part}: {html}");
        }
        (head, html)
    };
    let (head, html) = page("/01/09506000134352/21/%3Cscript%3Ealert(1)%2F%2F");
    assert!(html.contains("&lt;script&gt;alert(1)//"), "{html}");
    assert!(html.contains("&lt;script&gt;alert(&#39;name"), "{html}");
    assert!(
        head.contains("content-security-policy: default-src 'none'"),
        "{head}"
    );
    // A wrong check digit, a product alone, and no code at all.
    page("/01/09506000134353/21/%3Cscript%3Ealert(1)%2F%2F");
    page("/01/%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    page("/%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    // The description of the network is JSON, never HTML.
    let (_, head, body) = peer.get("/network.json", &[]);
    assert!(head.contains("content-type: application/json"), "{head}");
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["members"][0]["name"], name);
}

#[test]
fn the_network_is_described_as_the_format_says() {
    let network = Network::found(&FOUNDERS);
    let peer = network.start(0, None);
    let (code, head, body) = peer.get("/network.json", &[]);
    assert_eq!(code, 200);
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    let told: Value = serde_json::from_slice(&body).unwrap();
    let status = peer.status();
    assert_eq!(told["network"], status["network"]);
    assert_eq!(told["member"], status["member"]);
    assert_eq!(told["host"], "localhost");
    assert_eq!(told["members"].as_array().unwrap().len(), FOUNDERS.len());
    assert_eq!(told["orders"], Value::Array(vec![status["member"].clone()]));
    assert!(told["height"].is_u64() && told["time"].is_u64());
    let (code, _, body) = peer.get("/healthz", &[]);
    assert_eq!((code, body.starts_with(b"ok ")), (200, true));
}

#[test]
fn unknown_codes_are_no_record_and_guessing_is_slow() {
    let network = Network::found(&FOUNDERS[..1]);
    let peer = network.start(0, None);
    let path = format!("/history/{}", "ab".repeat(32));
    let (code, head, body) = peer.get(&path, &[]);
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(code, 404);
    assert_eq!(told["code"], "no-record");
    assert!(told["height"].is_u64() && told["time"].is_u64());
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
    assert_eq!(peer.get("/history/beef", &[]).0, 400);
    // Whoever says what the code begins with is shown that there is none.
    let code = chopmark_core::Code::gtin_serial("09506000134352", "NEVER").unwrap();
    let query = chopmark_core::CodeQuery::of(&code);
    let (status, head, body) = peer.get(&format!("/history/{query}"), &[]);
    assert_eq!(status, 404);
    assert!(head.contains("application/cbor"), "{head}");
    let network_id = peer.status()["network"].as_str().unwrap().parse().unwrap();
    let shown = chopmark_core::Bundle::from_bytes(&body).unwrap();
    let report = shown.verify(&code, network_id).unwrap();
    assert!(report.holds() && report.is_absence(), "{report:?}");
    assert_eq!(
        peer.get(&format!("/evidence/{}", "ab".repeat(32)), &[]).0,
        404
    );
    assert_eq!(peer.get("/assets/../chopmark.toml", &[]).0, 404);
    let refused = until("guessing is stopped", || {
        let (code, head, _) = peer.get(&path, &[]);
        (code == 429).then_some(head)
    });
    assert!(refused.contains("retry-after:"), "{refused}");
    // Another address, as a proxy on this machine names it, is not held up.
    assert_eq!(
        peer.get("/healthz", &["x-forwarded-for: 203.0.113.9"]).0,
        200
    );
}

#[test]
fn the_pages_files_come_compressed_and_are_kept() {
    let network = Network::found(&FOUNDERS[..1]);
    let pages = network.place.path().join("pages");
    std::fs::create_dir_all(&pages).unwrap();
    let index = "<!doctype html><html><head><!--chopmark:network--></head><body><!--chopmark:plain--></body></html>";
    std::fs::write(pages.join("index.html"), index).unwrap();
    std::fs::write(pages.join("verify-0123456789abcdef.wasm"), "plain").unwrap();
    std::fs::write(pages.join("verify-0123456789abcdef.wasm.br"), "small").unwrap();
    let dir = &network.members[0];
    let config = format!(
        "listen = \"127.0.0.1:0\"\ngateway = \"127.0.0.1:0\"\norder = \"validator\"\npages = \"{}\"\n",
        pages.display()
    );
    std::fs::write(dir.join("chopmark.toml"), config).unwrap();
    let peer = crate::support::Peer::start(dir);
    let html = String::from_utf8(peer.get("/414/9506000134376", &[]).2).unwrap();
    assert!(html.contains("&quot;network&quot;"), "{html}");
    let path = "/assets/verify-0123456789abcdef.wasm";
    let (code, head, body) = peer.get(path, &["accept-encoding: gzip, br"]);
    assert_eq!((code, &body[..]), (200, &b"small"[..]));
    assert!(
        head.contains("content-encoding: br") && head.contains("immutable"),
        "{head}"
    );
    let (code, head, body) = peer.get(path, &[]);
    assert_eq!((code, &body[..]), (200, &b"plain"[..]));
    assert!(head.contains("content-type: application/wasm"), "{head}");
}
