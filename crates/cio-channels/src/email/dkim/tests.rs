//! Signatures are checked as a receiver does: from the field alone, the public key of the
//! DNS record, and a plain reading of the standard.

use base64::Engine as _;
use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use super::*;

/// Made for these tests, and used nowhere else.
const RSA: &str = include_str!("../../../tests/keys/rsa-pkcs8.pem");
const RSA_OLD: &str = include_str!("../../../tests/keys/rsa-pkcs1.pem");
const RSA_SHORT: &str = include_str!("../../../tests/keys/rsa-1024.pem");
const ED25519_KEY: &str = include_str!("../../../tests/keys/ed25519.pem");

const MESSAGE: &str = "From: \"Shop\" <shop@example.com>\r\nTo: ana@example.org,\r\n bo@example.org\r\nSubject: Hello\r\nList-Unsubscribe: <https://example.com/u>\r\nX-Other: not signed\r\n\r\nHi  there \r\n\r\n";

fn relaxed(name: &str, value: &str) -> String {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    format!("{name}:{}", words.join(" "))
}

fn tag<'a>(field: &'a str, name: &str) -> &'a str {
    let mut tags = field.split(';').map(str::trim);
    tags.find_map(|tag| tag.strip_prefix(name)?.strip_prefix('='))
        .unwrap()
}

/// Whether the first signature of a message is good.
fn is_good(signed: &str, key: &DkimKey) -> bool {
    let (header, body) = signed.split_once("\r\n\r\n").unwrap();
    let unfolded = header.replace("\r\n ", " ").replace("\r\n\t", "\t");
    let fields: Vec<(String, &str)> = unfolded
        .split("\r\n")
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect();
    let signature = fields[0].1;
    let mut text = String::new();
    let mut used: Vec<usize> = Vec::new();
    for name in tag(signature, "h").split(':').map(str::trim) {
        let last = (0..fields.len())
            .rev()
            .find(|at| fields[*at].0 == name && !used.contains(at));
        if let Some(at) = last {
            used.push(at);
            text.push_str(&relaxed(name, fields[at].1));
            text.push_str("\r\n");
        }
    }
    let b = tag(signature, "b");
    text.push_str(&relaxed(
        "dkim-signature",
        signature.strip_suffix(b).unwrap(),
    ));
    let plain = |text: &str| text.replace(char::is_whitespace, "");
    let b = STANDARD.decode(plain(b)).unwrap();
    let body: Vec<String> = body
        .trim_end_matches("\r\n")
        .split("\r\n")
        .map(|line| {
            line.split(' ')
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    let body = ring::digest::digest(
        &ring::digest::SHA256,
        format!("{}\r\n", body.join("\r\n")).as_bytes(),
    );
    let (_, record) = key.dns_record();
    let public = STANDARD.decode(tag(&record, "p")).unwrap();
    let is_body = STANDARD.encode(body) == plain(tag(signature, "bh"));
    let is_header = match tag(signature, "a") {
        // The record has the algorithm before the key; ring wants the key alone.
        "rsa-sha256" => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public[24..])
            .verify(text.as_bytes(), &b)
            .is_ok(),
        "ed25519-sha256" => {
            let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
            UnparsedPublicKey::new(&ED25519, &public)
                .verify(hash.as_ref(), &b)
                .is_ok()
        }
        other => panic!("{other}"),
    };
    is_body && is_header
}

#[test]
fn a_signed_message_is_verified_and_a_changed_one_is_not() {
    for pem in [RSA, RSA_OLD, ED25519_KEY] {
        let key = DkimKey::new("Example.com", "s1", pem).unwrap();
        let signed = format!("{}{MESSAGE}", signatures(MESSAGE.as_bytes(), [&key]));
        assert!(is_good(&signed, &key), "{signed}");
        assert!(
            is_good(&signed.replace("Hi  there ", "Hi there"), &key),
            "relaxed"
        );
        assert!(
            is_good(&signed.replace("org,\r\n bo", "org, bo"), &key),
            "relaxed"
        );
        for (from, to) in [
            ("Hello", "Hallo"),
            ("there", "dear"),
            ("/u>", "/v>"),
            ("From: \"Shop\"", "From: \"Other\""),
            ("X-Other", "From: evil@example.net\r\nX-Other"),
            ("X-Other", "Subject: evil\r\nX-Other"),
        ] {
            assert!(!is_good(&signed.replace(from, to), &key), "{from} → {to}");
        }
        assert!(is_good(&signed.replace("X-Other", "X-Changed"), &key));
    }
}

#[test]
fn every_key_signs_and_no_line_is_long() {
    let keys = [
        DkimKey::new("example.com", "rsa", RSA).unwrap(),
        DkimKey::new("example.com", "ed", ED25519_KEY).unwrap(),
    ];
    let made = signatures(MESSAGE.as_bytes(), &keys);
    assert_eq!(made.matches("DKIM-Signature:").count(), 2);
    assert!(
        made.lines().all(|line| line.len() <= LINE_BYTES_MAX),
        "{made}"
    );
    assert!(made.ends_with("\r\n"));
    let second = made.rfind("DKIM-Signature:").unwrap();
    assert!(is_good(&format!("{}{MESSAGE}", &made[second..]), &keys[1]));
    assert_eq!(signatures(MESSAGE.as_bytes(), &[]), "");
}

#[test]
fn a_message_without_a_body_is_signed() {
    let key = DkimKey::new("example.com", "s", ED25519_KEY).unwrap();
    for message in ["From: a@example.com\r\n\r\n", "From: a@example.com\r\n"] {
        let made = signatures(message.as_bytes(), [&key]);
        // The hash of nothing.
        assert!(
            made.replace("\r\n\t", "")
                .contains("bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;"),
            "{made}"
        );
    }
}

#[test]
fn keys_are_not_shown_and_what_is_none_is_refused() {
    let key = DkimKey::new("example.com", "s1", ED25519_KEY).unwrap();
    assert_eq!(
        format!("{key:?}"),
        "DkimKey { domain: \"example.com\", selector: \"s1\", algorithm: \"ed25519-sha256\", .. }"
    );
    assert_eq!(key.dns_record().0, "s1._domainkey.example.com");
    let refused = |domain, selector, pem| DkimKey::new(domain, selector, pem).unwrap_err();
    assert_eq!(
        refused("example.com", "s", RSA_SHORT),
        DkimKeyError::Unsupported
    );
    assert_eq!(refused("example.com", "s", "hunter2"), DkimKeyError::NotPem);
    assert_eq!(refused("example.com; x=y", "s", RSA), DkimKeyError::Name);
    assert_eq!(refused("example.com", "", RSA), DkimKeyError::Name);
}
