//! The targets under libFuzzer. `CHOPMARK_FUZZ_TARGET` names the one to run: one program for all
//! of them is compiled and linked once.
#![no_main]

use std::sync::OnceLock;

use chopmark_fuzz::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("CHOPMARK_FUZZ_TARGET").unwrap_or_default();
        match chopmark_fuzz::target(&name) {
            Some(target) => {
                TARGET.get_or_init(|| target);
            }
            None => {
                eprintln!("CHOPMARK_FUZZ_TARGET names no target: {name:?}");
                std::process::exit(2);
            }
        }
    },
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.law)(bytes);
        }
    }
);
