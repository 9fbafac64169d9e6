//! Where something was, and how far two places are apart: whole numbers only, so that every
//! machine comes to the same.

mod geo;

use crate::cbor::{CborError, Reader, Wire, Writer};

/// Radius of the earth (IUGG mean), in metres.
const EARTH_M: i128 = 6_371_009;
/// Fixed-point numbers have so many bits after the point: errors stay far below a metre.
const POINT: u32 = 40;
const ONE: i128 = 1 << POINT;
/// π in that form.
const PI: i128 = 3_454_217_652_358;
/// Ten-millionths of a degree in half a circle.
const HALF_CIRCLE: i128 = 1_800_000_000;

/// A position with its accuracy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coordinates {
    latitude_e7: i32,
    longitude_e7: i32,
    accuracy_m: u32,
}

impl Coordinates {
    /// A position in ten-millionths of a degree, north and east positive; `None` beyond the poles
    /// or the date line.
    #[must_use]
    pub const fn new(latitude_e7: i32, longitude_e7: i32, accuracy_m: u32) -> Option<Self> {
        let on_earth = latitude_e7.unsigned_abs() <= 900_000_000
            && longitude_e7.unsigned_abs() <= 1_800_000_000;
        if on_earth {
            Some(Self {
                latitude_e7,
                longitude_e7,
                accuracy_m,
            })
        } else {
            None
        }
    }

    /// How far the other place is at least, in metres: straight through the earth, less what
    /// either place may be off.
    #[must_use]
    pub fn metres_to(&self, other: &Self) -> u64 {
        let (here, there) = (self.on_unit_sphere(), other.on_unit_sphere());
        let squares = here.iter().zip(&there).map(|(a, b)| (a - b) * (a - b));
        let chord: i128 = squares.sum::<i128>().isqrt();
        let metres = u64::try_from((chord * EARTH_M) >> POINT).unwrap_or(0);
        let vague = u64::from(self.accuracy_m).saturating_add(u64::from(other.accuracy_m));
        metres.saturating_sub(vague)
    }

    fn on_unit_sphere(&self) -> [i128; 3] {
        let quarter = HALF_CIRCLE / 2;
        let (latitude, longitude) = (i128::from(self.latitude_e7), i128::from(self.longitude_e7));
        let (level, up) = (sine(latitude + quarter), sine(latitude));
        [
            (level * sine(longitude + quarter)) >> POINT,
            (level * sine(longitude)) >> POINT,
            up,
        ]
    }
}

/// The sine of an angle between -180° and 270°.
fn sine(angle_e7: i128) -> i128 {
    let quarter = HALF_CIRCLE / 2;
    let mirrored = match angle_e7 {
        angle if angle > quarter => HALF_CIRCLE - angle,
        angle if angle < -quarter => -HALF_CIRCLE - angle,
        angle => angle,
    };
    let x = mirrored * PI / HALF_CIRCLE;
    let square = (x * x) >> POINT;
    let (mut term, mut sum) = (x, x);
    // Taylor's series; up to 90° the eighth term is below one part in 10^13.
    for n in 1..=9 {
        term = -((term * square) >> POINT) / (2 * n * (2 * n + 1));
        sum += term;
    }
    sum.clamp(-ONE, ONE)
}

impl Wire for Coordinates {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        to.i32(self.latitude_e7);
        to.i32(self.longitude_e7);
        to.u64(self.accuracy_m.into());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Self::new(from.i32()?, from.i32()?, from.u32()?)
            .ok_or(CborError::Value { what: "position" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor::{from_canonical, to_bytes};

    fn at(latitude: f64, longitude: f64) -> Coordinates {
        #[expect(clippy::cast_possible_truncation, reason = "a test's round numbers")]
        let e7 = |degrees: f64| (degrees * 1e7) as i32;
        Coordinates::new(e7(latitude), e7(longitude), 0).unwrap()
    }

    /// Chords computed with floating point from the same radius.
    #[test]
    fn distances_are_those_of_the_chord() {
        let nansha = at(22.65, 113.63);
        let places = [
            (at(22.65, 113.63), 0.0),
            (at(22.28, 114.16), 68_204.0),
            (at(48.86, 2.35), 8_500_000.0),
            (at(-22.65, -66.37), 12_742_018.0),
            (at(90.0, 0.0), 0.0),
        ];
        for (place, _) in &places {
            let degrees = |e7: i32| (f64::from(e7) / 1e7).to_radians();
            let xyz = |p: &Coordinates| {
                let (lat, lon) = (degrees(p.latitude_e7), degrees(p.longitude_e7));
                [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
            };
            let (a, b) = (xyz(&nansha), xyz(place));
            let squares = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b));
            let expected = squares.sum::<f64>().sqrt() * 6_371_009.0;
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let found = nansha.metres_to(place) as f64;
            assert!((found - expected).abs() < 2.0, "{found} {expected}");
        }
        assert_eq!(nansha.metres_to(&places[0].0), 0);
    }

    #[test]
    fn no_place_is_beyond_the_poles() {
        assert_eq!(Coordinates::new(900_000_001, 0, 0), None);
        assert_eq!(Coordinates::new(0, -1_800_000_001, 0), None);
        let place = Coordinates::new(-900_000_000, 1_800_000_000, 30).unwrap();
        assert_eq!(from_canonical(&to_bytes(&place)), Ok(place));
    }
}
