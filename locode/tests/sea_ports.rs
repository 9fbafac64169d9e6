//! The list that is fetched by `cargo xtask setup`: npm's `sea-ports`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use chopmark_locode::{Directory, Function, LocodeError};

fn ports() -> Directory {
    let list = tools().join("node_modules/sea-ports/lib/ports.json");
    Directory::of_ports(&std::fs::read_to_string(list).unwrap()).unwrap()
}

/// Where `cargo xtask setup` puts tools; beside the target folder if it does not say.
fn tools() -> PathBuf {
    std::env::var_os("CHOPMARK_TOOLS").map_or_else(
        || {
            // Test programs lie in `target/<profile>/deps`.
            let program = std::env::current_exe().unwrap();
            program.ancestors().nth(4).unwrap().join("tools")
        },
        PathBuf::from,
    )
}

#[test]
fn the_ports_of_the_first_lanes_are_there_and_lie_where_they_should() {
    let ports = ports();
    assert!(ports.iter().count() > 1_600);
    for (code, country, latitude, longitude) in [
        ("CNNSA", "China", 22, 113),
        ("CNSHK", "China", 22, 113),
        ("HKHKG", "Hong Kong", 22, 114),
        ("MOMFM", "Macao", 22, 113),
        ("NLRTM", "Netherlands", 51, 4),
    ] {
        let place = ports.find(code).unwrap();
        assert_eq!(place.country(), country);
        assert_eq!(place.functions(), [Function::Port]);
        let position = place.position().unwrap();
        let degrees = (
            position.latitude_e7 / 10_000_000,
            position.longitude_e7 / 10_000_000,
        );
        assert_eq!(degrees, (latitude, longitude), "{code}");
    }
    assert!(matches!(
        ports.find("CNQQ9"),
        Err(LocodeError::Unknown { .. })
    ));
}
