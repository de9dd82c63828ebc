//! Where a list goes on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cio_store::StoreError;

/// A cursor is the last key's part behind the list's prefix, and a tag of both: a cursor
/// of another list is recognised.
pub(super) fn cursor(prefix: &[u8], key: &[u8]) -> String {
    let mut bytes = key[prefix.len()..].to_vec();
    bytes.extend_from_slice(&tag(key));
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn read_cursor(
    prefix: &[u8],
    start: Option<&str>,
    length: usize,
) -> Result<Option<Vec<u8>>, StoreError> {
    let key = read_tail(prefix, start)?;
    match &key {
        Some(key) if key.len() != prefix.len() + length => Err(StoreError::BadCursor),
        _ => Ok(key),
    }
}

/// The same where keys are of any length.
pub(super) fn read_tail(prefix: &[u8], start: Option<&str>) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(start) = start else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD
        .decode(start)
        .map_err(|_| StoreError::BadCursor)?;
    let (tail, found) = bytes.split_last_chunk::<4>().ok_or(StoreError::BadCursor)?;
    let key = [prefix, tail].concat();
    if *found != tag(&key) {
        return Err(StoreError::BadCursor);
    }
    Ok(Some(key))
}

/// FNV-1a: it tells lists apart, and need not withstand anybody.
fn tag(key: &[u8]) -> [u8; 4] {
    let hash = key.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    hash.to_be_bytes()
}
