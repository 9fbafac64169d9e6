//! The table of named activities: the seven logistics subsystems and what comes before and after
//! them. Words are those of CBV 2.0; no two rows that say something of their own have the same.

use chopmark_core::Role::{
    self, Admin, BankOfficer, Courier, CustomsOfficer, Forwarder, Qc, Regulator, Shop, Warehouse,
};
use chopmark_view::Form;

use super::{Activity, By};

/// Who makes things.
const MAKERS: &[Role] = &[Admin, Qc, Warehouse];
/// Who keeps stock.
const STORES: &[Role] = &[Admin, Warehouse, Shop];
/// Who moves things between places.
const MOVERS: &[Role] = &[Admin, Courier, Forwarder, Warehouse];
/// Who takes things into their hands at a ramp or a gate.
const RAMPS: &[Role] = &[Admin, Courier, Forwarder, Warehouse, Shop];
/// Who looks after tools, vehicles and containers.
const KEEPERS: &[Role] = &[Admin, Qc, Warehouse, Courier, Forwarder, Shop];
/// Who sells and serves.
const SHOPS: &[Role] = &[Admin, Shop];
/// Who looks at papers and data.
const DESKS: &[Role] = &[Admin, Forwarder, Warehouse, Qc];
/// Who supervises.
const AUTHORITIES: &[Role] = &[Admin, CustomsOfficer, Regulator];
/// Who sells and buys in the firm's name.
const TRADERS: &[Role] = &[Admin, Forwarder, BankOfficer, Shop];
/// Who lends the firm's money.
const LENDERS: &[Role] = &[Admin, BankOfficer];
/// Everyone who may judge what they see.
const EYES: &[Role] = &[
    Admin,
    Courier,
    Qc,
    Warehouse,
    Forwarder,
    CustomsOfficer,
    BankOfficer,
    Regulator,
    Shop,
];

/// Areas with their activities, in the order in which a thing meets them.
pub(super) const AREAS: &[(&str, &[Activity])] = &[
    ("raw-material", RAW_MATERIAL),
    ("production", PRODUCTION),
    ("warehousing", WAREHOUSING),
    ("transportation", TRANSPORTATION),
    ("distribution", DISTRIBUTION),
    ("processing", PROCESSING),
    ("packaging", PACKAGING),
    ("handling", HANDLING),
    ("assets", ASSETS),
    ("information", INFORMATION),
    ("ownership", OWNERSHIP),
    ("customs", CUSTOMS),
    ("sale", SALE),
    ("after-sales", AFTER_SALES),
    ("resale", RESALE),
    ("recycling", RECYCLING),
];

const RAW_MATERIAL: &[Activity] = &[
    done("material-received", "receiving", "available", MAKERS),
    done("material-sampled", "sampling", "in_progress", MAKERS),
    done("material-reserved", "reserving", "in_progress", MAKERS),
    done(
        "material-drawn",
        "dispensing",
        "partially_dispensed",
        MAKERS,
    ),
];

const PRODUCTION: &[Activity] = &[
    with(Form::Make, "made", ("commissioning", "active"), MAKERS),
    done("assembled", "assembling", "in_progress", MAKERS),
    done("taken-apart", "disassembling", "in_progress", MAKERS),
    done("part-fitted", "installing", "in_progress", MAKERS),
    with(
        Form::Inspect,
        "inspected",
        ("inspecting", "conformant"),
        EYES,
    ),
    done("sent-to-rework", "repairing", "non_conformant", MAKERS),
];

const WAREHOUSING: &[Activity] = &[
    done("stored", "storing", "available", STORES),
    done("blocked", "storing", "unavailable", STORES),
    done("picked", "picking", "in_progress", STORES),
    counted("counted", "stock_taking", "available"),
    counted("spot-counted", "cycle_counting", "available"),
    counted("count-differs", "stock_taking", "mismatch_quantity"),
    done("staged", "staging_outbound", "in_progress", STORES),
];

