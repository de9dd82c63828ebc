//! How long keys have been in use: after 90 days it is time for new ones.

use std::time::Duration;

use cio_wire::env_vars;
use customerio::secrets::Reference;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::finding::{Findings, Problem};
use crate::admin_client::AdminClient;
use crate::args::ServerArgs;
use crate::commands::{items, text};
use crate::dotenv_file;
use crate::output::Output;
use crate::settings::{Origin, Variables};

/// Days after which a key should be replaced.
const STALE_DAYS: i32 = 90;

const KEYS: [&str; 3] = [
    env_vars::TRACK_API_KEY,
    env_vars::APP_API_KEY,
    env_vars::PIPELINES_WRITE_KEY,
];

/// Keys in a file: by its comments, or by when it was last changed.
pub(super) fn of_files(variables: &Variables, findings: &mut Findings) {
    let Some(path) = variables.file() else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let changed = std::fs::metadata(path).and_then(|it| it.modified()).ok();
    let changed = changed.and_then(|time| Timestamp::try_from(time).ok());
    let changed = changed.map(|time| time.to_zoned(TimeZone::UTC).date());
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let mut oldest: Option<(i32, &str)> = None;
    for name in KEYS {
        let is_here = variables.find(name).is_some_and(|(value, origin)| {
            origin != Origin::Environment && !Reference::is_meant(value.trim())
        });
        let since = dotenv_file::created(&text, name).or(changed);
        if let Some(since) = since.filter(|_| is_here) {
            oldest = oldest.max(Some((days(since, today), name)));
        }
    }
    match oldest {
        Some((days, name)) if days > STALE_DAYS => {
            let problem = Problem::new(
                "stale_key",
                format!("{name} has been in use for {days} days"),
                "replace it: `customerio keys rotate --help` tells how, without a failed call",
            );
            findings.warn("key age", problem);
        }
        Some((days, _)) => findings.pass("key age", format!("the oldest here: {days} days")),
        None => {}
    }
}

fn days(since: Date, today: Date) -> i32 {
    since.until(today).map_or(0, |span| span.get_days())
}

/// Keys of a server of one's own, which knows when it made them.
pub(super) async fn of_server(
    variables: &Variables,
    output: &Output,
    limit: Duration,
    findings: &mut Findings,
) {
    if variables.filled(env_vars::URL).is_none() || variables.get(env_vars::ADMIN_TOKEN).is_none() {
        return;
    }
    let asked = async {
        let args = ServerArgs {
            url: None,
            token_stdin: false,
        };
        let variables = variables.clone().revealed(&[env_vars::ADMIN_TOKEN]).await?;
        let client = AdminClient::new(&args, &variables, output)?;
        client.get("/workspaces/1/credentials").await
    };
    let answer = match tokio::time::timeout(limit, asked).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(failure)) => {
            let fix = failure.hint().unwrap_or("correct it, or unset it");
            let message = format!("{}: {failure}", env_vars::ADMIN_TOKEN);
            findings.warn("server keys", Problem::new("admin_token", message, fix));
            return;
        }
        Err(_) => return findings.skip("server keys", "the server did not answer in time"),
    };
    let keys = items(&answer, "credentials");
    let stale = keys
        .iter()
        .find(|key| key["stale"] == true && key["state"] == "active");
    match stale {
        Some(key) => {
            let id = text(&key["id"]);
            let problem = Problem::new(
                "stale_key",
                format!(
                    "key {id} of the server is {} days old",
                    text(&key["age_days"])
                ),
                format!("customerio keys rotate {id} --env"),
            );
            findings.warn("server keys", problem);
        }
        None => findings.pass("server keys", "none is older than 90 days"),
    }
}
