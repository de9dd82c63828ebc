//! A credential that cannot be printed by accident.

use std::fmt;

/// A secret value: a Track API key, an App API key.
///
/// `Debug` says only that there is one, and there is no `Display`, so a key cannot
/// slip into a log through a format string. [`Secret::expose`] is the one way to the
/// value, and a search for it finds every use.
///
/// ```
/// let key = customerio::Secret::from("k-123");
/// assert_eq!(format!("{key:?}"), "Secret([redacted])");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself. Do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing but white space in it.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Secret(value.to_owned())
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Secret(value)
    }
}

impl From<&String> for Secret {
    fn from(value: &String) -> Self {
        Secret(value.clone())
    }
}

impl From<&Secret> for Secret {
    fn from(value: &Secret) -> Self {
        value.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_neither_the_value_nor_its_length() {
        assert_eq!(
            format!("{:?}", Secret::from("a")),
            format!("{:?}", Secret::from("abcdef"))
        );
    }
}
