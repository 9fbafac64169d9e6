//! The vector files of bundles that answer no question, or another one.

use super::*;
use crate::limits;
use crate::vectors::{Given, Input, compare, variants};

#[test]
fn every_refused_bundle_has_its_vector_file() {
    let mut net = Net::alone("Histories");
    let registered = net.admin(FACTORY, &[register(PREFIX, net.id(FACTORY))]);
    net.applied(&registered);
    net.item("A");
    let as_of = net.checkpoints.last().unwrap().signed_header();
    let bundle = Bundle::assemble(
        &net.ledger,
        &net.genesis,
        as_of,
        &net,
        &code("A").hash().into(),
    );
    let good = bundle.unwrap().to_bytes().unwrap();
    let refused = |bytes: &[u8], code: &Code, network: NetworkId| {
        let read = Bundle::from_bytes(bytes);
        let error = read.and_then(|bundle| bundle.verify(code, network).map(|_| ()));
        Input::bytes("bundle", bytes, error.unwrap_err())
            .given("code", Given::Text(code.element_string().to_owned()))
            .given("network", Given::hex(network.as_bytes()))
    };
    let (own, network) = (code("A"), net.genesis.id());
    assert!(
        Bundle::from_bytes(&good)
            .unwrap()
            .verify(&own, network)
            .is_ok()
    );
    let inputs = [
        refused(&good[..good.len() - 1], &own, network),
        // An array of ten, of which the first says a version that nobody knows.
        refused(&[0x8a, 2], &own, network).case("version"),
        refused(&vec![0; limits::BUNDLE_BYTES + 1], &own, network),
        refused(&good, &own, NetworkId::from_bytes([1; 32])),
        refused(&good, &code("B"), network),
    ];
    let all = variants!(BundleError {
        Malformed,
        TooLarge,
        WrongNetwork,
        OtherCode
    });
    compare("bundle", &all, inputs);
}
