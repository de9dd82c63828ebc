//! Tokens that stand in URLs: a claim under the server's own signature. Nothing is stored of
//! them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::credentials::Hasher;

/// Half of what the hash has: URLs in messages are long enough without the rest.
const SIGNATURE_BYTES: usize = 16;

/// What a token is for. One for something else opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The page on which a person chooses what to hear of.
    Preferences,
    /// The file of an export.
    Export,
    /// The picture that tells that a message was opened.
    Open,
    /// Where a link in a message leads.
    Click,
    /// A message in the browser.
    View,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Purpose::Preferences => "preference_link",
            Purpose::Export => "export_link",
            Purpose::Open => "open_link",
            Purpose::Click => "click_link",
            Purpose::View => "view_link",
        }
    }
}

/// The token of a claim.
pub(crate) fn seal(hasher: &Hasher, purpose: Purpose, claim: &[u8]) -> String {
    let signature = hasher.signature(purpose.label(), claim).0;
    URL_SAFE_NO_PAD.encode([claim, &signature[..SIGNATURE_BYTES]].concat())
}

/// The claim of a token that this server made for this purpose.
pub(crate) fn open(hasher: &Hasher, purpose: Purpose, token: &str) -> Option<Vec<u8>> {
    let mut claim = URL_SAFE_NO_PAD.decode(token).ok()?;
    let signature = claim.split_off(claim.len().checked_sub(SIGNATURE_BYTES)?);
    let expected = hasher.signature(purpose.label(), &claim).0;
    let is_ours = bool::from(signature.ct_eq(&expected[..SIGNATURE_BYTES]));
    is_ours.then_some(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_for_its_purpose_on_the_server_that_made_it() {
        let hasher = Hasher::new([7; 32]);
        for claim in [b"".as_slice(), b"a", &[0xff; 500]] {
            let token = seal(&hasher, Purpose::Open, claim);
            assert_eq!(open(&hasher, Purpose::Open, &token).as_deref(), Some(claim));
            assert_eq!(open(&hasher, Purpose::View, &token), None);
            assert_eq!(open(&Hasher::new([8; 32]), Purpose::Open, &token), None);
        }
    }

    #[test]
    fn no_changed_token_opens() {
        let hasher = Hasher::new([7; 32]);
        let token = seal(&hasher, Purpose::Click, b"a claim");
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&hasher, Purpose::Click, &changed), None, "{at}");
        }
        for token in ["", "AAAA", &token[1..], &format!("{token}A"), "no token"] {
            assert_eq!(open(&hasher, Purpose::Click, token), None);
        }
    }
}
