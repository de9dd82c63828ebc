//! How a person is named, and how that name travels in a URL path.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The prefix that marks a `cio_id` where the kind of identifier is not said.
const CIO_ID_PREFIX: &str = "cio_";

/// Everything but RFC 3986's unreserved characters is escaped, so an identifier is
/// always exactly one path segment.
const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One way to name a person.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identifier {
    /// The id the caller chose. Case-sensitive.
    Id(String),
    /// The email address. Case-insensitive.
    Email(String),
    /// The immutable id the service assigned, without its `cio_` prefix.
    CioId(String),
}

impl Identifier {
    /// The identifier a bare value means in a Track v1 path: a `cio_` prefix makes it a
    /// `cio_id`, the shape of an email address an email, anything else an id.
    pub fn infer(value: &str) -> Identifier {
        match value.strip_prefix(CIO_ID_PREFIX) {
            Some(rest) if rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Identifier::CioId(rest.to_owned())
            }
            _ if is_email_shaped(value) => Identifier::Email(value.to_owned()),
            _ => Identifier::Id(value.to_owned()),
        }
    }

    /// `id`, `email` or `cio_id`: the key in a body and the value of `id_type`.
    pub const fn id_type(&self) -> &'static str {
        match self {
            Identifier::Id(_) => "id",
            Identifier::Email(_) => "email",
            Identifier::CioId(_) => "cio_id",
        }
    }

    /// The value alone, a `cio_id` without its prefix.
    pub fn value(&self) -> &str {
        match self {
            Identifier::Id(value) | Identifier::Email(value) | Identifier::CioId(value) => value,
        }
    }

    /// This identifier as one percent-encoded segment of a Track v1 path, where a
    /// `cio_id` carries its prefix.
    pub fn path_segment(&self) -> String {
        match self {
            Identifier::CioId(value) => {
                format!("{CIO_ID_PREFIX}{}", percent_encode_segment(value))
            }
            other => percent_encode_segment(other.value()),
        }
    }
}

/// Personal data does not belong in logs: `Debug` shows the kind and the length.
impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}([{} bytes])", self.id_type(), self.value().len())
    }
}

impl From<&str> for Identifier {
    /// An id. The service itself reads an address-shaped or `cio_`-prefixed id in a
    /// Track v1 path as an email or a `cio_id`; name the variant to be exact.
    fn from(value: &str) -> Self {
        Identifier::Id(value.to_owned())
    }
}

impl From<String> for Identifier {
    fn from(value: String) -> Self {
        Identifier::Id(value)
    }
}

impl From<&String> for Identifier {
    fn from(value: &String) -> Self {
        Identifier::Id(value.clone())
    }
}

impl From<&Identifier> for Identifier {
    fn from(value: &Identifier) -> Self {
        value.clone()
    }
}

macro_rules! id_from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Identifier {
            fn from(value: $integer) -> Self {
                Identifier::Id(value.to_string())
            }
        }
    )*};
}
id_from_integer!(u32, u64, i32, i64);

/// Whether a value has the shape of an email address: one `@` with something on both
/// sides and no white space. The service decides the same way, by shape and not by
/// whether the address exists.
pub fn is_email_shaped(value: &str) -> bool {
    match value.split_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && !value.contains(|c: char| c.is_whitespace() || c.is_control())
        }
        None => false,
    }
}

/// Percent-encodes a value as one path segment: space `%20`, `/` `%2F`, `+` `%2B`.
pub fn percent_encode_segment(value: &str) -> String {
    utf8_percent_encode(value, PATH_SEGMENT).to_string()
}

/// Decodes one raw path segment, once. `+` stays a plus. `None` if the bytes are not UTF-8.
pub fn percent_decode_segment(raw: &str) -> Option<String> {
    percent_decode_str(raw)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn infers_the_kind_from_the_shape() {
        assert_eq!(Identifier::infer("42"), Identifier::Id("42".into()));
        assert_eq!(
            Identifier::infer("ana@example.com"),
            Identifier::Email("ana@example.com".into())
        );
        assert_eq!(
            Identifier::infer("cio_a3000001"),
            Identifier::CioId("a3000001".into())
        );
        assert_eq!(
            Identifier::infer("cio_a-b"),
            Identifier::Id("cio_a-b".into())
        );
        assert_eq!(
            Identifier::infer("+4915112345"),
            Identifier::Id("+4915112345".into())
        );
        assert_eq!(Identifier::infer("a b@c"), Identifier::Id("a b@c".into()));
        assert_eq!(
            Identifier::infer("@handle"),
            Identifier::Id("@handle".into())
        );
    }

    #[test]
    fn debug_hides_the_value() {
        let shown = format!("{:?}", Identifier::Email("ana@example.com".into()));
        assert_eq!(shown, "email([15 bytes])");
    }

    #[test]
    fn a_plus_is_a_plus_on_both_sides() {
        assert_eq!(
            Identifier::Email("a+b@c.de".into()).path_segment(),
            "a%2Bb%40c.de"
        );
        assert_eq!(percent_decode_segment("a+b@c.de").unwrap(), "a+b@c.de");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        assert_eq!(percent_decode_segment("%ff%fe"), None);
    }

    proptest! {
        #[test]
        fn a_segment_survives_the_round_trip(value in "\\PC*") {
            let encoded = percent_encode_segment(&value);
            prop_assert!(!encoded.contains('/') && !encoded.contains('?'));
            prop_assert_eq!(percent_decode_segment(&encoded), Some(value));
        }
    }
}
