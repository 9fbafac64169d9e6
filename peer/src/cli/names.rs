//! Roles, classes and key encapsulations by the names that people type.

use chopmark_core::{Class, Kem, Role};
use clap::ValueEnum;

/// The roles by the names that people type.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum RoleName {
    Admin,
    Peer,
    Courier,
    Qc,
    Warehouse,
    Forwarder,
    CustomsOfficer,
    BankOfficer,
    Regulator,
    Shop,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Peer => Self::Peer,
            RoleName::Courier => Self::Courier,
            RoleName::Qc => Self::Qc,
            RoleName::Warehouse => Self::Warehouse,
            RoleName::Forwarder => Self::Forwarder,
            RoleName::CustomsOfficer => Self::CustomsOfficer,
            RoleName::BankOfficer => Self::BankOfficer,
            RoleName::Regulator => Self::Regulator,
            RoleName::Shop => Self::Shop,
        }
    }
}

/// The classes of members by the names that people type.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum ClassName {
    Manufacturer,
    Carrier,
    DeliveryPoint,
    Warehouse,
    Port,
    Forwarder,
    Customs,
    Quarantine,
    Tax,
    Bank,
    Insurer,
    Regulator,
    Retailer,
    Recycler,
    Auditor,
}

impl From<ClassName> for Class {
    fn from(name: ClassName) -> Self {
        match name {
            ClassName::Manufacturer => Self::Manufacturer,
            ClassName::Carrier => Self::Carrier,
            ClassName::DeliveryPoint => Self::DeliveryPoint,
            ClassName::Warehouse => Self::Warehouse,
            ClassName::Port => Self::Port,
            ClassName::Forwarder => Self::Forwarder,
            ClassName::Customs => Self::Customs,
            ClassName::Quarantine => Self::Quarantine,
            ClassName::Tax => Self::Tax,
            ClassName::Bank => Self::Bank,
            ClassName::Insurer => Self::Insurer,
            ClassName::Regulator => Self::Regulator,
            ClassName::Retailer => Self::Retailer,
            ClassName::Recycler => Self::Recycler,
            ClassName::Auditor => Self::Auditor,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum KemName {
    X25519,
    XWing,
}

impl From<KemName> for Kem {
    fn from(name: KemName) -> Self {
        match name {
            KemName::X25519 => Self::X25519,
            KemName::XWing => Self::XWing,
        }
    }
}
