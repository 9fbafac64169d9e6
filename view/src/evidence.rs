use serde::{Deserialize, Serialize};

use crate::Command;

/// Starts a file's way into the vault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EvidenceBegin {
    /// Media type, `image/jpeg` for instance.
    pub media_type: String,
    /// Length in bytes.
    pub length: u64,
    /// A caption; may be empty.
    pub caption: String,
}

/// The answer to [`EvidenceBegin`]. The bytes follow as raw binary calls of
/// `evidence-chunk`, with the upload's id in the header `x-upload`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The upload.
    pub upload: String,
    /// Send at most this many bytes a call.
    pub chunk: u32,
}

/// What a raw `evidence-chunk` call answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadState {
    /// Bytes taken so far.
    pub taken: u64,
}

/// Ends an upload: the file is sealed, named and on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EvidenceFinish {
    /// The upload.
    pub upload: String,
}

/// Reads a piece of evidence for the screen; answered with raw bytes, at most 1 MiB.
/// An empty answer is the end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EvidenceChunk {
    /// Evidence id.
    pub id: String,
    /// Offset in the plaintext.
    pub offset: u64,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceView {
    /// Evidence id.
    pub id: String,
    /// Media type.
    pub media_type: String,
    /// Length of the plaintext in bytes.
    pub length: u64,
    /// Caption; may be empty.
    pub caption: String,
    /// Whether its bytes are on this device.
    pub here: bool,
}

impl Command for EvidenceBegin {
    const NAME: &'static str = "evidence-begin";
    type Reply = Upload;
}

impl Command for EvidenceFinish {
    const NAME: &'static str = "evidence-finish";
    type Reply = EvidenceView;
}
