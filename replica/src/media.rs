//! Photos before they are sealed: how large they are once decoded, and nothing in them that the
//! person did not mean to give away.

use std::io::Cursor;

use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF as _};

/// Most bytes of a photo that is checked in memory; larger files are sealed as they are, as files.
pub const PHOTO_BYTES: usize = 64 * 1024 * 1024;
/// Most pixels of a photo: 100 megapixels decode to 400 MB, more than a phone's browser survives.
pub const PHOTO_PIXELS: u64 = 100_000_000;

/// Why a photo is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// Its first bytes are those of no picture that is known here.
    #[error("this file is not a JPEG, PNG or WebP picture: choose another, or add it as a file")]
    NotAnImage,
    /// It is one, and its structure is broken.
    #[error("this picture is damaged: take it again or choose another")]
    DamagedImage,
    /// It decodes to more pixels than devices can show.
    #[error(
        "this picture has {width} × {height} pixels; at most 100 million are taken: make it smaller"
    )]
    ImageTooLarge {
        /// Pixels across.
        width: u64,
        /// Pixels down.
        height: u64,
    },
    /// More bytes than a photo may have.
    #[error(
        "this picture has {bytes} bytes; at most 64 MiB are taken as a photo: make it smaller, or add it as a file"
    )]
    TooManyBytes {
        /// How many it has.
        bytes: u64,
    },
}

/// A photo without position, device, name or time inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The cleaned file.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// Pixels across.
    pub width: u64,
    /// Pixels down.
    pub height: u64,
}

/// Checks a photo's size from its header, before anything decodes it, and removes its metadata.
/// Pixels stay as they are, and so does the orientation a viewer needs.
///
/// # Errors
/// [`MediaError`], each with what to do.
pub fn clean_photo(bytes: Vec<u8>) -> Result<Photo, MediaError> {
    if bytes.len() > PHOTO_BYTES {
        return Err(MediaError::TooManyBytes {
            bytes: bytes.len() as u64,
        });
    }
    let kind = imagesize::image_type(&bytes).map_err(|_| MediaError::NotAnImage)?;
    let size = kind
        .reader_size(&mut Cursor::new(&bytes))
        .map_err(|_| MediaError::DamagedImage)?;
    let (width, height) = (size.width as u64, size.height as u64);
    if width.saturating_mul(height) > PHOTO_PIXELS {
        return Err(MediaError::ImageTooLarge { width, height });
    }
    let bytes = Bytes::from(bytes);
    let (bytes, media_type) = match kind {
        imagesize::ImageType::Jpeg => (clean_jpeg(bytes)?, "image/jpeg"),
        imagesize::ImageType::Png => (clean_png(bytes)?, "image/png"),
        imagesize::ImageType::Webp => (clean_webp(bytes)?, "image/webp"),
        _ => return Err(MediaError::NotAnImage),
    };
    Ok(Photo {
        bytes,
        media_type,
        width,
        height,
    })
}

fn clean_jpeg(bytes: Bytes) -> Result<Vec<u8>, MediaError> {
    let mut jpeg = Jpeg::from_bytes(bytes).map_err(|_| MediaError::DamagedImage)?;
    let orientation = jpeg.exif().and_then(|exif| orientation(&exif));
    // APP0 says how to show the picture and APP2 holds colour profiles; every other application
    // segment and every comment may hold anything.
    jpeg.segments_mut().retain(|segment| {
        let application = (markers::APP0..=markers::APP15).contains(&segment.marker());
        let kept = matches!(
            segment.marker(),
            markers::APP0 | markers::APP2 | markers::APP14
        );
        segment.marker() != markers::COM && (kept || !application)
    });
    if let Some(orientation) = orientation {
        let mut contents = b"Exif\0\0".to_vec();
        contents.extend_from_slice(&orientation_only(orientation));
        let place = usize::from(
            jpeg.segments()
                .first()
                .is_some_and(|first| first.marker() == markers::APP0),
        );
        jpeg.segments_mut().insert(
            place,
            JpegSegment::new_with_contents(markers::APP1, contents.into()),
        );
    }
    Ok(jpeg.encoder().bytes().to_vec())
}

fn clean_png(bytes: Bytes) -> Result<Vec<u8>, MediaError> {
    let mut png = Png::from_bytes(bytes).map_err(|_| MediaError::DamagedImage)?;
    // The third letter's case and these names: what no decoder needs to show the picture.
    let telling: [[u8; 4]; 5] = [*b"eXIf", *b"tEXt", *b"iTXt", *b"zTXt", *b"tIME"];
    png.chunks_mut()
        .retain(|chunk| !telling.contains(&chunk.kind()));
    Ok(png.encoder().bytes().to_vec())
}

fn clean_webp(bytes: Bytes) -> Result<Vec<u8>, MediaError> {
    let mut webp = WebP::from_bytes(bytes).map_err(|_| MediaError::DamagedImage)?;
    webp.remove_chunks_by_id(*b"XMP ");
    webp.set_exif(None);
    Ok(webp.encoder().bytes().to_vec())
}

