//! The list of a run: every serial with its secret, which the member keeps as evidence.

use std::io::{self, Write};

use chopmark_core::{ActivationSecret, Code, CodeError, crockford_serial};

/// Writes the list of a run as CSV: `gtin,serial,activation`. Whoever reads it can activate
/// every item of the run: it is kept as private as the goods are valuable.
pub struct RunList<W> {
    to: W,
    gtin: String,
}

impl<W: Write> RunList<W> {
    /// Begins the list of a product's run.
    ///
    /// # Errors
    /// The writer's.
    pub fn new(mut to: W, gtin: &str) -> io::Result<Self> {
        to.write_all(b"gtin,serial,activation\r\n")?;
        Ok(Self {
            to,
            gtin: gtin.to_owned(),
        })
    }

    /// Makes one item out of random bytes and writes it down: its code, and the secret whose
    /// public half goes into the run's tree.
    ///
    /// # Errors
    /// The writer's; one of kind `InvalidInput` if the product's number is none.
    pub fn push(
        &mut self,
        serial: [u8; 10],
        secret: [u8; 16],
    ) -> io::Result<(Code, ActivationSecret)> {
        let serial = crockford_serial(serial);
        let secret = ActivationSecret::from_bytes(secret);
        let code = Code::gtin_serial(&self.gtin, &serial)
            .map_err(|error: CodeError| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        // Neither a serial of ours nor a secret holds a comma or a quotation mark.
        write!(
            self.to,
            "{},{serial},{}\r\n",
            code.gtin().unwrap_or_default(),
            secret.text()
        )?;
        Ok((code, secret))
    }

    /// Gives the writer back.
    ///
    /// # Errors
    /// The writer's.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}