const TRANSPORTATION: &[Activity] = &[
    with(
        Form::Offer,
        "handed-over",
        ("shipping", "in_progress"),
        RAMPS,
    ),
    with(
        Form::Accept,
        "taken-over",
        ("accepting", "in_progress"),
        RAMPS,
    ),
    with(
        Form::Decline,
        "declined",
        ("void_shipping", "returned"),
        RAMPS,
    ),
    done("departed", "departing", "in_transit", MOVERS),
    done("on-the-way", "transporting", "in_transit", MOVERS),
    done("passed-gate", "entering_exiting", "in_progress", MOVERS),
    done("arrived", "arriving", "in_progress", MOVERS),
];

const DISTRIBUTION: &[Activity] = &[
    done("consigned", "consigning", "in_transit", MOVERS),
    done("shipped", "shipping", "in_transit", RAMPS),
    done("received", "receiving", "in_progress", RAMPS),
    done("shipment-cancelled", "void_shipping", "in_progress", RAMPS),
    done("delivery-attempted", "arriving", "in_transit", MOVERS),
    done("delivery-refused", "arriving", "returned", MOVERS),
    done("left-at-point", "arriving", "available", MOVERS),
    with(
        Form::PickUp,
        "picked-up",
        ("accepting", "in_progress"),
        RAMPS,
    ),
];

const PROCESSING: &[Activity] = &[
    done("labelled", "encoding", "encoded", STORES),
    done("kitted", "assembling", "available", STORES),
    done("divided", "disassembling", "available", STORES),
    done("adapted", "installing", "active", STORES),
    done("part-replaced", "replacing", "in_progress", STORES),
];

const PACKAGING: &[Activity] = &[
    with(Form::Pack, "packed", ("packing", "in_progress"), RAMPS),
    with(
        Form::Unpack,
        "unpacked",
        ("unpacking", "in_progress"),
        RAMPS,
    ),
    done("repackaged", "repackaging", "in_progress", STORES),
    with(Form::Seal, "closed", ("packing", "container_closed"), RAMPS),
    done("opened", "unpacking", "container_open", RAMPS),
];

const HANDLING: &[Activity] = &[
    done("loaded", "loading", "in_progress", RAMPS),
    done("unloaded", "unloading", "in_progress", RAMPS),
    done("moved", "transporting", "in_progress", RAMPS),
    done("damage-found", "unloading", "damaged", RAMPS),
];

const ASSETS: &[Activity] = &[
    done("maintained", "repairing", "conformant", KEEPERS),
    done("calibrated", "inspecting", "conformant", KEEPERS),
    done("out-of-order", "inspecting", "unavailable", KEEPERS),
    with(
        Form::Seal,
        "seal-applied",
        ("installing", "container_closed"),
        RAMPS,
    ),
    // Also by who opens a container to look into it, or finds it open.
    Activity {
        by: By::Anyone,
        ..with(
            Form::Seal,
            "seal-broken",
            ("removing", "container_open"),
            EYES,
        )
    },
];

const INFORMATION: &[Activity] = &[
    seen(
        "papers-complete",
        "inspecting",
        "completeness_verified",
        DESKS,
    ),
    seen("papers-differ", "inspecting", "mismatch_quantity", DESKS),
    // Also by who sees what it says without having the thing.
    Activity {
        by: By::Anyone,
        ..with(
            Form::Read,
            "sensor-read",
            ("sensor_reporting", "in_progress"),
            EYES,
        )
    },
    seen("data-taken-over", "other", "completeness_inferred", DESKS),
    with(Form::Associate, "bound", ("installing", "active"), RAMPS),
    with(Form::Dissociate, "unbound", ("removing", "inactive"), RAMPS),
];

const OWNERSHIP: &[Activity] = &[
    with(
        Form::OfferTitle,
        "title-offered",
        ("other", "reserved"),
        TRADERS,
    ),
    with(Form::TakeTitle, "title-taken", ("other", "active"), TRADERS),
    with(
        Form::DeclineTitle,
        "title-declined",
        ("other", "available"),
        TRADERS,
    ),
    with(Form::Pledge, "pledged", ("reserving", "reserved"), &[Admin]),
    with(Form::Release, "released", ("other", "available"), LENDERS),
];

