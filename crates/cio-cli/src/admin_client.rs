//! Talking to `/admin/v1` of a server: bounded in time and size, with the token in a
//! header and nowhere else.

use std::io::BufRead;
use std::time::Duration;

use cio_wire::env_vars;
use cio_wire::error_body::ErrorBody;
use customerio::reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use customerio::reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::Value;

use crate::args::ServerArgs;
use crate::exit::Failure;
use crate::http;
use crate::output::Output;
use crate::settings::Variables;

/// Longest wait for an answer, which is one fsync away.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait for a copy of all data: it takes what the disks take.
const BACKUP_TIMEOUT: Duration = Duration::from_secs(6 * 3_600);
/// Longest wait for a whole workspace to be read or changed.
const DEFINITIONS_TIMEOUT: Duration = Duration::from_secs(120);
/// Largest answer: all that is written down of a workspace, or the rows of a collection.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A server and the token of those who run it. Not `Debug`.
pub(crate) struct AdminClient {
    http: Client,
    root: String,
    authorization: HeaderValue,
}

impl AdminClient {
    /// From the arguments, the environment and `.env`.
    pub(crate) fn new(
        args: &ServerArgs,
        variables: &Variables,
        output: &Output,
    ) -> Result<AdminClient, Failure> {
        let (setting, url) = match &args.url {
            Some(url) => ("--url", url.clone()),
            None => (
                env_vars::URL,
                variables.filled(env_vars::URL).ok_or_else(|| {
                    Failure::config(format!(
                        "which server? Set {} or give --url, such as http://127.0.0.1:8080",
                        env_vars::URL
                    ))
                })?,
            ),
        };
        let url = checked(&url).map_err(|why| Failure::config(format!("{setting} {why}")))?;
        if url.scheme() == "http" && !http::is_loopback(&url) {
            output.note("note: the token and the keys travel unencrypted; use https");
        }
        Ok(AdminClient {
            http: http::client(&url)?,
            root: url.as_str().trim_end_matches('/').to_owned(),
            authorization: authorization(&token(args, variables)?)?,
        })
    }

    /// The server's URL.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.call(Method::GET, path, None, TIMEOUT).await
    }

    /// An answer as its text, in which numbers are as they were written.
    pub(crate) async fn get_text(&self, path: &str) -> Result<String, Failure> {
        let answer = self.answer(Method::GET, path, None, DEFINITIONS_TIMEOUT);
        String::from_utf8(answer.await?).map_err(|_| self.stranger())
    }

    /// Sends JSON that is a text already.
    pub(crate) async fn post_text(&self, path: &str, body: String) -> Result<Value, Failure> {
        let answer = self.answer(Method::POST, path, Some(body), DEFINITIONS_TIMEOUT);
        serde_json::from_slice(&answer.await?).map_err(|_| self.stranger())
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.call(Method::POST, path, Some(body), TIMEOUT).await
    }

    /// Has the server copy its data, which takes as long as it takes.
    pub(crate) async fn backup(&self, body: &Value) -> Result<Value, Failure> {
        self.call(Method::POST, "/backup", Some(body), BACKUP_TIMEOUT)
            .await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        timeout: Duration,
    ) -> Result<Value, Failure> {
        let body = body.map(Value::to_string);
        let answer = self.answer(method, path, body, timeout).await?;
        serde_json::from_slice(&answer).map_err(|_| self.stranger())
    }

    async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        timeout: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let url = format!("{}/admin/v1{path}", self.root);
        let mut request = self
            .http
            .request(method, &url)
            .timeout(timeout)
            .header(AUTHORIZATION, self.authorization.clone());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = request.send().await;
        let response = response.map_err(|error| self.lost(error, timeout))?;
        let status = response.status();
        let answer = self.body(response, timeout).await?;
        if status.is_success() {
            return Ok(answer);
        }
        Err(self.refused(status, &answer))
    }

    async fn body(&self, mut response: Response, timeout: Duration) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        let lost = |error| self.lost(error, timeout);
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(self.stranger());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// No answer.
    fn lost(&self, error: customerio::reqwest::Error, timeout: Duration) -> Failure {
        let root = &self.root;
        if error.is_timeout() {
            let seconds = timeout.as_secs();
            return Failure::unexpected(format!("{root} did not answer within {seconds} s"));
        }
        http::lost(root, &error)
    }

    fn stranger(&self) -> Failure {
        let root = &self.root;
        Failure::unexpected(format!(
            "{root} answers, but not as this server does: is it the right URL?"
        ))
    }

    fn refused(&self, status: StatusCode, answer: &[u8]) -> Failure {
        let said = ErrorBody::parse(answer).map(|body| body.message());
        match (status.as_u16(), said) {
            (401, _) => Failure::config(format!(
                "{} does not take this admin token: check {}. A lost one is replaced by \
                 starting the server with another",
                self.root,
                env_vars::ADMIN_TOKEN
            )),
            (404, Some(said)) => Failure::missing(said),
            (400..=499, Some(said)) => Failure::refused(said),
            (500..=599, said) => {
                let said = said.unwrap_or_default();
                Failure::unexpected(format!("the server failed with {status}: {said}"))
            }
            (_, _) => self.stranger(),
        }
    }
}

/// The token: never an argument, for others can read those.
fn token(args: &ServerArgs, variables: &Variables) -> Result<String, Failure> {
    let name = env_vars::ADMIN_TOKEN;
    if !args.token_stdin {
        return variables.filled(name).ok_or_else(|| {
            Failure::config(format!(
                "{name} is not set: the server printed it at its first start. --token-stdin \
                 reads it from stdin"
            ))
        });
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::config(format!("cannot read the token from stdin: {error}")))?;
    match line.trim() {
        "" => Err(Failure::config("there is no token on stdin")),
        token => Ok(token.to_owned()),
    }
}

fn authorization(token: &str) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut value =
        value.map_err(|_| Failure::config("the admin token has characters that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// # Errors
/// What is wrong with it, without repeating it: it may hold a password.
fn checked(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim())
        .map_err(|error| format!("is not a URL ({error}); write it like http://127.0.0.1:8080"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("must start with http:// or https:// and name a host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password".to_owned());
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("must be the root of the server, without a path".to_owned());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_the_root_of_a_server() {
        for url in [
            "http://127.0.0.1:8080",
            "https://cio.example/",
            "http://[::1]:9",
        ] {
            assert!(checked(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "127.0.0.1:8080",
            "file:///etc/passwd",
            "http://me:hunter2@127.0.0.1",
            "http://127.0.0.1/api/v1",
            "http://127.0.0.1/?a=1",
        ] {
            let why = checked(url).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }

    #[test]
    fn the_token_is_hidden_in_what_is_shown_of_a_request() {
        let value = authorization("hunter2").unwrap();
        assert!(!format!("{value:?}").contains("hunter2"));
        assert!(authorization("a\nb").is_err());
    }
}
