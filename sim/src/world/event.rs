//! What happens in a world.

use std::rc::Rc;

use chopmark_core::SignedBlock;

use crate::link::End;

/// What happens at a moment.
pub(super) enum Event {
    /// A node's ordering has something to do.
    Wake(usize),
    /// A message between validators arrives.
    Ballot {
        to: usize,
        from: usize,
        bytes: Rc<[u8]>,
    },
    /// A frame of a sync session arrives.
    Frame {
        link: usize,
        end: End,
        connection: u32,
        bytes: Vec<u8>,
    },
    /// A node looks for what was named to it and did not come.
    Look(usize),
    /// Two nodes try to connect.
    Connect(usize),
    /// Somebody writes on a phone.
    Write(usize),
    /// A phone looks for a peer.
    Visit(usize),
    /// What a phone handed in arrives.
    HandIn {
        phone: usize,
        node: usize,
        blocks: Vec<SignedBlock>,
    },
    /// A peer's answer arrives at the phone.
    Receipt {
        phone: usize,
        node: usize,
    },
    /// Something goes wrong.
    Crash,
    Restart(usize),
    Night,
    Partition,
    Mend,
    Jump,
    /// A hostile validator does something of its own accord.
    Hostile(usize),
    /// Nothing goes wrong any more.
    Heal,
}
