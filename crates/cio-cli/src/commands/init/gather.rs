//! Where the values come from: a person, stdin, the environment.

use std::io::Read as _;

use cio_wire::env_vars;

use super::PLACE;
use super::values::{self, NAMES, Values};
use crate::context::Context;
use crate::exit::Failure;
use crate::prompt::Prompt;
use crate::settings::Variables;

/// More than any set of variables has.
const STDIN_BYTES_MAX: u64 = 1 << 20;

/// What is asked for: the variable, in words, and whether it is hidden.
const QUESTIONS: [(&str, &str, bool); 5] = [
    (env_vars::SITE_ID, "Site id", false),
    (
        env_vars::TRACK_API_KEY,
        "Track API key, beside the site id (not shown)",
        true,
    ),
    (
        env_vars::APP_API_KEY,
        "App API key, on the tab App API Keys (not shown)",
        true,
    ),
    (
        env_vars::PIPELINES_WRITE_KEY,
        "Write key of the Pipelines API, if you use that (not shown; empty: none)",
        true,
    ),
    (
        env_vars::URL,
        "URL of a server of your own (empty: Customer.io)",
        false,
    ),
];

const REQUIRED: [&str; 3] = [
    env_vars::SITE_ID,
    env_vars::TRACK_API_KEY,
    env_vars::APP_API_KEY,
];

pub(super) fn by_asking(context: &Context) -> Result<Values, Failure> {
    let output = &context.output;
    output.note(&format!(
        "The credentials are in {PLACE}.\n\
         Each may be a reference to a secret store, such as vault://secret/customerio#app_api_key."
    ));
    let mut prompt = Prompt::new(output);
    let mut values = Values::default();
    for (name, question, hidden) in QUESTIONS {
        if let Some(given) = Variables::given(name) {
            output.note(&format!("{name} is taken from the environment."));
            values.set(name, &given)?;
            continue;
        }
        loop {
            let typed = match hidden {
                true => prompt.secret(question)?,
                false => prompt.line(question)?,
            };
            match values::cleaned(name, &typed) {
                Ok(value) if value.is_empty() && REQUIRED.contains(&name) => {
                    output.note("  It is needed. Ctrl-C stops, and nothing is written.");
                }
                Ok(value) => {
                    values.set(name, &value)?;
                    break;
                }
                Err(problem) => output.note(&format!("  That {problem}.")),
            }
        }
    }
    take_region(&mut values)?;
    Ok(values)
}

pub(super) fn from_stdin() -> Result<Values, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(STDIN_BYTES_MAX);
    { read }
        .read_to_string(&mut text)
        .map_err(|error| Failure::config(format!("cannot read stdin: {error}")))?;
    let mut values = Values::default();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or_else(|| {
            // The line may be a key: it is not repeated.
            Failure::config(format!("line {} of stdin is not NAME=value", index + 1))
        })?;
        values.set(name.trim(), value)?;
    }
    complete(values, "on stdin")
}

pub(super) fn from_environment() -> Result<Values, Failure> {
    let mut values = Values::default();
    for name in NAMES {
        if let Some(given) = Variables::given(name) {
            values.set(name, &given)?;
        }
    }
    complete(values, "in the environment")
}

/// A region that is given is kept; else it is found out.
fn take_region(values: &mut Values) -> Result<(), Failure> {
    match Variables::given(env_vars::REGION) {
        Some(region) => values.set(env_vars::REGION, &region),
        None => Ok(()),
    }
}

fn complete(values: Values, place: &str) -> Result<Values, Failure> {
    let missing: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|name| values.get(name).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(values);
    }
    Err(
        Failure::config(format!("missing {place}: {}", missing.join(", ")))
            .next(format!("the values are in {PLACE}")),
    )
}
