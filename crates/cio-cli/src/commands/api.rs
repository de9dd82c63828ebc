//! `customerio api`: a call of one's own to any of the APIs.

mod target;

use std::time::Duration;

use cio_wire::error_body::ErrorBody;
use customerio::reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use customerio::reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use self::target::Target;
use crate::args::api::ApiArgs;
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::http;

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Largest answer.
const ANSWER_BYTES_MAX: usize = 64 << 20;

pub(crate) async fn run(args: &ApiArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let target = Target::of(args, context)?;
    let headers = headers(args)?;
    let body = args.body.any()?;
    if body.is_some() && args.method == Method::GET {
        return Err(Failure::config("a GET has no body").next("use --query NAME=VALUE"));
    }
    if args.dry_run.recorder().is_some() {
        let (method, url) = (args.method.as_str(), target.url()?);
        let request = json!({ "method": method, "url": url.as_str(), "body": body });
        output.answer(&request, || {
            output.data(&format!("{method} {url}"));
            if let Some(body) = &body {
                output.data(&format!("{body:#}"));
            }
        });
        return Ok(exit::DONE);
    }
    let body = body.map(|body| body.to_string().into());
    let response = target.call(args, headers, body).await?;
    let origin = response.url().origin().ascii_serialization();
    let answer = match tokio::time::timeout(TIMEOUT, read(response)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(http::lost(&origin, &error)),
        Err(_) => {
            let seconds = TIMEOUT.as_secs();
            let text = format!("{origin} did not end its answer within {seconds} s");
            return Err(Failure::unexpected(text));
        }
    };
    show(&answer, args, context);
    judge(&answer, args)
}

fn headers(args: &ApiArgs) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in &args.header {
        let wrong = || Failure::config(format!("--header: {name} cannot be sent like this"));
        let name = HeaderName::try_from(name).map_err(|_| wrong())?;
        if name == AUTHORIZATION {
            return Err(Failure::config("the credentials are those of the settings")
                .next("use another profile with --profile NAME"));
        }
        headers.append(name, HeaderValue::try_from(value).map_err(|_| wrong())?);
    }
    let json = HeaderValue::from_static("application/json");
    if args.body.is_some() {
        headers.entry(CONTENT_TYPE).or_insert(json);
    }
    Ok(headers)
}

/// An answer as it came.
struct Answer {
    status: StatusCode,
    head: String,
    body: Vec<u8>,
    is_whole: bool,
}

async fn read(mut response: Response) -> Result<Answer, customerio::reqwest::Error> {
    let status = response.status();
    let mut head = format!("{:?} {status}\n", response.version());
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        head.push_str(&format!("{name}: {value}\n"));
    }
    let mut answer = Answer {
        status,
        head,
        body: Vec::new(),
        is_whole: true,
    };
    while let Some(chunk) = response.chunk().await? {
        if answer.body.len() + chunk.len() > ANSWER_BYTES_MAX {
            answer.is_whole = false;
            break;
        }
        answer.body.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// The body as it came; on a terminal JSON is spread over lines.
fn show(answer: &Answer, args: &ApiArgs, context: &Context) {
    let output = &context.output;
    if args.include {
        output.data(&answer.head);
    }
    if answer.body.is_empty() {
        return;
    }
    let value = serde_json::from_slice::<Value>(&answer.body);
    match (output.is_terminal() && !output.json(), value) {
        (true, Ok(value)) => output.data(&format!("{value:#}")),
        _ => {
            output.bytes(&answer.body);
            if !answer.body.ends_with(b"\n") {
                output.bytes(b"\n");
            }
        }
    }
}

fn judge(answer: &Answer, args: &ApiArgs) -> Result<u8, Failure> {
    if !answer.is_whole {
        let most = ANSWER_BYTES_MAX >> 20;
        return Err(
            Failure::unexpected(format!("the answer is longer than {most} MB"))
                .next("ask for less: lists take limit"),
        );
    }
    let status = answer.status;
    let said = ErrorBody::parse(&answer.body).map(|body| body.message());
    let said = said.filter(|said| !said.is_empty());
    let said = said.map_or_else(String::new, |said| format!(": {said}"));
    let path = args.path.split('?').next().unwrap_or_default();
    let text = format!("{} {path} answered {status}{said}", args.method);
    match status.as_u16() {
        200..=299 => Ok(exit::DONE),
        401 => Err(Failure::config(text).next("customerio verify says which key is wrong")),
        400..=499 => Err(Failure::refused(text)),
        _ => Err(Failure::unexpected(text)),
    }
}
