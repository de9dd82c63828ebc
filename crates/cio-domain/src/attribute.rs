//! Attribute values, as they are stored and shown.

/// Names that steer an identify and are never stored as attributes.
pub const CONTROL_NAMES: [&str; 3] = ["_timestamp", "_update", "cio_relationships"];

/// An attribute's value: JSON text, or nothing to remove the attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Set to this JSON text.
    Set(String),
    /// Remove: the caller sent `null` or an empty string.
    Remove,
}

impl Change {
    /// Reads a JSON value as a change: `null` and `""` remove.
    pub fn from_json(json: &str) -> Change {
        match json.trim() {
            "null" | "\"\"" => Change::Remove,
            text => Change::Set(text.to_owned()),
        }
    }
}

/// A stored JSON value as the App API shows it, where every attribute is a string: a
/// string is itself, anything else its JSON text.
pub fn display(json: &str) -> String {
    if json.starts_with('"') {
        serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
    } else {
        json.to_owned()
    }
}

/// Length of a value for the 1 000-byte limit: a string's own bytes, or the JSON text.
pub fn value_bytes(json: &str) -> usize {
    if json.starts_with('"') && !json.contains('\\') {
        json.len() - 2
    } else {
        display(json).len()
    }
}

/// Whether a value of `unsubscribed` means unsubscribed: `true` in any letter case,
/// `1` or `"1"`. Anything else is subscribed.
pub fn means_unsubscribed(json: &str) -> bool {
    let text = display(json);
    text.eq_ignore_ascii_case("true") || text == "1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_and_empty_string_remove() {
        assert_eq!(Change::from_json("null"), Change::Remove);
        assert_eq!(Change::from_json("\"\""), Change::Remove);
        assert_eq!(Change::from_json("0"), Change::Set("0".into()));
        assert_eq!(Change::from_json("\" \""), Change::Set("\" \"".into()));
    }

    #[test]
    fn every_value_is_shown_as_a_string() {
        assert_eq!(display("\"gr\\u00fcn\""), "grün");
        assert_eq!(display("12.5"), "12.5");
        assert_eq!(display("{\"a\":1}"), "{\"a\":1}");
    }

    #[test]
    fn length_counts_the_text_not_its_quotes_or_escapes() {
        assert_eq!(value_bytes("\"abc\""), 3);
        assert_eq!(value_bytes("\"\\u00fc\""), 2);
        assert_eq!(value_bytes("1234"), 4);
    }

    #[test]
    fn unsubscribed_is_true_in_any_case_or_one() {
        for json in ["true", "\"TRUE\"", "1", "\"1\""] {
            assert!(means_unsubscribed(json), "{json}");
        }
        for json in ["false", "\"yes\"", "0", "2", "null", "[]"] {
            assert!(!means_unsubscribed(json), "{json}");
        }
    }
}
