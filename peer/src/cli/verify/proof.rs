//! What a proof or a transparent statement has shown, in words.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use chopmark_core::{
    Code, CodeState, Known, NetworkId, Party, Proven, ProvenRecord, SubjectProof, ThingState,
    verify_transparent,
};

use super::{Pinned, UNPINNED, own_network};
use crate::clock;

/// Checks a proof and says what it shows.
pub(super) fn told(proof: &SubjectProof, code: &Code, pinned: &Pinned) -> ExitCode {
    let verified = network_of(proof, pinned).and_then(|network| {
        let known = Known {
            network,
            genesis: pinned.genesis.as_ref(),
            newest: pinned.newest,
        };
        Ok(proof.verify(code, &known)?)
    });
    match verified {
        Ok(proven) => {
            print!("{}", lines(&proven, code));
            if pinned.network.is_none() {
                println!("{UNPINNED}");
            }
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("FAILED  {why:#}");
            println!(
                "\nThis proves nothing about {}. Do not rely on it.",
                code.element_string()
            );
            ExitCode::FAILURE
        }
    }
}

fn network_of(proof: &SubjectProof, pinned: &Pinned) -> anyhow::Result<NetworkId> {
    if let Some(network) = pinned.network {
        return Ok(network);
    }
    let genesis = proof.genesis();
    own_network(genesis.context("the proof comes without the network's genesis: give --dir")?)
}

fn lines(proven: &Proven, code: &Code) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let mut line = |text: String| {
        let _written = writeln!(out, "{text}");
    };
    let (header, state) = (&proven.header, &proven.state);
    line(format!("code     {}", code.element_string()));
    line(format!(
        "network  {} ({})",
        proven.network_name,
        header.network()
    ));
    line(format!("as of    {}", clock::readable(header.time())));
    line(format!(
        "final    cosigned by {} of {} validators, {} of them with every key that they have",
        proven.cosigned, proven.validators, proven.complete
    ));
    line(String::new());
    for text in state_lines(proven, state) {
        line(text);
    }
    line(String::new());
    for record in &proven.records {
        line(record_line(proven, record));
    }
    let things = state.base().into_iter().chain(&state.containers);
    let named: usize = things.map(|thing| thing.records.len()).sum();
    let hidden = named.saturating_sub(proven.records.len());
    if hidden > 0 {
        line(format!("        {hidden} more are named and not shown"));
    }
    line(String::new());
    let left_out = match state.base().map_or(0, |base| base.unnamed) {
        0 => "no record of it is left out",
        _ => "no record is left out but the older ones that are counted above",
    };
    line(format!(
        "Verified: this is what the ledger held as of that checkpoint, and {left_out}. It does \
         not prove that nothing newer exists."
    ));
    line(format!(
        "To refuse older proofs from now on: --newest {}/{}",
        header.height().0,
        proven.hash
    ));
    out
}

fn state_lines(proven: &Proven, state: &CodeState) -> Vec<String> {
    let Some((maker, prefix)) = &state.maker else {
        return vec!["not known: no member has a prefix of this code".to_owned()];
    };
    let mut lines = vec![format!("prefix   {prefix} of {}", proven.name_of(maker))];
    let Some(base) = state.base() else {
        lines.push(match state.not_in {
            Some(run) => format!("not known: never recorded, and run {run} does not hold it"),
            None => "not known: nothing was ever recorded under this code by itself".to_owned(),
        });
        return lines;
    };
    if let Some((run, item)) = &state.run {
        lines.push(format!(
            "run      item {} of run {}; nothing was recorded about it alone",
            item.index, run.id
        ));
    }
    let who = |party: Option<&Party>| party.map_or_else(String::new, |p| name(proven, p));
    lines.push(format!("owner    {}", who(state.owner())));
    lines.push(format!("holder   {}", who(state.holder())));
    lines.extend(
        state
            .containers
            .iter()
            .map(|c| format!("inside   {}", c.id)),
    );
    lines.push(match state.is_free_of_pledges() {
        true => "pledged  no, neither itself nor by what is around or inside it".to_owned(),
        false => "pledged  yes, itself or by what is around or inside it".to_owned(),
    });
    let holds = state.holds().map(|(on, authority, by)| {
        let authority = proven.name_of(&authority);
        format!("held     {on} by {authority}, record {by}")
    });
    lines.extend(holds);
    lines.push(match state.activated_by() {
        Some(by) => format!("seal     opened, record {by}"),
        None => "seal     no owner outside the members so far".to_owned(),
    });
    if let Some(by) = base.state.decommissioned_by() {
        lines.push(format!("ended    record {by}"));
    }
    lines.push(format!("records  {}", counted(base)));
    lines
}

fn counted(thing: &ThingState) -> String {
    match thing.unnamed {
        0 => format!("{}, all of them named here", thing.state.count()),
        unnamed => format!(
            "{}, the first {unnamed} not named here",
            thing.state.count()
        ),
    }
}

fn name(proven: &Proven, party: &Party) -> String {
    match party {
        Party::Member(member) => proven.name_of(member),
        Party::Consumer(key) => format!("the consumer with the key {key}"),
        Party::Bearer(_) => "whoever showed the pick-up code".to_owned(),
    }
}

fn record_line(proven: &Proven, shown: &ProvenRecord) -> String {
    let when = shown.record.body().when().map(|when| when.time);
    let time = clock::readable(when.unwrap_or(shown.header.clock()));
    let who = proven.name_of(&shown.header.member());
    format!("{time}  {who}: {:?}  {}", shown.record.kind(), shown.at)
}

/// Checks a transparent statement and says what it shows.
pub(super) fn statement(bytes: &[u8]) -> ExitCode {
    match verify_transparent(bytes) {
        Ok((statement, receipts)) => {
            let header = statement.header();
            println!("block    {}", statement.id());
            println!("network  {}", header.network());
            println!(
                "signed   by device {} of member {}",
                header.device(),
                header.member()
            );
            for receipt in receipts {
                println!(
                    "receipt  block {} of {} of the log with the root {}, signed by peer {} of \
                     member {}",
                    receipt.log_index,
                    receipt.log_size,
                    receipt.log_root,
                    receipt.key,
                    receipt.member
                );
            }
            println!(
                "\nVerified: the signatures hold. Compare the keys with those of a source that you \
                 trust: a receipt is one peer's word, and not that of a quorum."
            );
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("FAILED  {why}\n\nDo not rely on this statement.");
            ExitCode::FAILURE
        }
    }
}
