//! What an operator sees of a peer in a browser: finished HTML with pictures in it, no script, and
//! every picture's numbers beside it as a table.

mod chart;
mod recent;
mod words;

use std::fmt::Write as _;

use chopmark_core::TimeMs;
use chopmark_replica::Link;

pub(crate) use recent::Recent;

use crate::clock;
use crate::figures::{Figures, PeerFigure};
use crate::gateway::escape;
use crate::peer::Peer;
use chart::Chart;
use recent::CheckpointRow;
use words::{rate, span};

/// The page's style sheet: the colours of the screens, light and dark.
pub(crate) const STYLE: &str = include_str!("dashboard/dashboard.css");

/// An idle network makes a checkpoint a minute; the second one that is missing is worth a look.
const LATE_MS: u64 = 130_000;
/// Rows of the table that stand open; the others unfold.
const OPEN_ROWS: usize = 10;

/// Whether the page asks again by itself. Not unless it was asked for: a page that changes under
/// the reader's hands is one that some cannot read (WCAG 2.2, 2.2.2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refresh {
    No,
    Every10Seconds,
}

/// The page, of one moment.
pub(crate) fn html(
    peer: &Peer,
    figures: &Figures,
    recent: &[CheckpointRow],
    refresh: Refresh,
) -> String {
    let (meta, other) = match refresh {
        Refresh::No => (
            "",
            "<a href=\"/dashboard?refresh\">Refresh every 10 seconds</a>",
        ),
        Refresh::Every10Seconds => (
            "<meta http-equiv=\"refresh\" content=\"10\">",
            "<a href=\"/dashboard\">Stop refreshing</a>",
        ),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{meta}\
         <title>{member}: height {height}</title>\
         <link rel=\"stylesheet\" href=\"/dashboard.css\"></head><body>\
         <header><h1>{member}</h1><p>Peer of the network {network}, at {now}. {other}</p></header>\
         <main>{coming}{now_section}{peers}{checkpoints}</main></body></html>\n",
        member = escape(peer.member_name()),
        network = escape(peer.network_name()),
        height = figures.height,
        now = moment(clock::now()),
        coming = coming(figures),
        now_section = now(figures, recent),
        peers = peers(figures),
        checkpoints = checkpoints(recent),
    )
}

/// What every administrator has to hear of, if there is anything.
fn coming(figures: &Figures) -> String {
    if figures.coming.is_empty() {
        return String::new();
    }
    let each = figures.coming.iter();
    let lines: String = each
        .map(|what| format!("<li><strong>{}</strong></li>", escape(what)))
        .collect();
    format!(
        "<section aria-labelledby=\"coming\" data-figure=\"root_key_changes_coming\">\
         <h2 id=\"coming\">Root keys are about to change</h2><ul>{lines}</ul></section>"
    )
}

/// The figures of this moment. `data-figure` is the figure's name in `/metrics`.
fn now(figures: &Figures, recent: &[CheckpointRow]) -> String {
    let mut list = String::new();
    let mut figure = |name: &str, title: &str, value: &str, note: &str| {
        let data = if name.is_empty() {
            String::new()
        } else {
            format!(" data-figure=\"{name}\"")
        };
        // Writing to a string cannot fail.
        let _ = write!(
            list,
            "<div><dt>{title}</dt><dd><b{data}>{value}</b> <span>{note}</span></dd></div>"
        );
    };
    figure("height", "Height", &figures.height.to_string(), "");
    let at = moment(figures.time);
    let late = if figures.age_ms > LATE_MS {
        format!("since {at}, <strong>late: an idle network makes one a minute</strong>")
    } else {
        format!("ago, {at}")
    };
    let age = span(figures.age_ms);
    figure("", "Newest checkpoint (lag)", &age, &late);
    figure(
        "",
        "Throughput",
        &rate(recent::throughput(recent)),
        "blocks a second, over the checkpoints below",
    );
    let orders = if figures.restoring {
        "<strong>this one was restored, and signs nothing yet</strong>"
    } else if figures.orders {
        "this one among them"
    } else {
        "not this one"
    };
    let validators = figures.validators.to_string();
    figure("", "Peers that order", &validators, orders);
    if let Some(round) = figures.round() {
        figure("round", "Round", &round.to_string(), "");
    }
    let connected = figures.connected().to_string();
    let away = figures.peers.len().saturating_sub(figures.connected());
    let of = match away {
        0 => format!("of {}", figures.peers.len()),
        _ => format!("of {}, <strong>{away} away</strong>", figures.peers.len()),
    };
    figure("peers_connected", "Peers connected", &connected, &of);
    let open = figures.open_blocks.to_string();
    figure("open_blocks", "Blocks waiting", &open, "");
    figure(
        "log_blocks",
        "Blocks final",
        &figures.log_blocks.to_string(),
        "",
    );
    if figures.log_gap > 0 {
        let gap = figures.log_gap.to_string();
        figure(
            "log_gap_checkpoints",
            "Checkpoints still to fetch",
            &gap,
            "",
        );
    }
    let refused = figures.refused_records.to_string();
    figure("refused_records", "Records refused", &refused, "");
    figure(
        "subjects",
        "Things on record",
        &figures.subjects.to_string(),
        "",
    );
    format!("<section aria-labelledby=\"now\"><h2 id=\"now\">Now</h2><dl>{list}</dl></section>")
}

