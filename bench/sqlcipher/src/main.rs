//! Writes records to a SQLCipher database under a raw random key, with the write-ahead log
//! and `synchronous = FULL`, and prints how many seconds that took.
//!
//! `chopmark-bench-sqlcipher FILE RECORDS BYTES A-TRANSACTION`

use std::{env, error::Error, time::Instant};

use rusqlite::{Connection, params};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, records, bytes, batch] = arguments.as_slice() else {
        return Err("usage: chopmark-bench-sqlcipher FILE RECORDS BYTES A-TRANSACTION".into());
    };
    let (records, bytes, batch): (u64, usize, u64) =
        (records.parse()?, bytes.parse()?, batch.parse()?);
    let mut connection = Connection::open(file)?;
    // A raw key: key derivation is not what is measured.
    let key = "7f".repeat(32);
    connection.execute_batch(&format!("PRAGMA key = \"x'{key}'\";"))?;
    let version: String = connection.query_row("PRAGMA cipher_version", [], |row| row.get(0))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE blocks (id BLOB PRIMARY KEY, number INTEGER NOT NULL, block BLOB NOT NULL) WITHOUT ROWID;
         CREATE TABLE arrivals (number INTEGER PRIMARY KEY, block BLOB NOT NULL);",
    )?;
    let start = Instant::now();
    let mut number = 0_u64;
    while number < records {
        let transaction = connection.transaction()?;
        {
            let mut block = transaction
                .prepare_cached("INSERT INTO blocks (id, number, block) VALUES (?1, ?2, ?3)")?;
            let mut arrival =
                transaction.prepare_cached("INSERT INTO arrivals (number, block) VALUES (?1, ?2)")?;
            let end = (number + batch).min(records);
            while number < end {
                let (id, body) = record(number, bytes);
                let place = i64::try_from(number)?;
                block.execute(params![id.as_slice(), place, body])?;
                arrival.execute(params![place, id.as_slice()])?;
                number += 1;
            }
        }
        transaction.commit()?;
    }
    println!("{} {version}", start.elapsed().as_secs_f64());
    Ok(())
}

/// Bytes that look random, the same in every run.
fn record(number: u64, bytes: usize) -> ([u8; 32], Vec<u8>) {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    let id = std::array::from_fn(|_| next());
    let body = (0..bytes).map(|_| next()).collect();
    (id, body)
}
