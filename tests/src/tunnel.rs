//! A network device whose other end this program holds: what a namespace sends by it is read here,
//! and what is written here arrives there.

use anyhow::{Context, Result};

#[cfg(target_os = "linux")]
pub(crate) use tokio_tun::Tun as Tunnel;

/// Makes a device in this program's own namespace, for IP packets and switched off.
#[cfg(target_os = "linux")]
pub(crate) fn open(name: &str) -> Result<Tunnel> {
    let mut queues = Tunnel::builder().name(name).build()?;
    queues.pop().context("the device has no queue")
}

/// There is none where there are no network namespaces.
#[cfg(not(target_os = "linux"))]
pub(crate) enum Tunnel {}

#[cfg(not(target_os = "linux"))]
impl Tunnel {
    pub(crate) async fn recv(&self, _: &mut [u8]) -> std::io::Result<usize> {
        match *self {}
    }

    pub(crate) async fn send(&self, _: &[u8]) -> std::io::Result<usize> {
        match *self {}
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn open(_: &str) -> Result<Tunnel> {
    None.context("there are network namespaces only on Linux")
}
