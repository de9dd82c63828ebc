//! JSON web tokens, signed as the push services want them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;

/// A private key that signs.
pub(crate) enum SigningKey {
    /// RS256.
    Rsa(RsaKeyPair),
    /// ES256.
    Ecdsa(EcdsaKeyPair),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl SigningKey {
    /// An RSA key in PEM. The text says what is wrong with it, and nothing of the key.
    pub(crate) fn rsa(pem: &str) -> Result<SigningKey, String> {
        let der = pkcs8(pem)?;
        RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
            .map(SigningKey::Rsa)
            .map_err(|error| format!("it is not a usable RSA key ({error})"))
    }

    /// A key of the curve P-256 in PEM, as Apple's `.p8` files are.
    pub(crate) fn p256(pem: &str) -> Result<SigningKey, String> {
        let der = pkcs8(pem)?;
        let key = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            der.secret_pkcs8_der(),
            &SystemRandom::new(),
        );
        key.map(SigningKey::Ecdsa)
            .map_err(|error| format!("it is not a usable key of the curve P-256 ({error})"))
    }

    /// A token that says this. Nothing but a machine without random numbers keeps it from
    /// being signed.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> Result<String, String> {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let said = format!("{}.{}", encode(header), encode(claims));
        let random = SystemRandom::new();
        let failed = |_| "this machine has no random numbers to sign with".to_owned();
        let signature = match self {
            SigningKey::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, said.as_bytes(), &mut signature)
                    .map_err(failed)?;
                signature
            }
            SigningKey::Ecdsa(key) => {
                let signature = key.sign(&random, said.as_bytes()).map_err(failed)?;
                signature.as_ref().to_vec()
            }
        };
        Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn pkcs8(pem: &str) -> Result<PrivatePkcs8KeyDer<'static>, String> {
    PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
        let begins = "-----BEGIN PRIVATE KEY-----";
        format!("it holds no private key in PKCS#8: such a file begins with {begins}")
    })
}
