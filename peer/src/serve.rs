//! `chopmark serve`: starts every part of the peer, says that it is ready, and stops it in order.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use axum::Router;
use chopmark_replica::{Kept, Node, Remote};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admin::Admin;
use crate::config::{Config, Order};
use crate::figures::Watched;
use crate::folder::Folder;
use crate::gateway::Gateway;
use crate::logs::{self, LogStyle};
use crate::peer::{Desk, Peer, announce, follow_runs};
use crate::{control, operators, ordering};

/// How long open answers and sessions may take to end; what is acknowledged is on disk anyway.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the peer until it is told to stop.
pub(crate) fn run(dir: &Path, style: LogStyle) -> anyhow::Result<()> {
    logs::start(style);
    let folder = Folder::new(dir);
    let config = Config::read(&folder.config_path())?;
    // Two threads: the work is in SQLite and signatures, which have threads of their own.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the system gives no threads")?;
    let result = runtime.block_on(serve(&folder, &config));
    runtime.shutdown_timeout(GRACE);
    result
}

async fn serve(folder: &Folder, config: &Config) -> anyhow::Result<()> {
    // Asked for first: a signal during the start must not be lost.
    let mut terminate = signal(SignalKind::terminate()).context("signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals")?;
    let (stop, stopped) = watch::channel(false);

    let peer = Peer::open(folder, config).await?;
    check_order(&peer, config).await?;
    let desk = Arc::new(Desk(peer.clone()));
    let node = Node::listen(
        config.listen,
        peer.key(),
        peer.replica().clone(),
        Some(desk),
    )
    .context("`listen`")?;
    let quic = node.address().context("the address of `listen`")?;
    let mut tasks = JoinSet::new();
    let answering = node.clone();
    tasks.spawn(async move { answering.serve().await });
    let kept = call_others(&node, config);
    let links = config
        .peers
        .iter()
        .zip(&kept)
        .map(|(other, kept)| (other.key, kept.link()))
        .collect();
    let watched = Watched {
        peer: peer.clone(),
        links: Arc::new(links),
    };
    let admin = Admin::running(
        (peer.clone(), node.clone()),
        reachable(config, quic),
        Arc::clone(&watched.links),
    );
    let links = Arc::clone(&watched.links);
    let pages = start_pages(&mut tasks, watched, config, stopped).await?;
    tasks.spawn(control::answer_all(
        control::listen(&folder.control_socket())?,
        admin,
    ));
    tasks.spawn(announce(peer.clone()));
    if peer.admin().is_ok() {
        // A second peer does not read in the group that lists are sealed to.
        tasks.spawn(follow_runs(peer.clone()));
    }
    let order = async {
        peer.restored(folder, &links, config.order).await?;
        let ordering = async {
            match config.order {
                Order::None => std::future::pending().await,
                _ => {
                    ordering::run(peer.clone(), node.clone(), folder.clone(), config.clone()).await
                }
            }
        };
        tokio::select! {
            ended = ordering => ended,
            never = peer.keep_keys() => match never {},
        }
    };

    let named = |address: Option<SocketAddr>| {
        address.map_or_else(|| "-".to_owned(), |address| address.to_string())
    };
    let (gateway, operators) = (named(pages.gateway), named(pages.operators));
    println!("READY quic={quic} gateway={gateway} operators={operators}");
    std::io::stdout().flush().context("standard output")?;
    tracing::info!(%quic, %gateway, %operators, member = peer.member_name(), network = peer.network_name(), "ready");

    let ended = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        ended = tasks.join_next() => ended.map(|ended| match ended {
            Ok(()) => anyhow!("a part of the peer ended by itself; the log says which"),
            Err(why) => anyhow::Error::new(why).context("a part of the peer failed"),
        }),
        ended = order => ended.err().map(|why| why.context("this peer no longer orders")),
    };
    tracing::info!("stopping");
    stop.send_replace(true);
    drop(kept);
    // Whoever does not take the goodbye in time learns it from the silence.
    let _said = tokio::time::timeout(GRACE, node.close()).await;
    peer.save().await?;
    // A socket that nobody listens on would only make the next command wait.
    let _absent = std::fs::remove_file(folder.control_socket());
    tasks.abort_all();
    ended.map_or(Ok(()), Err)
}

/// Says where the configuration and the ledger differ: a network could be left without an orderer,
/// and nobody would see why. It is no reason to stop, since the ledger may change: who will be a
/// validator is started before, and whose time has passed still serves its member's devices.
async fn check_order(peer: &Peer, config: &Config) -> anyhow::Result<()> {
    let orders = peer.is_validator();
    match config.order {
        Order::Validator if !orders && !peer.will_order().await? => tracing::warn!(
            "chopmark.toml says that this peer orders, and the network's members have not agreed that it does: it waits until they have (docs/keys.md, 4)"
        ),
        Order::None if orders => tracing::warn!(
            "this peer is a validator of the network and chopmark.toml says that it orders nothing: set order = \"validator\""
        ),
        _ => {}
    }
    Ok(())
}

/// Keeps a connection to each of the other members' peers.
fn call_others(node: &Node, config: &Config) -> Vec<Kept> {
    let remote = |other: &crate::config::OtherPeer| Remote {
        key: other.key,
        address: other.address.as_str().to_owned(),
    };
    config
        .peers
        .iter()
        .map(|other| node.keep(remote(other)))
        .collect()
}

/// What invitations name: the configured addresses, or the one that the peer is bound to, where
/// that can be called at all.
fn reachable(config: &Config, bound: SocketAddr) -> Vec<String> {
    let advertised = config.advertised();
    if advertised.is_empty() && !bound.ip().is_unspecified() {
        return vec![bound.to_string()];
    }
    advertised
}

/// Where the peer's pages are served.
struct PagesAt {
    gateway: Option<SocketAddr>,
    /// Where those for operators are; at the gateway, or nowhere, without one.
    operators: Option<SocketAddr>,
}

async fn start_pages(
    tasks: &mut JoinSet<()>,
    watched: Watched,
    config: &Config,
    stopped: watch::Receiver<bool>,
) -> anyhow::Result<PagesAt> {
    let (mut gateway, mut operators) = (None, None);
    let peer = watched.peer.clone();
    let beside = match config.operators {
        None => operators::router(watched),
        Some(wanted) => {
            let (listener, address) = listen(wanted, "operators").await?;
            operators = Some(address);
            let stop = until_stopped(stopped.clone());
            tasks.spawn(async move {
                if let Err(cause) = operators::serve(listener, watched, stop).await {
                    tracing::error!(%cause, "the pages for operators failed");
                }
            });
            Router::new()
        }
    };
    if let Some(wanted) = config.gateway {
        let serving = Gateway::new(peer, config)?;
        let (listener, address) = listen(wanted, "gateway").await?;
        gateway = Some(address);
        let stop = until_stopped(stopped);
        tasks.spawn(async move {
            if let Err(cause) = serving.serve(listener, beside, stop).await {
                tracing::error!(%cause, "the gateway failed");
            }
        });
    }
    Ok(PagesAt { gateway, operators })
}

async fn listen(wanted: SocketAddr, name: &str) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(wanted)
        .await
        .with_context(|| format!("cannot listen on {wanted} (`{name}`); is it in use?"))?;
    let address = listener
        .local_addr()
        .with_context(|| format!("the address of `{name}`"))?;
    Ok((listener, address))
}

async fn until_stopped(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone: stop as well.
    let _stop = stopped.wait_for(|stop| *stop).await;
}
