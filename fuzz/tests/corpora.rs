//! Every input that is kept goes through its target's law: seeds, what fuzzing found worth
//! keeping, and what once broke a law.

use std::collections::BTreeSet;
use std::fs;

use chopmark_fuzz::{Fate, TARGETS, seeds};

/// A seed that is refused reaches nothing, and the target would be fuzzed from noise.
#[test]
fn every_target_has_a_seed_that_it_takes() {
    let seeds = seeds().unwrap();
    for target in TARGETS {
        let mut own = seeds.iter().filter(|seed| seed.target == target.name);
        assert!(
            own.any(|seed| (target.law)(&seed.bytes) == Fate::Taken),
            "{}",
            target.name
        );
    }
    let names: BTreeSet<_> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert!(seeds.iter().all(|seed| names.contains(seed.target)));
}

/// Each is of another mapping, and together they reach every sort of column.
#[test]
fn every_table_among_the_seeds_is_taken() {
    let table = chopmark_fuzz::target("table").unwrap();
    let seeds = seeds().unwrap();
    for seed in seeds.iter().filter(|seed| seed.target == table.name) {
        let text = String::from_utf8_lossy(&seed.bytes);
        assert_eq!((table.law)(&seed.bytes), Fate::Taken, "{text}");
    }
}

#[test]
fn every_kept_input_obeys_its_law() {
    let seeds = seeds().unwrap();
    for folder in fs::read_dir("corpus").unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        let target = chopmark_fuzz::target(&name);
        let target = target.unwrap_or_else(|| panic!("corpus/{name} is no target's"));
        for file in fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            println!("{}", path.display());
            (target.law)(&fs::read(&path).unwrap());
        }
    }
    // Each target also gets what was made for the others.
    for target in TARGETS {
        for seed in &seeds {
            (target.law)(&seed.bytes);
        }
    }
}
