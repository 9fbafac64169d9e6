use serde::{Serialize, de::DeserializeOwned};

/// One call from the screens to the client.
pub trait Command: Serialize + DeserializeOwned {
    /// The name under which the bridge sends it.
    const NAME: &'static str;
    /// What comes back when it succeeds.
    type Reply: Serialize + DeserializeOwned;
}
