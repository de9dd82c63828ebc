//! Makes ULIDs, the ids by which the service recognises a repeated event.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::SecureRandom;

/// Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID_LEN: usize = 26;

/// The operating system's randomness. A provider is a list of ciphers too, which need
/// not be made anew for every event.
static RANDOM: LazyLock<&'static dyn SecureRandom> =
    LazyLock::new(|| rustls::crypto::ring::default_provider().secure_random);

/// A new id: 48 bits of milliseconds and 80 random bits.
///
/// The random bits come from the operating system through the TLS provider that is
/// linked anyway. A seeded generator could repeat itself in two processes, and then
/// the service would take one's event for a repeat of the other's.
pub(crate) fn new_ulid() -> String {
    let mut random = [0_u8; 10];
    if RANDOM.fill(&mut random).is_err() {
        fastrand::fill(&mut random);
    }
    encode(crate::clock::now(), random)
}

fn encode(time: SystemTime, random: [u8; 10]) -> String {
    let milliseconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let mut low = [0_u8; 16];
    low[6..].copy_from_slice(&random);
    let bits = (milliseconds << 80) | u128::from_be_bytes(low);
    (0..ULID_LEN)
        .rev()
        .map(|digit| char::from(ALPHABET[(bits >> (5 * digit)) as usize & 31]))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_example_of_the_ulid_specification_has_its_time_part() {
        let time = UNIX_EPOCH + Duration::from_millis(1_469_918_176_385);
        let ulid = encode(time, [0; 10]);
        assert_eq!(ulid, "01ARYZ6S410000000000000000");
    }

    #[test]
    fn random_bits_fill_the_rest() {
        assert_eq!(encode(UNIX_EPOCH, [0xff; 10]), "0000000000ZZZZZZZZZZZZZZZZ");
    }

    #[test]
    fn new_ids_are_ulids_and_differ() {
        let (first, second) = (new_ulid(), new_ulid());
        assert!(cio_wire::event_id::is_ulid(&first), "{first}");
        assert_ne!(first, second);
    }
}
