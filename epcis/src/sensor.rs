//! What sensors say in an event.

use crate::{Component, Decimal, Extensions, HexBinary, Measurement, SensorAlert, Time, Uri, Word};

shape! {
    /// Readings that belong together, with what holds for all of them.
    pub struct SensorElement {
        /// What holds for all readings.
        may metadata: SensorMetadata = "sensorMetadata",
        /// The readings.
        need reports: Vec<SensorReport> = "sensorReport",
        /// Fields of others.
        rest extensions: Extensions = "",
    }
}

shape! {
    /// When and with what the readings were made.
    pub struct SensorMetadata {
        /// When, if at one moment.
        may time: Time = "time",
        /// The beginning, if over a while.
        may start_time: Time = "startTime",
        /// The end, if over a while.
        may end_time: Time = "endTime",
        /// The sensor.
        may device_id: Uri = "deviceID",
        /// About the sensor: its type, its calibration.
        may device_metadata: Uri = "deviceMetadata",
        /// Where the raw data is.
        may raw_data: Uri = "rawData",
        /// How the raw data became these values.
        may data_processing_method: Uri = "dataProcessingMethod",
        /// The rules by which these values were chosen or judged.
        may biz_rules: Uri = "bizRules",
        /// Fields of others.
        rest extensions: Extensions = "",
    }
}

shape! {
    /// One reading.
    pub struct SensorReport {
        /// What was measured.
        may kind: Word<Measurement> = "type",
        /// That the sensor raised an alarm or failed.
        may exception: Word<SensorAlert> = "exception",
        /// The sensor.
        may device_id: Uri = "deviceID",
        /// About the sensor.
        may device_metadata: Uri = "deviceMetadata",
        /// Where the raw data is.
        may raw_data: Uri = "rawData",
        /// How the raw data became this value.
        may data_processing_method: Uri = "dataProcessingMethod",
        /// When.
        may time: Time = "time",
        /// Which microorganism was looked for.
        may microorganism: Uri = "microorganism",
        /// Which substance was looked for.
        may chemical_substance: Uri = "chemicalSubstance",
        /// The frame in which a position is given.
        may coordinate_reference_system: Uri = "coordinateReferenceSystem",
        /// The measured number.
        may value: Decimal = "value",
        /// Which part of a value with several parts.
        may component: Word<Component> = "component",
        /// A value in words.
        may string_value: String = "stringValue",
        /// A value that is yes or no.
        may boolean_value: bool = "booleanValue",
        /// A value as bytes.
        may hex_binary_value: HexBinary = "hexBinaryValue",
        /// A value as URI.
        may uri_value: Uri = "uriValue",
        /// The lowest value of the time span.
        may min_value: Decimal = "minValue",
        /// The highest value of the time span.
        may max_value: Decimal = "maxValue",
        /// The mean of the time span.
        may mean_value: Decimal = "meanValue",
        /// The standard deviation of the time span.
        may standard_deviation: Decimal = "sDev",
        /// Which percentile `percentile_value` is.
        may percentile_rank: Decimal = "percRank",
        /// The value of the percentile.
        may percentile_value: Decimal = "percValue",
        /// The unit of every number here.
        may uom: String = "uom",
        /// Fields of others.
        rest extensions: Extensions = "",
    }
}
