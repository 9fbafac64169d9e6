//! Two hundred seeds, in parts that run side by side. One that fails is told by
//! `cargo xtask sim --seed N`.

fn all_hold(seeds: std::ops::Range<u64>) {
    let failed = seeds.filter_map(|seed| chopmark_sim::run(seed).err());
    let failed: Vec<String> = failed.map(|failure| failure.to_string()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

macro_rules! parts {
    ($($name:ident: $seeds:expr;)+) => {
        $(
            #[test]
            fn $name() {
                all_hold($seeds);
            }
        )+
    };
}

parts! {
    seeds_0_to_24: 0..25;
    seeds_25_to_49: 25..50;
    seeds_50_to_74: 50..75;
    seeds_75_to_99: 75..100;
    seeds_100_to_124: 100..125;
    seeds_125_to_149: 125..150;
    seeds_150_to_174: 150..175;
    seeds_175_to_199: 175..200;
}
