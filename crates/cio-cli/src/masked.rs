//! Values as they may be shown.

use cio_wire::env_vars;
use customerio::reqwest::Url;
use customerio::secrets::Reference;

/// What may be shown of a variable's value: all of a reference, of a secret its length.
pub(crate) fn shown(name: &str, value: &str) -> String {
    let value = value.trim();
    if value.is_empty() {
        return "empty".to_owned();
    }
    if let Some(places) = places(value) {
        return places;
    }
    if env_vars::SECRETS.contains(&name) || !env_vars::ALL.contains(&name) {
        return format!("set, {} characters", value.chars().count());
    }
    if name.ends_with("_URL") {
        return url(value);
    }
    value.to_owned()
}

/// The places that a value names, if it names nothing but places: beside a reference there may
/// be a key.
pub(crate) fn places(value: &str) -> Option<String> {
    let mut parts = value.split(" || ").map(str::trim);
    parts
        .all(|part| Reference::is_meant(part) && part.parse::<Reference>().is_ok())
        .then(|| value.to_owned())
}

/// A URL without the password it may hold.
pub(crate) fn url(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.has_authority() => {
            let host = url.host_str().unwrap_or_default();
            let port = url
                .port()
                .map_or_else(String::new, |port| format!(":{port}"));
            let path = url.path().trim_end_matches('/');
            format!("{}://{host}{port}{path}", url.scheme())
        }
        _ => format!("{} characters that are no URL", text.chars().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_shown() {
        for (name, value, expected) in [
            ("CUSTOMERIO_APP_API_KEY", "hunter2", "set, 7 characters"),
            ("CUSTOMERIO_APP_KEY", "hunter2", "set, 7 characters"),
            ("CUSTOMERIO_APP_API_KEY", "vault://a/b#c", "vault://a/b#c"),
            (
                "CUSTOMERIO_APP_API_KEY",
                "vault://a/b#c || hunter2",
                "set, 24 characters",
            ),
            ("CUSTOMERIO_REGION", "eu", "eu"),
            (
                "CUSTOMERIO_URL",
                "https://a:hunter2@h:1/x/",
                "https://h:1/x",
            ),
            ("CUSTOMERIO_URL", "hunter2", "7 characters that are no URL"),
            (
                "CUSTOMERIO_SMTP_URL",
                "smtp://u:hunter2@h",
                "set, 18 characters",
            ),
            ("CUSTOMERIO_SITE_ID", "  ", "empty"),
        ] {
            assert_eq!(shown(name, value), expected, "{name}");
        }
    }
}
