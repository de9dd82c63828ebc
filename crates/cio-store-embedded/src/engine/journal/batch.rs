//! One batch of a journal, as bytes.

use xxhash_rust::xxh3::xxh3_64;

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;

const START_BYTES: usize = 13;
const ITEM_HEAD_BYTES: usize = 21;
const CLEAR_BYTES: usize = 9;
const END_BYTES: usize = 13;

/// What closes every batch.
const TRAILER: &[u8] = b"FJL\x03";

/// What some bytes begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parsed {
    /// A whole batch that has its checksum.
    Batch { length: usize, seqno: u64 },
    /// What may be the beginning of a batch.
    Incomplete,
    /// Neither, and why.
    Broken(&'static str),
}

/// Reads the batch that some bytes begin with.
pub(super) fn parse(bytes: &[u8]) -> Parsed {
    // Most places that are looked at are no batch: the first byte says so.
    match bytes.first() {
        None => return Parsed::Incomplete,
        Some(&START) => {}
        Some(_) => return Parsed::Broken("no batch starts here"),
    }
    let (Some(count), Some(seqno)) = (number::<4>(bytes, 1), number::<8>(bytes, 5)) else {
        return Parsed::Incomplete;
    };
    if count == 0 {
        return Parsed::Broken("a batch of nothing");
    }
    let mut at = START_BYTES;
    for _ in 0..count {
        match frame(bytes, at) {
            Ok(Some(length)) => at += length,
            Ok(None) => return Parsed::Incomplete,
            Err(reason) => return Parsed::Broken(reason),
        }
    }
    match bytes.get(at) {
        None => return Parsed::Incomplete,
        Some(&END) => {}
        Some(_) => return Parsed::Broken("a batch does not end where it says"),
    }
    let Some(checksum) = number::<8>(bytes, at + 1) else {
        return Parsed::Incomplete;
    };
    if checksum != xxh3_64(&bytes[START_BYTES..at]) {
        return Parsed::Broken("a batch does not have its checksum");
    }
    let trailer = &bytes[at + 9..bytes.len().min(at + END_BYTES)];
    if !TRAILER.starts_with(trailer) {
        return Parsed::Broken("a batch without its trailer");
    }
    if trailer.len() < TRAILER.len() {
        return Parsed::Incomplete;
    }
    Parsed::Batch {
        length: at + END_BYTES,
        seqno,
    }
}

/// Whether some bytes end as a batch does that was written to its end.
pub(super) fn ends_like_a_batch(bytes: &[u8]) -> bool {
    bytes.ends_with(TRAILER) && bytes.len() >= END_BYTES && bytes[bytes.len() - END_BYTES] == END
}

/// Length of the frame at an offset; none if the bytes end before it does.
fn frame(bytes: &[u8], at: usize) -> Result<Option<usize>, &'static str> {
    let length = match bytes.get(at) {
        None => return Ok(None),
        Some(&CLEAR) => CLEAR_BYTES,
        Some(&ITEM) => match item_length(bytes, at)? {
            Some(length) => length,
            None => return Ok(None),
        },
        Some(_) => return Err("no item of the batch is here"),
    };
    Ok((bytes.len() - at >= length).then_some(length))
}

fn item_length(bytes: &[u8], at: usize) -> Result<Option<usize>, &'static str> {
    // A value, or one of two ways to remove a key. Values are never stored apart.
    if bytes.get(at + 1).is_some_and(|kind| *kind > 2) {
        return Err("an item of no known kind");
    }
    if bytes
        .get(at + 2)
        .is_some_and(|compression| *compression > 1)
    {
        return Err("an item of no known compression");
    }
    let (Some(key), Some(value), Some(stored)) = (
        number::<2>(bytes, at + 11),
        number::<4>(bytes, at + 13),
        number::<4>(bytes, at + 17),
    ) else {
        return Ok(None);
    };
    if bytes[at + 2] == 0 && value != stored {
        return Err("an item of two lengths");
    }
    let length = ITEM_HEAD_BYTES as u64 + key + stored;
    Ok(Some(
        usize::try_from(length).map_err(|_| "an item too long")?,
    ))
}

/// A number of so many bytes.
fn number<const BYTES: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let read = bytes.get(at..at + BYTES)?;
    let mut number = [0; 8];
    number[..BYTES].copy_from_slice(read);
    Some(u64::from_le_bytes(number))
}