/// A time that breaks between day and time of day, and nowhere within them.
fn moment(time: TimeMs) -> String {
    let at = clock::readable(time);
    match at.split_once('T') {
        Some((day, of_day)) => {
            format!("<time datetime=\"{at}\"><span>{day}</span> <span>{of_day}</span></time>")
        }
        None => at,
    }
}

fn peers(figures: &Figures) -> String {
    let rows: String = figures.peers.iter().map(peer_row).collect();
    let table = if rows.is_empty() {
        "<p>This peer calls no other: chopmark.toml names none.</p>".to_owned()
    } else {
        format!(
            "<div class=\"wide\" role=\"region\" aria-label=\"All peers\" tabindex=\"0\"><table><thead><tr>\
             <th scope=\"col\">Member</th><th scope=\"col\">Connection</th>\
             <th scope=\"col\">Its clock</th><th scope=\"col\">Orders</th></tr></thead>\
             <tbody>{rows}</tbody></table></div>"
        )
    };
    format!("<section aria-labelledby=\"peers\"><h2 id=\"peers\">Peers</h2>{table}</section>")
}

fn peer_row(peer: &PeerFigure) -> String {
    let (class, connection, clock) = match &peer.link {
        Link::Live { clock_ahead_ms, .. } => {
            let apart = span(clock_ahead_ms.unsigned_abs());
            // Below a second it is the way of the message as much as the clock.
            let side = if clock_ahead_ms.unsigned_abs() < 1_000 {
                "apart"
            } else if *clock_ahead_ms > 0 {
                "behind"
            } else {
                "ahead"
            };
            ("good", "● connected".to_owned(), format!("{apart} {side}"))
        }
        Link::Connecting => ("wait", "◌ calling".to_owned(), "–".to_owned()),
        // The sentence says what the code does, and what to do.
        Link::Waiting { detail, .. } => {
            let why = format!("○ away: {}", escape(detail));
            ("bad", why, "–".to_owned())
        }
    };
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"{class}\">{connection}</td><td>{clock}</td><td>{}</td></tr>",
        escape(&peer.name),
        if peer.orders { "yes" } else { "no" },
    )
}

fn checkpoints(recent: &[CheckpointRow]) -> String {
    let head = "<section aria-labelledby=\"recent\"><h2 id=\"recent\">Recent checkpoints</h2>";
    if recent.is_empty() {
        return format!("{head}<p>There is none yet.</p></section>");
    }
    let blocks = Chart {
        id: "blocks",
        title: "Blocks in each checkpoint",
        values: recent.iter().map(|row| (row.height, row.blocks)).collect(),
        say: |blocks| blocks.to_string(),
    };
    let waits = Chart {
        id: "waits",
        title: "Time since the checkpoint before",
        values: recent
            .iter()
            .filter_map(|row| Some((row.height, row.since_ms?)))
            .collect(),
        say: span,
    };
    let newest_first = || recent.iter().rev();
    let open: String = newest_first().take(OPEN_ROWS).map(checkpoint_row).collect();
    let folded: String = newest_first().skip(OPEN_ROWS).map(checkpoint_row).collect();
    let more = if folded.is_empty() {
        String::new()
    } else {
        let count = recent.len().saturating_sub(OPEN_ROWS);
        format!(
            "<details><summary>{count} older ones</summary>{}</details>",
            table(&folded, "Older checkpoints")
        )
    };
    format!(
        "{head}<div class=\"charts\">{}{}</div>{}{more}</section>",
        blocks.draw(),
        waits.draw(),
        table(&open, "Newest checkpoints"),
    )
}

fn table(rows: &str, name: &str) -> String {
    format!(
        "<div class=\"wide\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\"><table>\
         <caption>{name}</caption><thead><tr><th scope=\"col\">Height</th><th scope=\"col\">Time</th>\
         <th scope=\"col\">Blocks</th><th scope=\"col\">After</th>\
         <th scope=\"col\">Cosigned by</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

fn checkpoint_row(row: &CheckpointRow) -> String {
    let time = clock::readable(row.time);
    // The day stands above; a phone has no room for it in every row.
    let of_day = time
        .split_once('T')
        .map_or(time.as_str(), |(_, of_day)| of_day);
    format!(
        "<tr><th scope=\"row\">{}</th><td><time datetime=\"{time}\">{of_day}</time></td><td>{}</td><td>{}</td><td>{}</td></tr>",
        row.height,
        row.blocks,
        row.since_ms.map_or_else(|| "–".to_owned(), span),
        row.cosignatures,
    )
}
