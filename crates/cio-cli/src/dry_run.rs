//! Commands that only say what they would do.

use clap::Args;
use customerio::testing::Recorder;
use serde_json::{Value, json};

use crate::output::Output;

/// Whether to send, or to show what would be sent: method, URL and body, the credentials left
/// out.
#[derive(Debug, Args)]
pub(crate) struct DryRun {
    /// Check everything here and print the requests instead of sending them
    #[arg(long)]
    dry_run: bool,
    #[arg(skip)]
    recorder: Recorder,
}

impl DryRun {
    /// What takes the network's place.
    pub(crate) fn recorder(&self) -> Option<&Recorder> {
        self.dry_run.then_some(&self.recorder)
    }

    /// Says what was done, or the requests that it would have taken.
    pub(crate) fn say(&self, output: &Output, done: &Value, words: impl FnOnce() -> String) {
        match self.dry_run {
            true => self.show(output),
            false => output.answer(done, || output.note(&words())),
        }
    }

    /// Whether this is one: then the requests it would have taken are shown.
    pub(crate) fn shown(&self, output: &Output) -> bool {
        if self.dry_run {
            self.show(output);
        }
        self.dry_run
    }

    fn show(&self, output: &Output) {
        for call in self.recorder.calls() {
            let method = call.operation.http_method();
            let body = (!call.body.is_empty()).then(|| call.json());
            let mut request = json!({ "method": method, "url": call.url, "body": body });
            if let Some(key) = &call.idempotency_key {
                request["headers"] = json!({ "Idempotency-Key": key });
            }
            output.answer(&request, || {
                output.data(&format!("{method} {}", call.url));
                if let Some(key) = &call.idempotency_key {
                    output.data(&format!("Idempotency-Key: {key}"));
                }
                if let Some(body) = &body {
                    output.data(&format!("{body:#}"));
                }
            });
        }
    }
}
