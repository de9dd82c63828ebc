//! Event ids: ULIDs, by which the service recognises a repeated event.

/// Whether a text is a ULID: 26 characters of Crockford's base 32 that fit in 128 bits.
pub fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.as_bytes()[0] <= b'7'
        && text.bytes().all(|byte| {
            matches!(byte.to_ascii_uppercase(),
                b'0'..=b'9' | b'A'..=b'H' | b'J' | b'K' | b'M' | b'N' | b'P'..=b'T' | b'V'..=b'Z')
        })
}

#[cfg(test)]
mod tests {
    use super::is_ulid;

    #[test]
    fn tells_ulids_from_other_ids() {
        assert!(is_ulid("01HF0000000000000000000001"));
        assert!(is_ulid("01hf0000000000000000000001"));
        assert!(
            !is_ulid("81HF0000000000000000000001"),
            "does not fit in 128 bits"
        );
        assert!(
            !is_ulid("01HF000000000000000000000U"),
            "U is not in the alphabet"
        );
        assert!(!is_ulid("01HF000000000000000000001"), "25 characters");
        assert!(!is_ulid("evt_123"));
    }
}
