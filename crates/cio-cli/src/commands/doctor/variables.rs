//! What is set, where it is from, and what is wrong with it before anybody is asked.

use cio_wire::env_vars;
use customerio::verify::{Code, Report, looks_like_example};
use customerio::{Config, ConfigError};

use super::finding::{Findings, Problem, Shown};
use crate::exit::Failure;
use crate::masked;
use crate::settings::{Origin, Variables};
use crate::suggest::nearest_variable;

const PLACE: &str = "Settings > Workspace Settings > API & Webhook Credentials";

/// What has to be there to call the service.
const REQUIRED: [&str; 3] = [
    env_vars::SITE_ID,
    env_vars::TRACK_API_KEY,
    env_vars::APP_API_KEY,
];

/// What is shown whether it is set or not.
const ALWAYS_SHOWN: [&str; 5] = [
    env_vars::SITE_ID,
    env_vars::TRACK_API_KEY,
    env_vars::APP_API_KEY,
    env_vars::REGION,
    env_vars::URL,
];

/// How variables begin that are meant for this program and are not read by it.
const OTHER_PREFIXES: [&str; 2] = ["CUSTOMER_IO_", "CIO_"];

/// The settings as a whole cannot be read: a profile that is not there, a broken file.
pub(super) fn unreadable(failure: &Failure) -> Problem {
    let code = match failure.to_string().contains("no profile") {
        true => "unknown_profile",
        false => "unreadable_settings",
    };
    let fix = failure.hint().unwrap_or("correct that line");
    Problem::new(code, failure.to_string(), fix)
}

/// Each variable with what may be shown of it, and where it is from.
pub(super) fn table(variables: &Variables) -> Vec<Shown> {
    let is_shown = |name: &&str| ALWAYS_SHOWN.contains(name) || variables.find(name).is_some();
    let known = env_vars::ALL.into_iter().filter(is_shown);
    known.map(|name| shown(name, variables)).collect()
}

fn shown(name: &str, variables: &Variables) -> Shown {
    let found = variables.find(name);
    let kept = || {
        let kept = variables.credential(name).ok()??;
        let is_secret = env_vars::SECRETS.contains(&name);
        is_secret.then(|| (format!("{kept:?}"), "a file of the system".to_owned()))
    };
    let (value, from) = match found {
        Some((value, origin)) => (masked::shown(name, &value), origin.to_string()),
        None => match kept() {
            Some((_, from)) => ("set".to_owned(), from),
            None => {
                return Shown {
                    name: name.to_owned(),
                    value: None,
                    from: None,
                };
            }
        },
    };
    Shown {
        name: name.to_owned(),
        value: Some(value),
        from: Some(from),
    }
}

/// The settings, if they can be used.
pub(super) fn examine(variables: &Variables, findings: &mut Findings) -> Option<Config> {
    let config = Config::from_vars(|name| variables.get(name));
    let missing: Vec<&str> = match &config {
        Err(error) => error.missing.iter().map(String::as_str).collect(),
        Ok(_) => Vec::new(),
    };
    quoting(variables, findings);
    unread(variables, &missing, findings);
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            unusable(&error, findings);
            return None;
        }
    };
    let examples: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|name| {
            variables
                .get(name)
                .is_some_and(|it| looks_like_example(&it))
        })
        .collect();
    if !examples.is_empty() {
        findings.fail(
            "settings",
            Problem::new(
                Code::PlaceholderValue.as_str(),
                format!("still an example's value: {}", examples.join(", ")),
                format!("put in your own; they are in {PLACE}"),
            ),
        );
        return None;
    }
    let from = match variables.profile() {
        Some(name) => format!("from profile {name}"),
        None => "from the environment and .env".to_owned(),
    };
    findings.pass("settings", from);
    overrides(variables, findings);
    Some(config)
}

