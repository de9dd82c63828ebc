//! Makes ULIDs, the ids by which the service recognises a repeated event.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::SecureRandom;

/// Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID_LEN: usize = 26;

/// The operating system's randomness, asked for 64 ids at a time: asking is a system call,
/// and there may be an id for every call that is made.
struct Pool {
    random: &'static dyn SecureRandom,
    bytes: [u8; RANDOM_LEN * 64],
    used: usize,
    /// A forked process has the same bytes as the one it came from.
    owner: u32,
}

const RANDOM_LEN: usize = 10;

static POOL: LazyLock<Mutex<Pool>> = LazyLock::new(|| {
    Mutex::new(Pool {
        random: rustls::crypto::ring::default_provider().secure_random,
        bytes: [0; RANDOM_LEN * 64],
        used: RANDOM_LEN * 64,
        owner: 0,
    })
});

impl Pool {
    fn take(&mut self) -> [u8; RANDOM_LEN] {
        let process = std::process::id();
        if self.used == self.bytes.len() || self.owner != process {
            if self.random.fill(&mut self.bytes).is_err() {
                fastrand::fill(&mut self.bytes);
            }
            (self.used, self.owner) = (0, process);
        }
        let mut random = [0; RANDOM_LEN];
        random.copy_from_slice(&self.bytes[self.used..self.used + RANDOM_LEN]);
        self.used += RANDOM_LEN;
        random
    }
}

/// A new id: 48 bits of milliseconds and 80 random bits.
///
/// The random bits come from the operating system through the TLS provider that is
/// linked anyway. A seeded generator could repeat itself in two processes, and then
/// the service would take one's event for a repeat of the other's.
pub(crate) fn new_ulid() -> String {
    let random = POOL.lock().unwrap_or_else(PoisonError::into_inner).take();
    encode(crate::clock::now(), random)
}

fn encode(time: SystemTime, random: [u8; RANDOM_LEN]) -> String {
    let milliseconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis());
    let mut low = [0_u8; 16];
    low[6..].copy_from_slice(&random);
    let bits = (milliseconds << 80) | u128::from_be_bytes(low);
    let mut text = String::with_capacity(ULID_LEN);
    for digit in (0..ULID_LEN).rev() {
        text.push(char::from(ALPHABET[(bits >> (5 * digit)) as usize & 31]));
    }
    text
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

    #[test]
    fn no_two_ids_have_the_same_random_bits() {
        let ids = (0..1_000).map(|_| new_ulid()[10..].to_owned());
        assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), 1_000);
    }

    #[test]
    fn a_forked_process_asks_anew() {
        let mut pool = POOL.lock().unwrap();
        let before = pool.bytes;
        pool.owner = pool.owner.wrapping_add(1);
        pool.take();
        assert_ne!(pool.bytes, before);
    }
}
