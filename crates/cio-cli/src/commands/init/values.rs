//! The values that are to be written, cleaned of what comes along when they are pasted.

use cio_wire::env_vars;
use customerio::secrets::Reference;

use crate::exit::Failure;

/// What a file of variables may be given here, in its order there.
pub(super) const NAMES: [&str; 9] = [
    env_vars::SITE_ID,
    env_vars::TRACK_API_KEY,
    env_vars::APP_API_KEY,
    env_vars::PIPELINES_WRITE_KEY,
    env_vars::REGION,
    env_vars::URL,
    env_vars::TRACK_URL,
    env_vars::APP_URL,
    env_vars::ADMIN_TOKEN,
];

/// Values by name. Not `Debug`.
#[derive(Default)]
pub(super) struct Values(Vec<(&'static str, String)>);

impl Values {
    /// Takes a value for a variable, unless it is empty.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        let known = NAMES.into_iter().find(|known| *known == name);
        let known = known.ok_or_else(|| {
            let meant = crate::suggest::nearest_variable(name, &NAMES);
            let hint = match meant {
                Some(meant) => format!("did you mean {meant}?"),
                None => format!("there are {}", NAMES.join(", ")),
            };
            Failure::config(format!("{name} is no variable that is kept here")).next(hint)
        })?;
        let value = cleaned(known, value)
            .map_err(|problem| Failure::config(format!("{known} {problem}")))?;
        if !value.is_empty() {
            self.0.retain(|(other, _)| *other != known);
            self.0.push((known, value));
        }
        Ok(())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Those that are secret, as they are.
    pub(super) fn secrets(&self) -> Vec<String> {
        let is_secret = |name: &str, value: &str| {
            env_vars::SECRETS.contains(&name)
                && name != env_vars::SITE_ID
                && !Reference::is_meant(value)
        };
        self.0
            .iter()
            .filter(|(name, value)| is_secret(name, value))
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// The lines of a file of variables.
    pub(super) fn lines(&self) -> String {
        let mut text = String::new();
        for name in NAMES {
            if let Some(value) = self.get(name) {
                text.push_str(&line(name, value));
            }
        }
        text
    }
}

/// A line of a file of variables. Quotes only where the value needs them: not every reader of
/// such files takes them away.
pub(super) fn line(name: &str, value: &str) -> String {
    let needs = |c: char| c.is_whitespace() || matches!(c, '"' | '$' | '\\' | '`');
    match value.contains(needs) {
        true => format!("{name}='{value}'\n"),
        false => format!("{name}={value}\n"),
    }
}

/// A value without what was pasted with it.
///
/// # Errors
///
/// What is wrong with it, without repeating it.
pub(super) fn cleaned(name: &str, value: &str) -> Result<String, &'static str> {
    let mut value = value.trim();
    value = value.strip_prefix("export ").unwrap_or(value).trim();
    if let Some(rest) = value.strip_prefix(name) {
        value = rest.trim_start().strip_prefix('=').unwrap_or(value).trim();
    }
    for quote in ['"', '\''] {
        let inner = value
            .strip_prefix(quote)
            .and_then(|it| it.strip_suffix(quote));
        value = inner.unwrap_or(value).trim();
    }
    value = value.strip_prefix("Bearer ").unwrap_or(value).trim();
    if value.is_empty() {
        return Ok(String::new());
    }
    if value.contains('\'') || value.contains(char::is_control) {
        return Err("has a quote or a control character inside: copy it once more");
    }
    if Reference::is_meant(value) {
        return match crate::masked::places(value) {
            Some(places) => Ok(places),
            None => Err(
                "begins like a reference to a secret store, but is none: docs/secrets.md has all forms",
            ),
        };
    }
    if customerio::verify::looks_like_example(value) {
        return Err("is still an example's value: put in your own");
    }
    if value.contains(char::is_whitespace) {
        return Err("has a space inside: was more than the value copied?");
    }
    if !value.is_ascii() {
        return Err(
            "has characters that no credential has, such as curly quotes: copy it once more",
        );
    }
    let is_url = name.ends_with("_URL");
    if is_url && !value.starts_with("http://") && !value.starts_with("https://") {
        return Err("is no URL: it begins with https://");
    }
    if !is_url && value.contains("://") {
        return Err("is a URL, and not a credential");
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = env_vars::APP_API_KEY;

    #[test]
    fn what_was_pasted_along_is_taken_away() {
        for pasted in [
            "abc123",
            "  abc123\r\n",
            "\"abc123\"",
            "'abc123'",
            "CUSTOMERIO_APP_API_KEY=abc123",
            "export CUSTOMERIO_APP_API_KEY=\"abc123\"",
            "Bearer abc123",
        ] {
            assert_eq!(cleaned(KEY, pasted).as_deref(), Ok("abc123"), "{pasted}");
        }
        let reference = "file:///a b || exec://pass show x";
        assert_eq!(cleaned(KEY, reference).as_deref(), Ok(reference));
    }

    #[test]
    fn obvious_mistakes_are_named_and_never_repeated() {
        for (name, value, part) in [
            (KEY, "your-app-api-key-here", "example"),
            (KEY, "hunter2 hunter3", "space"),
            (KEY, "“hunter2”", "curly"),
            (KEY, "it's-hunter2", "quote"),
            (KEY, "https://hunter2.example", "URL"),
            (KEY, "vault://a/b || hunter2", "reference"),
            (env_vars::URL, "hunter2", "URL"),
        ] {
            let problem = cleaned(name, value).unwrap_err();
            assert!(problem.contains(part), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("variables");
        for value in [
            "abc#123",
            "file:///a b || exec://pass show x",
            "a$HOME",
            "a=b==",
        ] {
            std::fs::write(&path, line(KEY, value)).unwrap();
            assert_eq!(crate::settings::read(&path).unwrap()[KEY], value);
        }
    }
}
