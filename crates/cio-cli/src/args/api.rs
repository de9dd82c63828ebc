//! What can be typed for a call of one's own.

use clap::Args;
use customerio::reqwest::Method;

use super::fields::text_pair;
use super::{DryRun, Fields};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio api GET /v1/segments\n  \
    customerio api GET /v1/activities --query type=event --query limit=100\n  \
    customerio api POST /v1/segments segment:='{\"name\":\"VIP\"}'\n  \
    customerio api POST /api/v2/batch --data @batch.json --include\n  \
    customerio api POST /v1/identify --pipelines userId=42\n\n\
    Paths below /v1 go to the App API, those below /api to the Track API. A call is made \
    once, and never repeated.")]
pub(crate) struct ApiArgs {
    /// GET, POST, PUT, PATCH or DELETE
    #[arg(value_parser = method)]
    pub(crate) method: Method,
    /// Path, and query if there is one, percent-encoded
    pub(crate) path: String,
    #[command(flatten)]
    pub(crate) body: Fields,
    /// A query parameter, which is percent-encoded here; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = text_pair)]
    pub(crate) query: Vec<(String, String)>,
    /// A header, such as Idempotency-Key; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = text_pair)]
    pub(crate) header: Vec<(String, String)>,
    /// Send it to the Pipelines API
    #[arg(long)]
    pub(crate) pipelines: bool,
    /// Print the status and the headers of the answer, too
    #[arg(long, short)]
    pub(crate) include: bool,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

fn method(text: &str) -> Result<Method, String> {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let wanted = text.to_uppercase();
    known
        .into_iter()
        .find(|method| method.as_str() == wanted)
        .ok_or_else(|| "it is GET, POST, PUT, PATCH or DELETE".to_owned())
}
