//! The signature of reporting webhooks: HMAC-SHA256, in lowercase hex, over
//! `v0:<timestamp>:<body>`.
//!
//! The key is the signing secret as text. It looks like hex but is not decoded. The
//! timestamp is the text of its header and the body the bytes as they travel, so neither
//! may be read and written anew before the check.
//!
//! ```
//! use cio_wire::webhook_signature::{sign, verify};
//!
//! let signature = sign("s3cr3t", "1700000000", b"{}");
//! assert!(verify("s3cr3t", "1700000000", b"{}", &signature));
//! assert!(!verify("s3cr3t", "1700000001", b"{}", &signature));
//! ```

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header with the time of signing, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "X-CIO-Timestamp";

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "X-CIO-Signature";

/// The only version of the signature there is.
const VERSION: &str = "v0";

/// The signature as it stands in its header: 64 lowercase hex digits.
pub fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let digest = mac(secret, timestamp, body).finalize().into_bytes();
    let mut hex = String::with_capacity(2 * digest.len());
    for byte in digest {
        for nibble in [byte >> 4, byte & 0xf] {
            hex.push(char::from_digit(nibble.into(), 16).expect("a nibble is a hex digit"));
        }
    }
    hex
}

/// Whether the signature is that of this timestamp and body, compared in constant time.
///
/// Some senders put the version before the digits, `v0=…`, so that is accepted, and so
/// are capital letters. Anything that is not 64 hex digits is refused.
pub fn verify(secret: &str, timestamp: &str, body: &[u8], signature: &str) -> bool {
    let digits = signature
        .strip_prefix(VERSION)
        .and_then(|rest| rest.strip_prefix('='))
        .unwrap_or(signature);
    decode_hex(digits)
        .is_some_and(|given| mac(secret, timestamp, body).verify_slice(&given).is_ok())
}

fn mac(secret: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
    for part in [VERSION.as_bytes(), b":", timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    mac
}

/// The 32 bytes that 64 hex digits stand for.
fn decode_hex(digits: &str) -> Option<[u8; 32]> {
    let digits = digits.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::try_from(value(pair[0])? << 4 | value(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{sign, verify};

    const SECRET: &str = "whsec-demo-0001";
    const TIMESTAMP: &str = "1700000000";
    const BODY: &[u8] = br#"{"metric":"delivered","object_type":"email","event_id":"01HF0000000000000000000001","timestamp":1700000000,"data":{"delivery_id":"dlv-1"}}"#;
    const SIGNATURE: &str = "877dfbacce0d2eae8c2fc038473177322618a15e44825b8ccff2eebdd1ec5561";

    #[test]
    fn a_known_signature_is_made_and_accepted() {
        assert_eq!(sign(SECRET, TIMESTAMP, BODY), SIGNATURE);
        assert!(verify(SECRET, TIMESTAMP, BODY, SIGNATURE));
    }

    #[test]
    fn the_version_may_stand_before_the_digits_and_they_may_be_capitals() {
        let capitals = SIGNATURE.to_ascii_uppercase();
        for signature in [
            &format!("v0={SIGNATURE}"),
            &capitals,
            &format!("v0={capitals}"),
        ] {
            assert!(verify(SECRET, TIMESTAMP, BODY, signature), "{signature}");
        }
    }

    #[test]
    fn a_change_of_any_part_is_refused() {
        let mut body = BODY.to_vec();
        body[20] ^= 1;
        assert!(!verify(SECRET, TIMESTAMP, &body, SIGNATURE));
        assert!(!verify(
            SECRET,
            TIMESTAMP,
            &[BODY, b"\n"].concat(),
            SIGNATURE
        ));
        assert!(!verify(SECRET, "1700000001", BODY, SIGNATURE));
        assert!(!verify(SECRET, " 1700000000", BODY, SIGNATURE));
        assert!(!verify("whsec-demo-0002", TIMESTAMP, BODY, SIGNATURE));
        for position in 0..SIGNATURE.len() {
            let mut signature = SIGNATURE.as_bytes().to_vec();
            signature[position] = if signature[position] == b'0' {
                b'1'
            } else {
                b'0'
            };
            let signature = String::from_utf8(signature).unwrap();
            assert!(!verify(SECRET, TIMESTAMP, BODY, &signature), "{position}");
        }
    }

    #[test]
    fn what_is_not_64_hex_digits_is_refused() {
        for signature in [
            "",
            "v0=",
            "v0",
            &SIGNATURE[1..],
            &SIGNATURE[..62],
            &format!("{SIGNATURE}0"),
            &format!("{SIGNATURE}00"),
            &format!("v1={SIGNATURE}"),
            &format!("v0=v0={SIGNATURE}"),
            &format!(" {SIGNATURE}"),
            &format!("{}zz", &SIGNATURE[..62]),
            &format!("{}+1", &SIGNATURE[..62]),
            &format!("{}é", &SIGNATURE[..62]),
        ] {
            assert!(!verify(SECRET, TIMESTAMP, BODY, signature), "{signature}");
        }
    }

    proptest! {
        #[test]
        fn what_is_signed_verifies_and_only_with_its_secret(
            secret in ".*",
            other in ".*",
            timestamp in "[0-9]{1,12}",
            body in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let signature = sign(&secret, &timestamp, &body);
            prop_assert!(verify(&secret, &timestamp, &body, &signature));
            // HMAC fills a key up with zeros, so those at its end say nothing.
            let key = |secret: &str| secret.trim_end_matches('\0').to_owned();
            if key(&secret) != key(&other) {
                prop_assert!(!verify(&other, &timestamp, &body, &signature));
            }
        }

        #[test]
        fn no_signature_makes_it_panic(signature in ".*", timestamp in ".*") {
            prop_assert!(!verify(SECRET, &timestamp, BODY, &signature));
        }
    }
}
