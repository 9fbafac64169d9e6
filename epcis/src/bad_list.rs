//! What is bad in a file.

/// Bad ones that are named. No file for people has as many; of a hundred megabytes of nothing else
/// the reasons alone would take more memory than the file, many times over.
const NAMED: usize = 100_000;

/// The bad ones of a file, of very many the first hundred thousand; the others are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadList<T> {
    named: Vec<T>,
    more: usize,
}

impl<T> Default for BadList<T> {
    fn default() -> Self {
        Self {
            named: Vec::new(),
            more: 0,
        }
    }
}

impl<T> BadList<T> {
    /// Keeps one, or counts it.
    pub fn add(&mut self, bad: T) {
        if self.named.len() < NAMED {
            self.named.push(bad);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// The first of them, in the order in which they were found.
    #[must_use]
    pub fn named(&self) -> &[T] {
        &self.named
    }

    /// How many more there are.
    #[must_use]
    pub const fn more(&self) -> usize {
        self.more
    }

    /// How many there are in all.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.named.len().saturating_add(self.more)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// The same, each said otherwise.
    #[must_use]
    pub fn map<U>(&self, say: impl FnMut(&T) -> U) -> BadList<U> {
        BadList {
            named: self.named.iter().map(say).collect(),
            more: self.more,
        }
    }
}