const CUSTOMS: &[Activity] = &[
    done("declared", "other", "in_progress", DESKS),
    done("presented", "inspecting", "in_progress", MOVERS),
    seen(
        "border-crossed",
        "entering_exiting",
        "in_transit",
        AUTHORITIES,
    ),
    hold("held-inspection", "inspection"),
    hold("held-papers", "papers"),
    hold("held-duty", "duty"),
    hold("held-safety", "safety"),
    hold("held-suspicion", "suspicion"),
    with(
        Form::Clear,
        "cleared",
        ("holding", "available"),
        AUTHORITIES,
    ),
];

const SALE: &[Activity] = &[
    done("stocked", "stocking", "sellable_accessible", SHOPS),
    done("reserved", "reserving", "reserved", SHOPS),
    done("sold", "retail_selling", "retail_sold", SHOPS),
    done("withdrawn", "removing", "non_sellable_other", SHOPS),
];

const AFTER_SALES: &[Activity] = &[
    done("returned", "receiving", "returned", RAMPS),
    done("serviced", "repairing", "active", SHOPS),
    done(
        "marked-for-replacement",
        "replacing",
        "needs_replacement",
        SHOPS,
    ),
    seen("recalled", "holding", "recalled", MAKERS),
    seen("recall-ended", "holding", "available", MAKERS),
];

const RESALE: &[Activity] = &[
    done("bought-back", "accepting", "returned", SHOPS),
    done("refurbished", "repairing", "available", STORES),
    done("offered-again", "stocking", "available", SHOPS),
    done("resold", "retail_selling", "active", SHOPS),
];

const RECYCLING: &[Activity] = &[
    done("collected", "collecting", "in_progress", RAMPS),
    done("dismantled", "disassembling", "disposed", STORES),
    with(
        Form::End,
        "recycled",
        ("decommissioning", "disposed"),
        STORES,
    ),
    with(
        Form::End,
        "used-up",
        ("decommissioning", "inactive"),
        STORES,
    ),
    with(
        Form::End,
        "past-its-date",
        ("decommissioning", "expired"),
        STORES,
    ),
    with(Form::End, "destroyed", ("destroying", "destroyed"), STORES),
];

/// What the holder did.
const fn done(
    name: &'static str,
    step: &'static str,
    disposition: &'static str,
    roles: &'static [Role],
) -> Activity {
    with(Form::Note, name, (step, disposition), roles)
}

/// How much of it the holder has.
const fn counted(name: &'static str, step: &'static str, disposition: &'static str) -> Activity {
    with(Form::Count, name, (step, disposition), STORES)
}

/// What anyone can note who sees the thing or its papers.
const fn seen(
    name: &'static str,
    step: &'static str,
    disposition: &'static str,
    roles: &'static [Role],
) -> Activity {
    Activity {
        by: By::Anyone,
        ..with(Form::Note, name, (step, disposition), roles)
    }
}

/// Why an authority keeps a thing from moving: a bare word that stands in the record.
const fn hold(name: &'static str, reason: &'static str) -> Activity {
    Activity {
        reason: Some(reason),
        ..with(Form::Hold, name, ("holding", "unavailable"), AUTHORITIES)
    }
}

const fn with(
    form: Form,
    name: &'static str,
    (step, disposition): (&'static str, &'static str),
    roles: &'static [Role],
) -> Activity {
    let by = match form {
        Form::Inspect | Form::Hold | Form::Clear | Form::Release => By::Anyone,
        Form::OfferTitle | Form::Pledge => By::Owner,
        Form::TakeTitle | Form::DeclineTitle => By::Buyer,
        Form::Accept | Form::Decline => By::Addressee,
        _ => By::Holder,
    };
    Activity {
        name,
        form,
        by,
        step,
        disposition,
        reason: None,
        roles,
    }
}