/// Quotes and spaces that came along with a value.
fn quoting(variables: &Variables, findings: &mut Findings) {
    for name in env_vars::ALL {
        // The JSON and the text of a file have both.
        if [env_vars::FCM_SERVICE_ACCOUNT, env_vars::APNS_KEY].contains(&name) {
            continue;
        }
        let Some((value, origin)) = variables.find(name) else {
            continue;
        };
        let inner = value.trim();
        if masked::places(inner).is_some() || looks_like_example(inner) {
            continue;
        }
        let quotes = ['"', '\'', '“', '”', '‘', '’', '`'];
        let problem = if inner.contains(quotes) {
            (
                "quoted_value",
                "quotes",
                "take the quotes away: not everything that reads such files does (docker --env-file keeps them)",
            )
        } else if inner.contains(char::is_whitespace) && name != env_vars::LOG {
            (
                "space_in_value",
                "a space",
                "copy the value once more, alone; a comment belongs on a line of its own",
            )
        } else {
            continue;
        };
        let (code, what, fix) = problem;
        let message = format!("the value of {name} has {what} in it ({origin})");
        findings.fail("settings", Problem::new(code, message, fix));
    }
}

/// Variables that look like ours and that nothing reads.
fn unread(variables: &Variables, missing: &[&str], findings: &mut Findings) {
    for name in variables.names() {
        let other = OTHER_PREFIXES
            .into_iter()
            .find_map(|prefix| name.strip_prefix(prefix));
        let as_ours = match other {
            Some(rest) => format!("{}{rest}", env_vars::PREFIX),
            None => name.clone(),
        };
        if !as_ours.starts_with(env_vars::PREFIX) || is_read(&name) {
            continue;
        }
        let meant = nearest_variable(&as_ours, missing)
            .or_else(|| nearest_variable(&as_ours, &env_vars::ALL));
        let Some(meant) = meant else {
            if other.is_none() {
                let message = format!("{name} is set, and nothing reads it");
                let problem = Problem::new("unread_variable", message, "unset it");
                findings.warn("settings", problem);
            }
            continue;
        };
        // With another prefix it may be of another program.
        if other.is_some() && !missing.contains(&meant) {
            continue;
        }
        let problem = Problem::new(
            "misspelt_variable",
            format!("{name} is set, and nothing reads it: it is called {meant}"),
            format!("rename it to {meant}"),
        );
        match missing.contains(&meant) {
            true => findings.fail("settings", problem),
            false => findings.warn("settings", problem),
        }
    }
}

fn is_read(name: &str) -> bool {
    let of_file = name.strip_suffix("_FILE");
    env_vars::ALL.contains(&name) || of_file.is_some_and(|it| env_vars::SECRETS.contains(&it))
}

fn unusable(error: &ConfigError, findings: &mut Findings) {
    if error.missing.len() == REQUIRED.len() {
        let problem = Problem::new(
            Code::MissingVariables.as_str(),
            "no credentials are set: not in the environment, not in .env here, and there is no profile \"default\"",
            "`customerio init` asks for them, tries them and writes .env",
        );
        findings.fail("settings", problem);
    } else {
        let report = Report::from(error);
        for problem in report.problems() {
            let problem = Problem::new(
                problem.code.as_str(),
                problem.message.clone(),
                problem.fix.clone(),
            );
            findings.fail("settings", problem);
        }
    }
}

/// Variables whose value in the file is not the one that counts.
fn overrides(variables: &Variables, findings: &mut Findings) {
    let hidden: Vec<&str> = env_vars::ALL
        .into_iter()
        .filter(|name| is_hidden(name, variables))
        .collect();
    if !hidden.is_empty() {
        let message = format!(
            "the environment and .env disagree about {}: the environment wins",
            hidden.join(", ")
        );
        let fix = "unset it in the environment, or make both the same";
        findings.warn(
            "settings",
            Problem::new("environment_overrides_file", message, fix),
        );
    }
}

/// Whether the environment's value counts, and the file has another.
pub(super) fn is_hidden(name: &str, variables: &Variables) -> bool {
    match (variables.find(name), variables.in_file(name)) {
        (Some((value, Origin::Environment)), Some(in_file)) => value.trim() != in_file.trim(),
        _ => false,
    }
}
