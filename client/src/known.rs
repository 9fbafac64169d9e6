//! What this device knows of codes and products beyond the ledger's fields: learned from its
//! own commissionings, from sections that its member may open, and from scanned labels.
//! Everything lies encrypted in the store and is looked up one by one.

use chopmark_core::{Code, SubjectId};
use chopmark_replica::{Batch, Store, StoreError};

use crate::scan;

/// Subject id → code and product name.
const CODES: &str = "codes";
/// Typed form of a serial → subject id.
const SERIALS: &str = "serials";
/// GTIN → product name, for what this member makes.
const PRODUCTS: &str = "products";

/// A subject's code, with the product's name where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) code: Code,
    pub(crate) product: Option<String>,
}

/// What is known of a subject.
pub(crate) fn find(store: &Store, subject: &SubjectId) -> Result<Option<Known>, StoreError> {
    let value = store.note(CODES, subject.as_bytes())?;
    Ok(value.and_then(|value| {
        let (code, product): (String, Option<String>) = serde_json::from_slice(&value).ok()?;
        Some(Known {
            code: Code::parse(&code).ok()?,
            product,
        })
    }))
}

/// The subject with a serial, typed without anything else.
pub(crate) fn by_serial(store: &Store, serial: &str) -> Result<Option<SubjectId>, StoreError> {
    let value = store.note(SERIALS, serial.as_bytes())?;
    Ok(value.and_then(|value| Some(SubjectId::from_bytes(value.try_into().ok()?))))
}

/// Products by GTIN.
pub(crate) fn products(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    let rows = store.notes(PRODUCTS)?;
    let mut products: Vec<(String, String)> = rows
        .into_iter()
        .filter_map(|(gtin, name)| {
            Some((String::from_utf8(gtin).ok()?, String::from_utf8(name).ok()?))
        })
        .collect();
    products.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    Ok(products)
}

/// Remembers a code. A product's name that is known already stays when none is given.
pub(crate) fn remember(
    store: &Store,
    batch: &mut Batch<'_>,
    subject: &SubjectId,
    known: &Known,
) -> Result<(), StoreError> {
    let before = find(store, subject)?;
    let product = known
        .product
        .clone()
        .or_else(|| before.as_ref().and_then(|before| before.product.clone()));
    let now = Known {
        code: known.code.clone(),
        product,
    };
    if before.as_ref() == Some(&now) {
        return Ok(());
    }
    // A pair of strings always encodes.
    let value = serde_json::to_vec(&(now.code.element_string(), &now.product)).unwrap_or_default();
    batch.put_note(CODES, subject.as_bytes(), &value)?;
    if let Some(serial) = now.code.variable().and_then(scan::serial) {
        batch.put_note(SERIALS, serial.as_bytes(), subject.as_bytes())?;
    }
    Ok(())
}

/// Remembers the name of a product of this member.
pub(crate) fn remember_product(
    batch: &mut Batch<'_>,
    gtin: &str,
    name: &str,
) -> Result<(), StoreError> {
    batch.put_note(PRODUCTS, gtin.as_bytes(), name.as_bytes())
}