/// The orientation (1 to 8) in a TIFF header's first directory (EXIF 2.32, tag 0x0112).
fn orientation(exif: &[u8]) -> Option<u8> {
    let little = match exif.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let first: [u8; 4] = exif.get(4..8)?.try_into().ok()?;
    let first = if little {
        u32::from_le_bytes(first)
    } else {
        u32::from_be_bytes(first)
    };
    let directory = usize::try_from(first).ok()?;
    let entries = usize::from(u16_at(directory)?);
    (0..entries).find_map(|entry| {
        let at = directory
            .checked_add(2)?
            .checked_add(entry.checked_mul(12)?)?;
        let value = u16_at(at.checked_add(8)?)?;
        (u16_at(at)? == 0x0112 && (1..=8).contains(&value)).then(|| value.to_le_bytes()[0])
    })
}

/// The smallest TIFF that says only the orientation.
fn orientation_only(orientation: u8) -> [u8; 26] {
    [
        b'I',
        b'I',
        42,
        0,
        8,
        0,
        0,
        0, // header, first directory at 8
        1,
        0, // one entry
        0x12,
        0x01,
        3,
        0,
        1,
        0,
        0,
        0,
        orientation,
        0,
        0,
        0, // orientation, one short
        0,
        0,
        0,
        0, // no further directory
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG's skeleton: real markers around `extra` segments, 16 × 8 pixels.
    fn jpeg(extra: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        let mut segment = |marker: u8, contents: &[u8]| {
            bytes.extend_from_slice(&[0xff, marker]);
            bytes.extend_from_slice(&u16::try_from(contents.len() + 2).unwrap().to_be_bytes());
            bytes.extend_from_slice(contents);
        };
        segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        for (marker, contents) in extra {
            segment(*marker, contents);
        }
        segment(0xc0, &[8, 0, 8, 0, 16, 1, 1, 0x11, 0]);
        segment(0xda, &[1, 1, 0, 0, 63, 0]);
        bytes.extend_from_slice(&[0x12, 0x34, 0xff, 0xd9]);
        bytes
    }

    fn png(width: u32, height: u32, extra: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut header = width.to_be_bytes().to_vec();
        header.extend_from_slice(&height.to_be_bytes());
        header.extend_from_slice(&[8, 2, 0, 0, 0]);
        let mut chunks = vec![img_parts::png::PngChunk::new(*b"IHDR", header.into())];
        for (kind, contents) in extra {
            chunks.push(img_parts::png::PngChunk::new(
                **kind,
                contents.to_vec().into(),
            ));
        }
        chunks.push(img_parts::png::PngChunk::new(*b"IDAT", vec![0; 16].into()));
        chunks.push(img_parts::png::PngChunk::new(*b"IEND", Bytes::new()));
        let mut bytes = vec![0x89, b'P', b'N', b'G', 13, 10, 26, 10];
        for chunk in chunks {
            bytes.extend_from_slice(&chunk.encoder().bytes());
        }
        bytes
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn strips_position_from_photos() {
        let mut exif = b"Exif\0\0".to_vec();
        exif.extend_from_slice(&orientation_only(6));
        exif.extend_from_slice(b"GPS 22.5431 N");
        let photo = clean_photo(jpeg(&[
            (0xe1, &exif),
            (0xe1, b"http://ns.adobe.com/xap/1.0/\0me"),
            (0xfe, b"my home"),
        ]))
        .unwrap();
        assert_eq!(
            (photo.media_type, photo.width, photo.height),
            ("image/jpeg", 16, 8)
        );
        for telling in [b"GPS 22.5431".as_slice(), b"adobe", b"my home"] {
            assert!(!holds(&photo.bytes, telling));
        }
        let again = Jpeg::from_bytes(photo.bytes.into()).unwrap();
        assert_eq!(orientation(&again.exif().unwrap()), Some(6));
    }

    #[test]
    fn png_loses_its_texts() {
        let photo = clean_photo(png(3, 2, &[(b"tEXt", b"Author\0me"), (b"eXIf", b"II")])).unwrap();
        assert_eq!(photo.media_type, "image/png");
        assert!(!holds(&photo.bytes, b"Author") && !holds(&photo.bytes, b"eXIf"));
        assert!(holds(&photo.bytes, b"IDAT"));
    }

    #[test]
    fn refuses_300_megapixels() {
        let refused = clean_photo(png(20_000, 15_000, &[])).unwrap_err();
        assert_eq!(
            refused,
            MediaError::ImageTooLarge {
                width: 20_000,
                height: 15_000
            }
        );
    }

    #[test]
    fn refuses_what_is_no_picture() {
        assert_eq!(
            clean_photo(b"%PDF-1.7 ...........".to_vec()),
            Err(MediaError::NotAnImage)
        );
        assert_eq!(clean_photo(Vec::new()), Err(MediaError::NotAnImage));
        let mut cut = jpeg(&[]);
        cut.truncate(12);
        assert_eq!(clean_photo(cut), Err(MediaError::DamagedImage));
    }
}
