//! The file of `serve --config`, and the commented one that says what can be in it.

mod carriers;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use crate::exit::Failure;
use crate::suggest::NEAR;
pub(crate) use carriers::{Apns, Fcm, Gateway, Push, Text, Twilio};

/// The reference: every setting with its default and its meaning. A test reads it.
pub(crate) const DEFAULT: &str = include_str!("customerio.toml");

/// What a file says. What it leaves out is the default.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct ConfigFile {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) data: Option<PathBuf>,
    pub(crate) memory: Option<bool>,
    pub(crate) tls: Option<bool>,
    pub(crate) region: Option<String>,
    pub(crate) metrics: Option<Metrics>,
    pub(crate) log: Log,
    pub(crate) app: App,
    pub(crate) fetch: Fetch,
    pub(crate) webhooks: Webhooks,
    pub(crate) mail: Mail,
    pub(crate) links: Links,
    pub(crate) push: Push,
    pub(crate) text: Text,
    pub(crate) credentials: Credentials,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Metrics {
    Loopback,
    Everyone,
    Nobody,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Log {
    pub(crate) level: Option<String>,
    pub(crate) format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One object per line
    Json,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct App {
    pub(crate) rate_limit: Option<bool>,
    pub(crate) ip_addresses: Option<Vec<IpAddr>>,
    pub(crate) escape_formulas: Option<bool>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Fetch {
    pub(crate) allow_private: Option<bool>,
    pub(crate) bytes_max: Option<u64>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Webhooks {
    pub(crate) allow_private: Option<bool>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Mail {
    pub(crate) smtp_url_file: Option<PathBuf>,
    pub(crate) connections: Option<usize>,
    pub(crate) rate: Option<f64>,
    pub(crate) servers: Vec<MailServer>,
    pub(crate) dkim: Vec<Dkim>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailServer {
    pub(crate) name: String,
    pub(crate) url_file: PathBuf,
    pub(crate) domains: Vec<String>,
    pub(crate) connections: Option<usize>,
    pub(crate) rate: Option<f64>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dkim {
    pub(crate) domain: String,
    pub(crate) selector: String,
    pub(crate) key_file: PathBuf,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Links {
    pub(crate) url: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Credentials {
    pub(crate) site_id: Option<String>,
    pub(crate) track_api_key_file: Option<PathBuf>,
    pub(crate) app_api_key_file: Option<PathBuf>,
    pub(crate) pipelines_write_key_file: Option<PathBuf>,
    pub(crate) admin_token_file: Option<PathBuf>,
}

impl ConfigFile {
    pub(crate) fn load(path: &Path) -> Result<ConfigFile, Failure> {
        let failed = |what: String| Failure::config(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| failed(format!("cannot be read: {error}")))?;
        ConfigFile::parse(&text).map_err(failed)
    }

    /// What is wrong is said without the text of the line, which may hold a secret that
    /// should not be there.
    fn parse(text: &str) -> Result<ConfigFile, String> {
        let at_line = |error: &toml::de::Error| {
            let line = error.span().map(|span| {
                let before = &text.as_bytes()[..span.start.min(text.len())];
                before.iter().filter(|byte| **byte == b'\n').count() + 1
            });
            let line = line.map_or(String::new(), |line| format!("line {line}: "));
            format!("{line}{}", error.message())
        };
        let table: Table = toml::from_str(text).map_err(|error| at_line(&error))?;
        let known = known();
        check_keys("", &table, &known)?;
        toml::from_str(text).map_err(|error| at_line(&error))
    }
}

/// Sections and their keys, as the commented file has them; the section without a name is
/// the top.
fn known() -> BTreeMap<String, Vec<String>> {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut section = String::new();
    for line in DEFAULT.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            known
                .entry(String::new())
                .or_default()
                .push(name.to_owned());
            section = name.to_owned();
        } else if let Some((key, _)) = line.trim_start_matches("# ").split_once(" = ") {
            known
                .entry(section.clone())
                .or_default()
                .push(key.to_owned());
        }
    }
    known
}

fn check_keys(
    section: &str,
    table: &Table,
    known: &BTreeMap<String, Vec<String>>,
) -> Result<(), String> {
    for (key, value) in table {
        let name = full(section, key);
        let below = format!("{name}.");
        let is_section = known
            .keys()
            .any(|known| *known == name || known.starts_with(&below));
        match value {
            Value::Table(keys) if is_section => check_keys(&name, keys, known)?,
            _ => check_key(section, key, known)?,
        }
    }
    Ok(())
}

/// `log.level`; of the top the key alone.
fn full(section: &str, key: &str) -> String {
    match section {
        "" => key.to_owned(),
        section => format!("{section}.{key}"),
    }
}

fn check_key(
    section: &str,
    key: &str,
    known: &BTreeMap<String, Vec<String>>,
) -> Result<(), String> {
    let of_section = known.get(section).map_or(&[][..], Vec::as_slice);
    if of_section.iter().any(|known| known == key) {
        return Ok(());
    }
    let unknown = full(section, key);
    let candidates = known
        .iter()
        .flat_map(|(section, keys)| keys.iter().map(move |key| (section.as_str(), key.as_str())));
    // A key in the wrong section is as near as a slip.
    let nearest = candidates
        .map(|(in_section, candidate)| {
            let own = candidate.rsplit('.').next().unwrap_or(candidate);
            let distance = strsim::damerau_levenshtein(own, key);
            let begins_alike = candidate.starts_with(key) && key.len() > NEAR;
            let distance = if begins_alike { NEAR } else { distance };
            (distance, in_section != section, full(in_section, candidate))
        })
        .min();
    let hint = match nearest {
        Some((distance, _, name)) if distance <= NEAR => format!("; did you mean \"{name}\"?"),
        _ => "; `customerio serve --print-config` shows all there are".to_owned(),
    };
    Err(format!("there is no setting \"{unknown}\"{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(ConfigFile::parse(""), Ok(ConfigFile::default()));
    }

    #[test]
    fn the_commented_file_can_be_read_with_every_line_of_it() {
        let all: String = DEFAULT
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(setting) if setting.contains(" = ") => format!("{setting}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let file = ConfigFile::parse(&all).unwrap();
        let ConfigFile {
            listen,
            data,
            memory,
            tls,
            region,
            metrics,
            log,
            app,
            fetch,
            webhooks,
            mail,
            links,
            push,
            text,
            credentials,
        } = file;
        assert!(listen.is_some() && data.is_some() && memory.is_some() && tls.is_some());
        assert!(region.is_some() && metrics.is_some());
        assert!(log.level.is_some() && log.format.is_some());
        assert!(app.rate_limit.is_some() && app.ip_addresses.is_some());
        assert!(app.escape_formulas.is_some());
        assert!(fetch.allow_private.is_some() && fetch.bytes_max.is_some());
        assert!(webhooks.allow_private.is_some());
        assert!(mail.smtp_url_file.is_some() && credentials.site_id.is_some());
        assert!(mail.connections.is_some() && mail.rate.is_some());
        assert!(mail.servers.len() == 1 && mail.dkim.len() == 1);
        assert!(links.url.is_some());
        assert!(credentials.track_api_key_file.is_some());
        assert!(credentials.app_api_key_file.is_some());
        assert!(credentials.pipelines_write_key_file.is_some());
        let Push { fcm, apns } = push;
        assert!(fcm.service_account_file.is_some() && fcm.base_url.is_some());
        assert!(apns.key_file.is_some() && apns.key_id.is_some() && apns.team_id.is_some());
        assert!(apns.topic.is_some() && apns.sandbox.is_some() && apns.base_url.is_some());
        let Text { twilio, http } = text;
        assert!(twilio.account_sid.is_some() && twilio.auth_token_file.is_some());
        assert!(twilio.messaging_service_sid.is_some() && twilio.callback_url.is_some());
        assert!(twilio.base_url.is_some());
        assert!(http.url.is_some() && http.bearer_token_file.is_some());
        assert!(http.header_files.is_some() && http.honours_idempotency_key.is_some());
        let keys: usize = known().values().map(Vec::len).sum();
        assert!(credentials.admin_token_file.is_some());
        assert_eq!(
            keys,
            17 + 2 + 3 + 2 + 1 + 5 + 1 + (2 + 6) + (5 + 4) + 5,
            "and it has no others"
        );
    }

    #[test]
    fn a_slip_is_named_with_what_was_meant() {
        for (text, meant) in [
            ("lissten = \"127.0.0.1:1\"", "\"listen\""),
            ("[log]\nfromat = \"json\"", "\"log.format\""),
            (
                "[mail]\nsmtp_url = \"smtp://u:hunter2@h\"",
                "\"mail.smtp_url_file\"",
            ),
            ("level = \"debug\"", "\"log.level\""),
            ("[push.fmc]\nbase_url = \"x\"", "\"push.fcm\""),
            (
                "[push.apns]\nkeyfile = \"/run/hunter2\"",
                "\"push.apns.key_file\"",
            ),
            (
                "[text.twilio]\nauth_token = \"hunter2\"",
                "\"text.twilio.auth_token_file\"",
            ),
            ("quite_something_else = 1", "--print-config"),
        ] {
            let problem = ConfigFile::parse(text).unwrap_err();
            assert!(problem.contains(meant), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_wrong_value_is_named_by_its_line_and_not_repeated() {
        for text in [
            "tls = false\nlisten = \"hunter2\"",
            "tls = false\nx = hunter2",
        ] {
            let problem = ConfigFile::parse(text).unwrap_err();
            assert!(problem.contains("line 2"), "{problem}");
        }
    }
}
