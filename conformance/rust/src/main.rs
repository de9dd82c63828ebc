//! Makes the calls it is told to, one line of JSON each, with the SDK of this workspace.
//!
//! It answers each with one line: `{}` for a call made, `{"lacks":…}` for one the SDK has
//! no method for, `{"error":…}` for one that failed. `conformance/wire/run` drives it.

mod content;
mod entity;
mod people;
mod pipelines;
mod sends;
mod track;
mod with;
mod workspace;

use std::io::{BufRead, Write};

use customerio::{ApiClient, Config, PipelinesClient, TrackClient};
use serde_json::{Value, json};

use with::{Failure, Made, With};

struct Clients {
    track: TrackClient,
    api: ApiClient,
    pipelines: PipelinesClient,
}

impl Clients {
    fn from_env() -> Result<Clients, customerio::Error> {
        let config = Config::from_env()?;
        Ok(Clients {
            track: config.track_client()?,
            api: config.api_client()?,
            pipelines: PipelinesClient::from_env()?,
        })
    }

    /// The files of this program know different calls; the first that knows it makes it.
    async fn make(&self, call: &str, with: &With<'_>) -> Made {
        let made = [
            track::make(&self.track, call, with).await,
            entity::make(&self.track, call, with).await,
            sends::make(&self.api, call, with).await,
            people::make(&self.api, call, with).await,
            content::make(&self.api, call, with).await,
            workspace::make(&self.api, call, with).await,
            pipelines::make(&self.pipelines, call, with).await,
        ];
        let knows_it = |made: &Made| !matches!(made, Err(Failure::Lacks));
        made.into_iter().find(knows_it).unwrap_or(Failure::lacks())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clients = Clients::from_env()?;
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let told: Value = serde_json::from_str(&line?)?;
        let call = told["call"].as_str().unwrap_or_default();
        let answer = match clients.make(call, &With(&told["with"])).await {
            Ok(()) => json!({}),
            Err(Failure::Lacks) => json!({ "lacks": "there is no such method" }),
            Err(Failure::Failed(why)) => json!({ "error": why }),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    writeln!(output, "{{}}")?;
    Ok(())
}
