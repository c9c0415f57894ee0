//! What an installation keeps to itself, in its directory: made once, whoever asks first.

use domain::cell::Value;

use crate::clock::random;
use crate::judge::DigestKey;
use crate::port::{Engine, Query, StoreError};

const MAKE: &str = "INSERT INTO origin (name, value) VALUES ('digest_key', $1) ON CONFLICT (name) DO NOTHING";
const FIND: &str = "SELECT value FROM origin WHERE name = 'digest_key'";

/// For the test that prepares every statement.
pub const QUERIES: &[&str] = &[MAKE, FIND];

/// The secret that digests of commands are made with. Two nodes that start at once get the same one.
pub async fn digest_key(directory: &dyn Engine) -> Result<DigestKey, StoreError> {
    if let Some(key) = find(directory).await? {
        return Ok(key);
    }
    let fresh = random::<32>().map(|byte| format!("{byte:02x}")).concat();
    directory.run(&Query { sql: MAKE, values: vec![Value::Text(fresh)] }).await?;
    find(directory).await?.ok_or(StoreError::Statement("the installation's key did not stay".into()))
}

async fn find(directory: &dyn Engine) -> Result<Option<DigestKey>, StoreError> {
    let (rows, _) = directory.run(&Query { sql: FIND, values: Vec::new() }).await?;
    let Some(text) = rows.first().and_then(|row| row.text(0)) else { return Ok(None) };
    let unreadable = || StoreError::Corrupt(domain::cell::Corrupt("the installation's key is not 32 bytes"));
    if text.len() != 64 || !text.is_ascii() {
        return Err(unreadable());
    }
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| unreadable())?;
    }
    Ok(Some(DigestKey(key)))
}
