//! Signing a message for its domain, RFC 6376 and RFC 8463: relaxed in header and body,
//! with RSA or Ed25519.
//!
//! A signature covers the fields that say what a message is and who it is from, those for
//! leaving a list too (RFC 8058), and that there is no second `From`, `To` or `Subject`.

mod canonical;
mod key;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use canonical::{fields, hash_of_body, push_field};
pub use key::DkimKeyError;
use key::Key;

/// The fields that are signed where a message has them.
const SIGNED: [&str; 14] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "cc",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "cio-delivery-id",
    "feedback-id",
];
/// The fields of which there must be no more than were signed.
const NO_FURTHER: [&str; 3] = ["from", "to", "subject"];
/// Longest line of a signature.
const LINE_BYTES_MAX: usize = 76;

/// The key of a domain, and under which name its public half is published:
/// `SELECTOR._domainkey.DOMAIN`.
pub struct DkimKey {
    domain: String,
    selector: String,
    key: Key,
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimKey")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .field("algorithm", &self.key.algorithm())
            .finish_non_exhaustive()
    }
}

impl DkimKey {
    /// Reads a private key in PEM: RSA of 2 048 to 4 096 bits in PKCS#1 or PKCS#8, Ed25519
    /// in PKCS#8.
    ///
    /// # Errors
    /// [`DkimKeyError`] says what is wrong, never what was given.
    pub fn new(domain: &str, selector: &str, pem: &str) -> Result<DkimKey, DkimKeyError> {
        let (domain, selector) = (domain.to_ascii_lowercase(), selector.to_ascii_lowercase());
        let is_name = |name: &str| {
            let is_label = |label: &str| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            };
            name.len() <= 250 && name.split('.').all(is_label)
        };
        if !is_name(&domain) || !is_name(&selector) {
            return Err(DkimKeyError::Name);
        }
        Ok(DkimKey {
            domain,
            selector,
            key: Key::read(pem)?,
        })
    }

    /// The domain it signs for.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The name and the text of the TXT record that receivers look for.
    pub fn dns_record(&self) -> (String, String) {
        let (algorithm, public) = self.key.public();
        (
            format!("{}._domainkey.{}", self.selector, self.domain),
            format!("v=DKIM1; k={algorithm}; p={}", STANDARD.encode(public)),
        )
    }

    /// The field with its signature, its CRLF included.
    fn sign(&self, header: &[u8], hash_of_body: &str) -> Option<String> {
        let fields = fields(header);
        let mut names: Vec<&str> = Vec::new();
        let mut signed = Vec::with_capacity(header.len());
        for name in SIGNED {
            // Of several with one name the last is the first to be signed.
            let these = fields.iter().rev().filter(|field| field.is(name));
            for field in these {
                names.push(name);
                push_field(field, &mut signed);
                signed.extend_from_slice(b"\r\n");
            }
        }
        names.extend(NO_FURTHER);
        let algorithm = self.key.algorithm();
        let mut lines = Folded::new("DKIM-Signature:");
        lines.part(" v=1;");
        lines.part(&format!(" a={algorithm};"));
        lines.part(" c=relaxed/relaxed;");
        lines.part(&format!(" d={};", self.domain));
        lines.part(&format!(" s={};", self.selector));
        for (at, name) in names.iter().enumerate() {
            let before = if at == 0 { " h=" } else { "" };
            let after = if at + 1 == names.len() { ";" } else { ":" };
            lines.part(&format!("{before}{name}{after}"));
        }
        lines.part(&format!(" bh={hash_of_body};"));
        lines.part(" b=");
        let own = canonical::field(lines.text.as_bytes())?;
        push_field(&own, &mut signed);
        let signature = STANDARD.encode(self.key.sign(&signed)?);
        let mut rest = signature.as_str();
        while !rest.is_empty() {
            let room = LINE_BYTES_MAX.saturating_sub(lines.line).max(1);
            let (now, after) = rest.split_at(room.min(rest.len()));
            lines.text.push_str(now);
            rest = after;
            if !rest.is_empty() {
                lines.fold();
            }
        }
        lines.text.push_str("\r\n");
        Some(lines.text)
    }
}

/// Signs a message with every key: the fields to put before its header. A key that cannot
/// sign, which none that was read does, is left out.
pub fn signatures<'a>(message: &[u8], keys: impl IntoIterator<Item = &'a DkimKey>) -> String {
    let mut keys = keys.into_iter().peekable();
    if keys.peek().is_none() {
        return String::new();
    }
    let end = memchr::memmem::find(message, b"\r\n\r\n").map_or(message.len(), |end| end + 2);
    let body = message.get(end + 2..).unwrap_or_default();
    let hash = STANDARD.encode(hash_of_body(body));
    keys.filter_map(|key| key.sign(&message[..end], &hash))
        .collect()
}

/// A field in lines that are not too long.
struct Folded {
    text: String,
    /// How long the last line is.
    line: usize,
}

impl Folded {
    fn new(text: &str) -> Folded {
        Folded {
            text: text.to_owned(),
            line: text.len(),
        }
    }

    fn part(&mut self, part: &str) {
        if self.line + part.len() > LINE_BYTES_MAX {
            self.fold();
            let part = part.trim_start();
            self.text.push_str(part);
            self.line += part.len();
        } else {
            self.text.push_str(part);
            self.line += part.len();
        }
    }

    fn fold(&mut self) {
        self.text.push_str("\r\n\t");
        self.line = 1;
    }
}

#[cfg(test)]
mod tests;
