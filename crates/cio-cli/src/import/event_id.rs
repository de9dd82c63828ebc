//! The ids of events, by which the service drops what it has been sent before.
//!
//! An id is made of what identifies the row, never of chance: a batch that is sent again after a
//! crash has the ids that it had.

use sha2::{Digest, Sha256};
use ulid::Ulid;

/// The id of a row that has none: of the import, the line, and what is recorded.
pub(crate) fn of_row(import: &str, line: u64, content: &str, timestamp: Option<i64>) -> String {
    made_of(
        &[import.as_bytes(), &line.to_be_bytes(), content.as_bytes()],
        timestamp,
    )
}

/// The id that a row has, in the form that the service knows. One of another form, a UUID for
/// example, becomes one, always the same.
pub(crate) fn of_own(id: &str, timestamp: Option<i64>) -> String {
    match cio_wire::event_id::is_ulid(id) {
        true => id.to_owned(),
        false => made_of(&[b"own", id.as_bytes()], timestamp),
    }
}

fn made_of(parts: &[&[u8]], timestamp: Option<i64>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut random = [0; 16];
    random.copy_from_slice(&hash.finalize()[..16]);
    let seconds = timestamp.and_then(|seconds| u64::try_from(seconds).ok());
    let milliseconds = seconds.unwrap_or_default().saturating_mul(1_000);
    Ulid::from_parts(milliseconds, u128::from_be_bytes(random)).to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const TIME: Option<i64> = Some(1_790_000_000);

    #[test]
    fn everything_that_tells_rows_apart_tells_their_ids_apart() {
        let ids = [
            of_row("a", 1, "{}", TIME),
            of_row("b", 1, "{}", TIME),
            of_row("a", 2, "{}", TIME),
            of_row("a", 1, "{ }", TIME),
            of_row("a", 1, "{}", None),
            of_own("a", TIME),
            of_own("b", TIME),
        ];
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }

    #[test]
    fn an_own_id_is_kept_if_the_service_takes_it() {
        let ulid = "01HF0000000000000000000001";
        assert_eq!(of_own(ulid, TIME), ulid);
        let uuid = of_own("0b7f3f4e-5a57-4c3e-9a43-2f7f0e4f9f1d", TIME);
        assert!(cio_wire::event_id::is_ulid(&uuid), "{uuid}");
    }

    proptest! {
        #[test]
        fn every_id_is_a_ulid_and_the_same_again(
            import in ".{0,20}", line: u64, content in ".{0,50}", timestamp: Option<i64>,
        ) {
            let id = of_row(&import, line, &content, timestamp);
            prop_assert!(cio_wire::event_id::is_ulid(&id), "{}", id);
            prop_assert_eq!(id, of_row(&import, line, &content, timestamp));
        }
    }
}
