//! What goes to the other side, and when.

use std::time::Duration;

use chopmark_core::{DeviceId, EncodedItem};
use tokio::time::Instant;

use super::{CALLED_REVOKED, Driver, End, GONE, REVOKED};
use crate::net::SyncError;
use crate::net::answer::{self, Entry};
use crate::replica::{Addressee, Replica};
use crate::store::Number;

/// Between two frames of items that are not full. What arrives meanwhile shares the next one, and
/// with it the hop, the flush and the acknowledgement of everyone who takes it in: sent one by one,
/// a busy network spends its time on those. The first after a pause waits for nothing.
const PACE: Duration = Duration::from_millis(20);
/// So much longer where all of it came from other peers: each sends it to everyone itself, and what
/// goes from here is for those that it does not reach, or reaches late.
const PASSED_ON: Duration = Duration::from_millis(40);

/// Whether anything may go to the other side.
fn may_go(replica: &Replica, end: End, other: DeviceId) -> Result<(), SyncError> {
    match end {
        End::Calling if answer::may_be_told(replica, other) => Ok(()),
        End::Calling => Err(CALLED_REVOKED),
        End::Answering(_) => match answer::entry(replica, other) {
            Ok(Entry::Whole) => Ok(()),
            _ => Err(REVOKED),
        },
    }
}

impl Driver {
    /// Queues what arrived here since, as far as the session has room. Gives when to come back
    /// for what is here and has to wait.
    pub(super) async fn fill(&mut self) -> Result<Option<Instant>, SyncError> {
        let other = self.other;
        let to = Addressee {
            key: other,
            names_after: self.names_after,
        };
        if self.end == End::Answering(Entry::HandIn) {
            return Ok(None);
        }
        self.give_what_is_asked_for().await?;
        while let Some(queued) = self.queued.filter(|_| self.session.wants_items()) {
            if !self.has_arrivals() {
                return self.fill_again().await.map(|()| None);
            }
            let due = self.due(queued);
            if Instant::now() < due {
                return Ok(Some(due));
            }
            let end = self.end;
            let outgoing = self.node.blocking(move |replica| {
                Ok(match may_go(replica, end, other) {
                    Ok(()) => Ok(replica.outgoing(queued, to)?),
                    Err(why) => Err(why),
                })
            });
            let outgoing = outgoing.await??;
            if outgoing.up_to <= queued {
                return Ok(None);
            }
            self.in_flight
                .extend(outgoing.items.iter().map(EncodedItem::number));
            // There was room a moment ago, and nothing else fills it.
            let _ = self
                .session
                .queue_items(outgoing.items, outgoing.up_to.get());
            self.queued = Some(outgoing.up_to);
            if !outgoing.full {
                self.next = Instant::now() + PACE;
            }
        }
        Ok(None)
    }

    /// When what arrived after a number may be queued.
    fn due(&self, queued: Number) -> Instant {
        let replica = self.node.replica();
        match self.names_after.is_some() && replica.is_only_passed_on(queued) {
            true => self.next + PASSED_ON,
            false => self.next,
        }
    }

    /// Queues what the other side asks for, since it was only named to it and came from nobody
    /// else.
    async fn give_what_is_asked_for(&mut self) -> Result<(), SyncError> {
        while let Some(number) = self.session.next_asked() {
            self.check_entry().await?;
            let item = self.node.blocking(move |replica| replica.asked_for(number));
            // There was room a moment ago, and nothing else fills it.
            let _ = self.session.queue_wanted(item.await?.ok_or(GONE)?);
        }
        Ok(())
    }

    /// Revoked or suspended since it entered, or known to be now, it gets nothing: it may come
    /// again, and hand in what it has.
    pub(super) async fn check_entry(&self) -> Result<(), SyncError> {
        let (end, other) = (self.end, self.other);
        self.node
            .blocking(move |replica| Ok(may_go(replica, end, other)))
            .await?
    }

    /// Whether something is here that is not queued yet.
    pub(super) fn has_arrivals(&self) -> bool {
        let newest = *self.node.replica().arrivals().borrow();
        self.queued.is_some_and(|queued| queued < newest)
    }

    /// Queues what the other side did not take for what it lacked, once it has the rest.
    async fn fill_again(&mut self) -> Result<(), SyncError> {
        if self.again.next().is_none() && self.session.is_settled() && !self.again.is_idle() {
            let (taken, next) = self.again.end_round();
            self.report
                .not_taken
                .retain(|(number, ..)| !taken.contains(&number.get()));
            self.report.sent = self.report.sent.saturating_add(taken.len());
            let order = self
                .node
                .blocking(move |replica| {
                    if !taken.is_empty() {
                        replica.taken_after_all(&taken)?;
                    }
                    replica.in_feed_order(&next)
                })
                .await?;
            self.again.begin_round(order);
        }
        while let Some(number) = self.again.next().filter(|_| self.session.wants_again()) {
            let items = self
                .node
                .blocking(move |replica| replica.with_sections(number))
                .await?;
            // There was room a moment ago, and nothing else fills it.
            let _ = self.session.queue_again(items);
            self.again.queued();
        }
        Ok(())
    }
}
