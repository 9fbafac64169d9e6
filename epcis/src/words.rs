//! The word lists of CBV 2.0, as the JSON-LD context of EPCIS 2.0 holds them.

use crate::Vocabulary;

/// Declares a list once: the enum, its words, and where they live.
macro_rules! words {
    (
        $(#[$about:meta])*
        $name:ident, $web:literal, $urn:expr;
        $($variant:ident $word:literal)*
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)*
        }

        impl Vocabulary for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];
            const WEB: &'static str = $web;
            const URN: Option<&'static str> = $urn;

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// A business step: what was being done.
    BizStep, "https://ref.gs1.org/cbv/BizStep-", Some("urn:epcglobal:cbv:bizstep:");
    Accepting "accepting"
    Arriving "arriving"
    Assembling "assembling"
    Collecting "collecting"
    Commissioning "commissioning"
    Consigning "consigning"
    CreatingClassInstance "creating_class_instance"
    CycleCounting "cycle_counting"
    Decommissioning "decommissioning"
    Departing "departing"
    Destroying "destroying"
    Disassembling "disassembling"
    Dispensing "dispensing"
    Encoding "encoding"
    EnteringExiting "entering_exiting"
    Holding "holding"
    Inspecting "inspecting"
    Installing "installing"
    Killing "killing"
    Loading "loading"
    Other "other"
    Packing "packing"
    Picking "picking"
    Receiving "receiving"
    Removing "removing"
    Repackaging "repackaging"
    Repairing "repairing"
    Replacing "replacing"
    Reserving "reserving"
    RetailSelling "retail_selling"
    Sampling "sampling"
    SensorReporting "sensor_reporting"
    Shipping "shipping"
    StagingOutbound "staging_outbound"
    StockTaking "stock_taking"
    Stocking "stocking"
    Storing "storing"
    Transporting "transporting"
    Unloading "unloading"
    Unpacking "unpacking"
    VoidShipping "void_shipping"
}

words! {
    /// A disposition: the state of the things afterwards.
    Disposition, "https://ref.gs1.org/cbv/Disp-", Some("urn:epcglobal:cbv:disp:");
    Active "active"
    Available "available"
    CompletenessVerified "completeness_verified"
    CompletenessInferred "completeness_inferred"
    Conformant "conformant"
    ContainerClosed "container_closed"
    ContainerOpen "container_open"
    Damaged "damaged"
    Destroyed "destroyed"
    Dispensed "dispensed"
    Disposed "disposed"
    Encoded "encoded"
    Expired "expired"
    InProgress "in_progress"
    InTransit "in_transit"
    Inactive "inactive"
    MismatchInstance "mismatch_instance"
    MismatchClass "mismatch_class"
    MismatchQuantity "mismatch_quantity"
    NeedsReplacement "needs_replacement"
    NoPedigreeMatch "no_pedigree_match"
    NonConformant "non_conformant"
    NonSellableOther "non_sellable_other"
    PartiallyDispensed "partially_dispensed"
    Recalled "recalled"
    Reserved "reserved"
    RetailSold "retail_sold"
    Returned "returned"
    SellableAccessible "sellable_accessible"
    SellableNotAccessible "sellable_not_accessible"
    Stolen "stolen"
    Unavailable "unavailable"
    Unknown "unknown"
}

words! {
    /// What kind of paper a business transaction is.
    BizTransactionType, "https://ref.gs1.org/cbv/BTT-", Some("urn:epcglobal:cbv:btt:");
    Bol "bol"
    Cert "cert"
    Desadv "desadv"
    Inv "inv"
    Pedigree "pedigree"
    Po "po"
    Poc "poc"
    Prodorder "prodorder"
    Recadv "recadv"
    Rma "rma"
    Testprd "testprd"
    Testres "testres"
    Upevt "upevt"
}

words! {
    /// In which sense a party or place is source or destination.
    SourceDestinationType, "https://ref.gs1.org/cbv/SDT-", Some("urn:epcglobal:cbv:sdt:");
    OwningParty "owning_party"
    PossessingParty "possessing_party"
    Location "location"
}

