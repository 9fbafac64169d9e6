use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use chopmark_replica::{Sealed, Vault, VaultError, clean_photo, random_bytes};
use chopmark_view::{EvidenceBegin, Failure, Param};

use super::Piece;
use crate::failure;
use crate::texts::{self, Field};
use crate::trouble::{self, Trouble};

/// What screens send a call: large enough to be quick, small enough for a phone's bridge.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;
/// Uploads at a time: one screen needs one.
const MOST_UPLOADS: usize = 4;
/// An upload that nobody fed for so long gives its place to a new one.
const IDLE: Duration = Duration::from_secs(60);
/// Photos are held in memory while they are cleaned; phones write 3 to 15 MB.
const MOST_PHOTO_BYTES: u64 = 24 * 1024 * 1024;

/// What inspections are proven with, and whether it is a photo.
fn is_photo(media_type: &str) -> Option<bool> {
    match media_type {
        "image/jpeg" | "image/png" | "image/webp" => Some(true),
        "video/mp4" | "video/webm" | "video/quicktime" | "audio/mp4" | "audio/webm"
        | "application/pdf" => Some(false),
        _ => None,
    }
}

/// Files on their way into the vault.
#[derive(Default)]
pub(crate) struct Uploads {
    open: BTreeMap<String, Upload>,
}

struct Upload {
    media_type: String,
    length: u64,
    caption: String,
    taken: u64,
    fed: Instant,
    sink: Sink,
}

enum Sink {
    /// Cleaned as a whole before it is sealed.
    Photo(Vec<u8>),
    /// Sealed while it comes.
    Stream {
        to: SyncSender<Part>,
        sealing: JoinHandle<Result<Sealed, VaultError>>,
    },
}

enum Part {
    Bytes(Vec<u8>),
    End,
}

impl Uploads {
    pub(crate) fn begin(
        &mut self,
        vault: &Vault,
        begin: &EvidenceBegin,
    ) -> Result<String, Trouble> {
        // `video/webm;codecs=vp8` and the like: what follows says how, not what.
        let media_type = begin
            .media_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let photo = is_photo(&media_type).ok_or_else(|| {
            failure::EVIDENCE_TYPE.failure([("media_type", Param::Text(begin.media_type.clone()))])
        })?;
        let most = if photo {
            MOST_PHOTO_BYTES
        } else {
            chopmark_core::limits::EVIDENCE_BYTES
        };
        if begin.length == 0 {
            return Err(failure::EVIDENCE_EMPTY.failure([]).into());
        }
        if begin.length > most {
            return Err(trouble::too_large(most).into());
        }
        let caption = texts::checked(Field::Caption, &begin.caption)?.unwrap_or_default();
        self.make_room()?;
        let sink = if photo {
            Sink::Photo(Vec::new())
        } else {
            stream(vault.clone())
        };
        let name = data_encoding::HEXLOWER.encode(&random_bytes::<16>()?);
        let upload = Upload {
            media_type,
            length: begin.length,
            caption,
            taken: 0,
            fed: Instant::now(),
            sink,
        };
        self.open.insert(name.clone(), upload);
        Ok(name)
    }

    /// Takes the next bytes and says how many are here.
    pub(crate) fn feed(&mut self, name: &str, bytes: &[u8]) -> Result<u64, Trouble> {
        if bytes.len() > CHUNK_BYTES {
            return Err(failure::CHUNK_TOO_LARGE
                .failure([("most", Param::Bytes(CHUNK_BYTES as u64))])
                .into());
        }
        let upload = self.open.get_mut(name).ok_or_else(unknown)?;
        let taken = upload.taken.saturating_add(bytes.len() as u64);
        if taken > upload.length {
            let length = upload.length;
            self.open.remove(name);
            return Err(failure::UPLOAD_OVERLONG
                .failure([("length", Param::Bytes(length))])
                .into());
        }
        let stopped = match &mut upload.sink {
            Sink::Photo(photo) => {
                photo.extend_from_slice(bytes);
                false
            }
            // The sealing side ends early only when the disk failed.
            Sink::Stream { to, .. } => to.send(Part::Bytes(bytes.to_vec())).is_err(),
        };
        if stopped {
            return match self.open.remove(name).map(|upload| upload.sink) {
                Some(Sink::Stream { sealing, .. }) => {
                    Err(joined(sealing).err().unwrap_or_else(lost))
                }
                _ => Err(lost()),
            };
        }
        upload.taken = taken;
        upload.fed = Instant::now();
        Ok(taken)
    }

    /// Seals what came. It is on disk when this returns.
    pub(crate) fn finish(&mut self, vault: &Vault, name: &str) -> Result<Piece, Trouble> {
        let upload = self.open.get(name).ok_or_else(unknown)?;
        if upload.taken < upload.length {
            return Err(failure::UPLOAD_INCOMPLETE
                .failure([
                    ("taken", Param::Bytes(upload.taken)),
                    ("length", Param::Bytes(upload.length)),
                ])
                .into());
        }
        let upload = self.open.remove(name).ok_or_else(unknown)?;
        let (sealed, media_type) = match upload.sink {
            Sink::Photo(bytes) => {
                let photo = clean_photo(bytes)?;
                (
                    vault.seal(photo.bytes.as_slice())?,
                    photo.media_type.to_owned(),
                )
            }
            Sink::Stream { to, sealing } => {
                // If it ended early, joining says why.
                let _ = to.send(Part::End);
                (joined(sealing)?, upload.media_type)
            }
        };
        Ok(Piece {
            id: sealed.id,
            key: *sealed.key.as_bytes(),
            media_type,
            length: sealed.plain_length,
            caption: upload.caption,
        })
    }

    fn make_room(&mut self) -> Result<(), Failure> {
        if self.open.len() < MOST_UPLOADS {
            return Ok(());
        }
        let now = Instant::now();
        self.open
            .retain(|_, upload| now.duration_since(upload.fed) < IDLE);
        if self.open.len() < MOST_UPLOADS {
            return Ok(());
        }
        Err(failure::UPLOADS_FULL.failure([("most", Param::Number(MOST_UPLOADS as u64))]))
    }
}

fn unknown() -> Failure {
    failure::UPLOAD_UNKNOWN.failure([])
}

fn lost() -> Trouble {
    Trouble::Internal("sealing the evidence stopped")
}

fn joined(sealing: JoinHandle<Result<Sealed, VaultError>>) -> Result<Sealed, Trouble> {
    Ok(sealing.join().map_err(|_| lost())??)
}

/// Seals on a thread of its own, a few chunks behind what comes.
fn stream(vault: Vault) -> Sink {
    let (to, from) = sync_channel(2);
    let sealing = std::thread::spawn(move || {
        vault.seal(Coming {
            from,
            part: Vec::new(),
            at: 0,
            ended: false,
        })
    });
    Sink::Stream { to, sealing }
}

/// The parts of an upload as one reader. An upload that is dropped before its end is an
/// error, so that half a file is never sealed as a whole one.
struct Coming {
    from: Receiver<Part>,
    part: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for Coming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.part.len() && !self.ended {
            match self.from.recv() {
                Ok(Part::Bytes(bytes)) => (self.part, self.at) = (bytes, 0),
                Ok(Part::End) => self.ended = true,
                Err(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let count = self.part.get(self.at..).unwrap_or_default().read(into)?;
        self.at = self.at.saturating_add(count);
        Ok(count)
    }
}
