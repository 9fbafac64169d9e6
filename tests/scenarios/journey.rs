//! The first scenario, the same that `cargo xtask demo --check` runs.

use anyhow::Result;
use chopmark_tests::{Places, run_first_scenario};

#[tokio::test(flavor = "multi_thread")]
async fn a_case_travels_and_a_stranger_checks_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    run_first_scenario(&Places::find()?, folder.path()).await
}
