use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How long a screen's question for news stays open: below what proxies and webviews cut.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

/// Counts the changes that screens should know of.
#[derive(Clone, Debug)]
pub(crate) struct Stir(Arc<watch::Sender<u64>>);

impl Default for Stir {
    fn default() -> Self {
        // 0 is what a screen asks with that has shown nothing yet.
        Self(Arc::new(watch::Sender::new(1)))
    }
}

impl Stir {
    /// Something changed.
    pub(crate) fn bump(&self) {
        self.0
            .send_modify(|version| *version = version.wrapping_add(1));
    }

    /// The version now.
    pub(crate) fn version(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until the version is another one than `since`, or for long enough.
    pub(crate) async fn wait(&self, since: u64) -> u64 {
        let mut changes = self.0.subscribe();
        let changed = changes.wait_for(|version| *version != since);
        match tokio::time::timeout(LONGEST_WAIT, changed).await {
            Ok(Ok(version)) => *version,
            _ => self.version(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tells_what_changed_before_and_after_the_question() {
        let stir = Stir::default();
        assert_eq!(stir.wait(0).await, 1);
        let asked = tokio::spawn({
            let stir = stir.clone();
            async move { stir.wait(1).await }
        });
        stir.bump();
        assert_eq!(asked.await.unwrap(), 2);
    }
}
