//! Keys that sign.

use ring::rand::SystemRandom;
use ring::rsa::KeyPair as RsaKeyPair;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

/// Why a key is not usable. What was given is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DkimKeyError {
    /// The domain or the selector is no name of the DNS.
    #[error("a DKIM key needs a domain (example.com) and a selector (mail2026)")]
    Name,
    /// It is no private key in PEM.
    #[error(
        "it is no private key in PEM: it begins with -----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----"
    )]
    NotPem,
    /// It is no key that DKIM knows, or too short.
    #[error("a DKIM key is RSA of 2048 to 4096 bits, or Ed25519")]
    Unsupported,
}

pub(super) enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl Key {
    pub(super) fn read(pem: &str) -> Result<Key, DkimKeyError> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes());
        match der.map_err(|_| DkimKeyError::NotPem)? {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der())
                .map(|key| Key::Rsa(Box::new(key)))
                .map_err(|_| DkimKeyError::Unsupported),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                if let Ok(key) = RsaKeyPair::from_pkcs8(der) {
                    return Ok(Key::Rsa(Box::new(key)));
                }
                // Without its public half, too: that is how `openssl genpkey` writes it.
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
                    .map(|key| Key::Ed25519(Box::new(key)))
                    .map_err(|_| DkimKeyError::Unsupported)
            }
            _ => Err(DkimKeyError::Unsupported),
        }
    }

    pub(super) const fn algorithm(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// What `k=` and `p=` of the DNS record say.
    pub(super) fn public(&self) -> (&'static str, Vec<u8>) {
        match self {
            Key::Rsa(key) => ("rsa", subject_public_key_info(key.public().as_ref())),
            Key::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
        }
    }

    /// Signs what the header comes to. `None`: the machine has no random numbers.
    pub(super) fn sign(&self, header: &[u8]) -> Option<Vec<u8>> {
        match self {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    header,
                    &mut signature,
                )
                .ok()?;
                Some(signature)
            }
            // RFC 8463: what is signed is the hash.
            Key::Ed25519(key) => {
                let hash = ring::digest::digest(&ring::digest::SHA256, header);
                Some(key.sign(hash.as_ref()).as_ref().to_vec())
            }
        }
    }
}

/// An RSA public key of PKCS#1 as receivers expect it: with its algorithm before it.
fn subject_public_key_info(public: &[u8]) -> Vec<u8> {
    const RSA_ENCRYPTION: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let bits = der(0x03, &[&[0], public].concat());
    der(0x30, &[&RSA_ENCRYPTION[..], &bits].concat())
}

/// A value of DER: kind, length, content.
fn der(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let from = length
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(length.len() - 1);
    let length = &length[from..];
    let mut made = vec![kind];
    if content.len() >= 0x80 {
        // The length of the length is a single digit.
        made.push(0x80 | u8::try_from(length.len()).unwrap_or_default());
    }
    made.extend_from_slice(length);
    made.extend_from_slice(content);
    made
}