words! {
    /// Why an earlier event is declared wrong.
    ErrorReason, "https://ref.gs1.org/cbv/ER-", Some("urn:epcglobal:cbv:er:");
    DidNotOccur "did_not_occur"
    IncorrectData "incorrect_data"
}

words! {
    /// Which part of a value with several parts was measured.
    Component, "https://ref.gs1.org/cbv/Comp-", None;
    X "x"
    Y "y"
    Z "z"
    AxialDistance "axial_distance"
    Azimuth "azimuth"
    Height "height"
    SphericalRadius "spherical_radius"
    PolarAngle "polar_angle"
    ElevationAngle "elevation_angle"
    Easting "easting"
    Northing "northing"
    Latitude "latitude"
    Longitude "longitude"
    Altitude "altitude"
}

words! {
    /// That a sensor raised an alarm.
    SensorAlert, "https://gs1.org/voc/", None;
    AlarmCondition "ALARM_CONDITION"
    ErrorCondition "ERROR_CONDITION"
}

words! {
    /// What a sensor measured.
    Measurement, "https://gs1.org/voc/", None;
    AbsoluteHumidity "AbsoluteHumidity"
    AbsorbedDose "AbsorbedDose"
    AbsorbedDoseRate "AbsorbedDoseRate"
    Acceleration "Acceleration"
    Radioactivity "Radioactivity"
    Altitude "Altitude"
    AmountOfSubstance "AmountOfSubstance"
    AmountOfSubstancePerUnitVolume "AmountOfSubstancePerUnitVolume"
    Angle "Angle"
    AngularAcceleration "AngularAcceleration"
    AngularMomentum "AngularMomentum"
    AngularVelocity "AngularVelocity"
    Area "Area"
    Capacitance "Capacitance"
    Conductance "Conductance"
    Conductivity "Conductivity"
    Count "Count"
    Density "Density"
    Dimensionless "Dimensionless"
    DoseEquivalent "DoseEquivalent"
    DoseEquivalentRate "DoseEquivalentRate"
    DynamicViscosity "DynamicViscosity"
    ElectricCharge "ElectricCharge"
    ElectricCurrent "ElectricCurrent"
    ElectricCurrentDensity "ElectricCurrentDensity"
    ElectricFieldStrength "ElectricFieldStrength"
    Energy "Energy"
    Exposure "Exposure"
    Force "Force"
    Frequency "Frequency"
    Illuminance "Illuminance"
    Inductance "Inductance"
    Irradiance "Irradiance"
    KinematicViscosity "KinematicViscosity"
    Length "Length"
    LinearMomentum "LinearMomentum"
    Luminance "Luminance"
    LuminousFlux "LuminousFlux"
    LuminousIntensity "LuminousIntensity"
    MagneticFlux "MagneticFlux"
    MagneticFluxDensity "MagneticFluxDensity"
    MagneticVectorPotential "MagneticVectorPotential"
    Mass "Mass"
    MassConcentration "MassConcentration"
    MassFlowRate "MassFlowRate"
    MassPerAreaTime "MassPerAreaTime"
    MemoryCapacity "MemoryCapacity"
    MolalityOfSolute "MolalityOfSolute"
    MolarEnergy "MolarEnergy"
    MolarMass "MolarMass"
    MolarVolume "MolarVolume"
    Power "Power"
    Pressure "Pressure"
    RadiantFlux "RadiantFlux"
    RadiantIntensity "RadiantIntensity"
    RelativeHumidity "RelativeHumidity"
    Resistance "Resistance"
    Resistivity "Resistivity"
    SolidAngle "SolidAngle"
    SpecificVolume "SpecificVolume"
    Speed "Speed"
    SurfaceDensity "SurfaceDensity"
    SurfaceTension "SurfaceTension"
    Temperature "Temperature"
    Time "Time"
    Torque "Torque"
    Voltage "Voltage"
    Volume "Volume"
    VolumeFlowRate "VolumeFlowRate"
    VolumeFraction "VolumeFraction"
    VolumetricFlux "VolumetricFlux"
    Wavenumber "Wavenumber"
}
