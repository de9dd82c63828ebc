//! How to go on: three lines for each language, which work as pasted.

use crate::output::{Output, Tone};

/// Prints the ways on. Keys are read from the environment, never printed.
pub(super) fn print(url: &str, dotenv_is_ours: bool, output: &Output) {
    let heading = |text: &str| output.data(&format!("\n{}", output.out(Tone::Strong, text)));
    heading("How to go on");
    output.data(&format!(
        "Track API  {url}/api/v1\nApp API    {url}/v1\nHealth     {url}/health"
    ));
    if dotenv_is_ours {
        output.data("Verify     customerio verify");
        output.data("Load .env into a shell:  set -a; . ./.env; set +a");
    } else {
        output.data(
            "Run quickstart in a directory without .env to get credentials for the lines below.",
        );
    }
    heading("Rust");
    output.data(RUST);
    heading("Node  (npm install customerio-node; save as hello.mjs)");
    output.data(NODE);
    heading("Python  (pip install customerio)");
    output.data(PYTHON);
}

const RUST: &str = r#"let cio = customerio::TrackClient::from_env()?;
cio.identify("42", serde_json::json!({ "email": "ana@example.com" })).await?;
cio.track("42", "signed_up").await?;"#;

const NODE: &str = r#"import { TrackClient } from "customerio-node";
const cio = new TrackClient(process.env.CUSTOMERIO_SITE_ID, process.env.CUSTOMERIO_TRACK_API_KEY, { url: process.env.CUSTOMERIO_URL + "/api/v1" });
await cio.identify("42", { email: "ana@example.com" });"#;

/// The official client speaks only https by itself, so its base URL is set after it is
/// made; with `serve --tls` its `host` and `port` are enough.
const PYTHON: &str = r#"import os; from customerio import CustomerIO; env = os.environ
cio = CustomerIO(env["CUSTOMERIO_SITE_ID"], env["CUSTOMERIO_TRACK_API_KEY"]); cio.base_url = env["CUSTOMERIO_URL"] + "/api/v1"
cio.identify(id="42", email="ana@example.com")"#;
