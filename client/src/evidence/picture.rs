use chopmark_view::{Failure, Param};
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF};

use crate::failure;

/// More than any phone's camera takes, less than what exhausts a viewer's memory.
const MOST_PIXELS: u64 = 120_000_000;
/// Pictures are held in memory to be cleaned; phones write 3 to 15 MB.
pub(super) const MOST_PICTURE_BYTES: u64 = 24 * 1024 * 1024;

/// A kind of picture that can be cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
}

impl Format {
    /// The format of a media type, if it is a picture.
    pub(super) fn of(media_type: &str) -> Option<Self> {
        match media_type {
            "image/jpeg" => Some(Self::Jpeg),
            "image/png" => Some(Self::Png),
            "image/webp" => Some(Self::Webp),
            _ => None,
        }
    }
}

/// Checks a picture's size from its header alone, before anything decodes it, and takes out
/// what tells about the person who took it: EXIF, XMP, IPTC, comments. Pixels stay as they
/// are; of EXIF only the orientation is kept.
pub(super) fn clean(format: Format, picture: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let damaged = || failure::IMAGE_DAMAGED.failure([]);
    let size = imagesize::blob_size(&picture).map_err(|_| damaged())?;
    let (width, height) = (size.width as u64, size.height as u64);
    if width.saturating_mul(height) > MOST_PIXELS {
        return Err(failure::IMAGE_TOO_LARGE.failure([
            ("width", Param::Number(width)),
            ("height", Param::Number(height)),
            ("most_megapixels", Param::Number(MOST_PIXELS / 1_000_000)),
        ]));
    }
    let bytes = Bytes::from(picture);
    let cleaned = match format {
        Format::Jpeg => clean_jpeg(Jpeg::from_bytes(bytes).map_err(|_| damaged())?),
        Format::Png => clean_png(Png::from_bytes(bytes).map_err(|_| damaged())?),
        Format::Webp => clean_webp(WebP::from_bytes(bytes).map_err(|_| damaged())?),
    };
    Ok(cleaned.to_vec())
}

fn clean_jpeg(mut jpeg: Jpeg) -> Bytes {
    let orientation = jpeg.exif().and_then(|exif| orientation(&exif));
    // APP0 (JFIF), APP2 (colour profile) and APP14 (Adobe colour transform) say how to show
    // the pixels; every other application segment and every comment is about its maker.
    jpeg.segments_mut().retain(|segment| match segment.marker() {
        markers::APP0 | markers::APP14 => true,
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        markers::APP1..=markers::APP15 | markers::COM => false,
        _ => true,
    });
    if let Some(orientation) = orientation.filter(|orientation| *orientation > 1) {
        let mut contents = b"Exif\0\0".to_vec();
        contents.extend(only_orientation(orientation));
        let segment = JpegSegment::new_with_contents(markers::APP1, contents.into());
        let after_app0 = jpeg.segments().iter().take_while(|s| s.marker() == markers::APP0).count();
        jpeg.segments_mut().insert(after_app0, segment);
    }
    jpeg.encoder().bytes()
}

fn clean_png(mut png: Png) -> Bytes {
    for kind in [*b"eXIf", *b"tEXt", *b"zTXt", *b"iTXt", *b"tIME"] {
        png.remove_chunks_by_type(kind);
    }
    png.encoder().bytes()
}

fn clean_webp(mut webp: WebP) -> Bytes {
    webp.set_exif(None);
    webp.remove_chunks_by_id(*b"XMP ");
    webp.encoder().bytes()
}

/// The orientation of a TIFF structure's first directory (EXIF 2.3, tag 0x0112).
fn orientation(exif: &[u8]) -> Option<u16> {
    let big = match exif.get(..4)? {
        [b'M', b'M', 0, 42] => true,
        [b'I', b'I', 42, 0] => false,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let pair = [*exif.get(at)?, *exif.get(at.checked_add(1)?)?];
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let u32_at = |at: usize| -> Option<u32> {
        let (one, two) = (u32::from(u16_at(at)?), u32::from(u16_at(at.checked_add(2)?)?));
        Some(if big { one << 16 | two } else { two << 16 | one })
    };
    let directory = usize::try_from(u32_at(4)?).ok()?;
    let entries = usize::from(u16_at(directory)?);
    (0..entries)
        .map_while(|entry| directory.checked_add(2 + entry * 12))
        .find(|at| u16_at(*at) == Some(0x0112))
        .and_then(|at| u16_at(at.checked_add(8)?))
        .filter(|value| (1..=8).contains(value))
}

/// A TIFF structure that holds nothing but an orientation.
fn only_orientation(orientation: u16) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    tiff.extend(orientation.to_be_bytes());
    tiff.extend([0; 6]);
    tiff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marker segments of a JPEG: a frame header of the given size, and what `extra` adds.
    fn jpeg(width: u16, height: u16, extra: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        let mut segment = |marker: u8, contents: &[u8]| {
            bytes.extend([0xff, marker]);
            bytes.extend(u16::try_from(contents.len() + 2).unwrap().to_be_bytes());
            bytes.extend(contents);
        };
        for (marker, contents) in extra {
            segment(*marker, contents);
        }
        let mut frame = vec![8];
        frame.extend(height.to_be_bytes());
        frame.extend(width.to_be_bytes());
        frame.extend([1, 1, 0x11, 0]);
        segment(0xc0, &frame);
        segment(0xda, &[1, 1, 0, 0, 63, 0]);
        bytes.extend([1, 2, 3, 0xff, 0xd9]);
        bytes
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn takes_out_what_tells_about_the_person_and_keeps_the_orientation() {
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend(only_orientation(6));
        exif.extend(b"GPS 23.1N 113.3E");
        let picture = jpeg(640, 480, &[(0xe1, &exif), (0xed, b"IPTC of someone"), (0xfe, b"a comment")]);
        let cleaned = clean(Format::Jpeg, picture).unwrap();
        for secret in [&b"GPS"[..], b"IPTC", b"a comment"] {
            assert!(!contains(&cleaned, secret));
        }
        let kept = Jpeg::from_bytes(cleaned.into()).unwrap().exif().unwrap();
        assert_eq!(orientation(&kept), Some(6));
    }

    #[test]
    fn refuses_a_picture_of_300_megapixels_from_its_header() {
        let failure = clean(Format::Jpeg, jpeg(20_000, 15_000, &[])).unwrap_err();
        assert_eq!(failure.code, "image-too-large");
    }

    #[test]
    fn refuses_what_is_not_a_picture() {
        for bytes in [&b""[..], b"\xff\xd8", b"hello, I am a text", &[0; 100]] {
            for format in [Format::Jpeg, Format::Png, Format::Webp] {
                assert_eq!(clean(format, bytes.to_vec()).unwrap_err().code, "image-damaged");
            }
        }
    }
}
