use std::{future::Future, time::Instant};

use anyhow::{Context, Result};

/// Prints each step of a scenario with its result.
#[derive(Debug)]
pub struct Steps {
    done: u32,
    started: Instant,
}

impl Steps {
    /// Starts counting.
    #[must_use]
    pub fn new() -> Self {
        Self {
            done: 0,
            started: Instant::now(),
        }
    }

    /// Runs one step and prints it with its outcome.
    pub async fn step<T>(&mut self, what: &str, run: impl Future<Output = Result<T>>) -> Result<T> {
        self.done += 1;
        let number = self.done;
        match run.await {
            Ok(value) => {
                println!(
                    "{number:>3}. ok      {what} ({:.1} s)",
                    self.started.elapsed().as_secs_f32()
                );
                Ok(value)
            }
            Err(error) => {
                println!("{number:>3}. FAILED  {what}");
                Err(error).with_context(|| format!("step {number}: {what}"))
            }
        }
    }

    /// Says how many steps went well.
    pub fn finish(&self) {
        println!(
            "\n{} steps, all ok, {:.1} s",
            self.done,
            self.started.elapsed().as_secs_f32()
        );
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self::new()
    }
}
