/// Something that a sensor measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensed {
    /// The word of GS1 for it (a `Measurement` of EPCIS 2.0).
    pub word: &'static str,
    /// Its message key.
    pub key: &'static str,
    /// Units that it is given in: codes of UN/ECE Recommendation 20 with their message keys, the
    /// most used first.
    pub units: &'static [(&'static str, &'static str)],
}

/// What the app offers to record of a sensor. Where something was is no reading of this list: it
/// stands in the place.
pub const SENSED: &[Sensed] = &[
    Sensed {
        word: "Temperature",
        key: "sensed-temperature",
        units: &[
            ("CEL", "unit-cel"),
            ("FAH", "unit-fah"),
            ("KEL", "unit-kel"),
        ],
    },
    Sensed {
        word: "RelativeHumidity",
        key: "sensed-relative-humidity",
        units: &[("P1", "unit-p1")],
    },
    Sensed {
        word: "Acceleration",
        key: "sensed-acceleration",
        units: &[("K40", "unit-k40"), ("MSK", "unit-msk")],
    },
    Sensed {
        word: "Angle",
        key: "sensed-angle",
        units: &[("DD", "unit-dd")],
    },
    Sensed {
        word: "Pressure",
        key: "sensed-pressure",
        units: &[
            ("A97", "unit-a97"),
            ("KPA", "unit-kpa"),
            ("BAR", "unit-bar"),
        ],
    },
    Sensed {
        word: "Illuminance",
        key: "sensed-illuminance",
        units: &[("LUX", "unit-lux")],
    },
    Sensed {
        word: "Mass",
        key: "sensed-mass",
        units: &[
            ("KGM", "unit-kgm"),
            ("GRM", "unit-grm"),
            ("TNE", "unit-tne"),
        ],
    },
    Sensed {
        word: "Voltage",
        key: "sensed-voltage",
        units: &[("VLT", "unit-vlt")],
    },
];
