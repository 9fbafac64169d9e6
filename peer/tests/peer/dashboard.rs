//! The pages for operators: the same figures for programs and for people.

use crate::support::{FOUNDERS, Network, Peer, http, succeed, text, until};

fn page(peer: &Peer, path: &str) -> (String, String) {
    let (code, head, body) = peer.get(path, &[]);
    assert_eq!(code, 200, "{path}");
    (head, String::from_utf8(body).unwrap())
}

/// The figures of `/metrics` that the dashboard names.
fn figures(peer: &Peer) -> Vec<(String, String)> {
    const SHOWN: [&str; 7] = [
        "height",
        "round",
        "peers_connected",
        "open_blocks",
        "log_blocks",
        "refused_records",
        "subjects",
    ];
    let (_, text) = page(peer, "/metrics");
    let figure = |name: &str| {
        let start = format!("chopmark_{name} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&start));
        let line = line.unwrap_or_else(|| panic!("no {name}: {text}"));
        (name.to_owned(), line.to_owned())
    };
    SHOWN.map(figure).to_vec()
}

#[test]
fn a_dashboard_shows_what_the_metrics_say() {
    let network = Network::found(&FOUNDERS);
    let first = network.start(0, None);
    let second = network.start(1, Some(&first));
    for digits in ["9506000", "9506001"] {
        succeed(&["prefix", "register", digits, "--dir", text(&first.dir)]);
    }
    until("both are final", || {
        let logged = |peer: &Peer| peer.status()["log_size"].as_u64() == Some(2);
        (logged(&first) && logged(&second)).then_some(())
    });
    let html = until("nothing changes between the two pages", || {
        let before = figures(&first);
        let (_, html) = page(&first, "/dashboard");
        let shown = |(name, value): &(String, String)| {
            assert!(html.contains(&format!("data-figure=\"{name}\"")), "{html}");
            html.contains(&format!("<b data-figure=\"{name}\">{value}</b>"))
        };
        before.iter().all(shown).then(|| html.clone())
    });
    assert!(
        html.contains("<b data-figure=\"log_blocks\">2</b>"),
        "{html}"
    );
    assert!(html.contains("Peer of the network Bay trial"), "{html}");
    // A bar and a row for every checkpoint.
    let height = first.status()["height"].as_u64().unwrap();
    for height in 1..=height {
        assert!(
            html.contains(&format!("<title>Height {height}: ")),
            "{html}"
        );
        let row = format!("<tr><th scope=\"row\">{height}</th>");
        assert!(html.contains(&row), "{html}");
    }
    // Whom it calls, and what became of that.
    let (_, html) = page_with(&second, "● connected");
    assert!(html.contains("<th scope=\"row\">Nansha Instruments</th>"));
    drop(first);
    let (_, html) = page_with(&second, "○ away");
    // At a glance, above; and why, in a sentence.
    assert!(html.contains("of 1, <strong>1 away</strong>"), "{html}");
    assert!(html.contains("○ away: the connection was lost"), "{html}");
}

fn page_with(peer: &Peer, part: &str) -> (String, String) {
    until(part, || {
        let (head, html) = page(peer, "/dashboard");
        html.contains(part).then_some((head, html))
    })
}

#[test]
fn a_dashboard_runs_no_script_and_refreshes_only_when_asked() {
    let name = "<script>alert('name')</script>";
    let network = Network::found(&[(name, "manufacturer")]);
    let peer = network.start(0, None);
    let (head, html) = page(&peer, "/dashboard");
    assert!(head.contains("content-security-policy: default-src 'none'; style-src 'self';"));
    assert!(!head.contains("script-src"), "{head}");
    assert!(!html.contains("<script"), "{html}");
    assert!(html.contains("&lt;script&gt;alert"), "{html}");
    assert!(!html.contains("http-equiv"), "{html}");
    let (_, html) = page(&peer, "/dashboard?refresh");
    let asked = "<meta http-equiv=\"refresh\" content=\"10\">";
    assert!(html.contains(asked), "{html}");
    let (head, _) = page(&peer, "/dashboard.css");
    assert!(head.contains("content-type: text/css"), "{head}");
}

/// A member that tells the whole world who its gateway's customers are need not tell it how its
/// peers are connected.
#[test]
fn pages_for_operators_have_an_address_of_their_own() {
    let network = Network::found(&FOUNDERS[..1]);
    let dir = &network.members[0];
    let at = "listen = \"127.0.0.1:0\"\ngateway = \"127.0.0.1:0\"\norder = \"validator\"\n";
    let config = format!("{at}operators = \"127.0.0.1:0\"\n");
    std::fs::write(dir.join("chopmark.toml"), config).unwrap();
    let peer = Peer::start(dir);
    let operators = peer.operators.unwrap();
    for path in ["/metrics", "/dashboard", "/dashboard.css"] {
        assert_eq!(peer.get(path, &[]).0, 404, "{path}");
        let (code, head, _) = http(operators, &format!("GET {path}"), &[], "");
        assert_eq!(code, 200, "{path}");
        assert!(head.contains("nosniff"), "{head}");
    }
    assert_eq!(peer.get("/healthz", &[]).0, 200);
    let strangers = http(operators, "GET /network.json", &[], "");
    assert_eq!(strangers.0, 404);
}
