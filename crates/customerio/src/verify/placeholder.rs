//! Recognises values copied from an example and never filled in.

use super::{Code, Diagnosis};
use crate::Config;
use crate::env::{APP_API_KEY, SITE_ID, TRACK_API_KEY};

/// A diagnosis naming every variable that still has an example's value.
pub(super) fn diagnose(config: &Config) -> Option<Diagnosis> {
    let values = [
        (SITE_ID, config.site_id.as_str()),
        (TRACK_API_KEY, config.track_api_key.expose()),
        (APP_API_KEY, config.app_api_key.expose()),
    ];
    let names: Vec<&str> = values
        .into_iter()
        .filter(|(_, value)| is_placeholder(value))
        .map(|(name, _)| name)
        .collect();
    if names.is_empty() {
        return None;
    }
    Some(Diagnosis::new(
        Code::PlaceholderValue,
        format!("still an example's value: {}", names.join(", ")),
        "put in your own; they are under Settings > Workspace Settings > API & Webhook Credentials",
    ))
}

/// See [`looks_like_example`](super::looks_like_example).
pub(super) fn is_placeholder(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let all = |wanted: char| value.chars().all(|c| c == wanted);
    value.starts_with("your-")
        || value.starts_with("your_")
        || (value.starts_with('<') && value.ends_with('>'))
        || matches!(
            value.as_str(),
            "changeme" | "change-me" | "todo" | "placeholder"
        )
        || (!value.is_empty() && (all('x') || all('.') || all('*')))
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn tells_examples_from_real_values() {
        for example in [
            "your-site-id-here",
            "your-track-api-key-here",
            "your-app-api-key-here",
            "YOUR_KEY",
            "<app key>",
            "changeme",
            "xxxxxxxx",
            "...",
        ] {
            assert!(is_placeholder(example), "{example}");
        }
        for real in ["4c1b8a6f0e2d", "site", "x9", "you", ""] {
            assert!(!is_placeholder(real), "{real}");
        }
    }
}
