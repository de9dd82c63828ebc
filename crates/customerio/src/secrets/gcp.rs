//! Google Cloud Secret Manager, by its REST API.

mod login;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use self::login::Login;
use super::field::Field;
use super::http::{Answer, Http, url_of};
use super::{Fetching, Found, Putting, Reference, SecretError, SecretErrorKind, SecretSource};
use crate::Secret;
use cio_wire::percent_encode_segment;

const ENDPOINT: &str = "https://secretmanager.googleapis.com";
/// As the command `gcloud` reads it: `api_endpoint_overrides/secretmanager`.
const ENDPOINT_VARIABLE: &str = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER";

/// A secret, or a field of one that is a JSON object.
pub(super) struct Gcp {
    http: Http,
    endpoint: Url,
    login: Login,
    project: String,
    secret: String,
    version: String,
    field: Field,
    place: String,
}

impl Gcp {
    pub(super) fn of(
        reference: &Reference,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Gcp, SecretError> {
        let place = reference.to_string();
        let parts: Vec<&str> = reference.path().trim_matches('/').split('/').collect();
        let (project, secret, version) = match parts.as_slice() {
            ["projects", project, "secrets", secret, "versions", version]
            | [project, secret, version] => (*project, *secret, *version),
            ["projects", project, "secrets", secret] | [project, secret] => {
                (*project, *secret, "latest")
            }
            _ => {
                let problem = "write gcp-secretmanager://PROJECT/SECRET, with /VERSION if it is not the latest";
                return Err(SecretError::new(place, SecretErrorKind::Setting, problem));
            }
        };
        let endpoint = variable(ENDPOINT_VARIABLE).unwrap_or_else(|| ENDPOINT.to_owned());
        let endpoint = url_of(&place, ENDPOINT_VARIABLE, &endpoint)?;
        Ok(Gcp {
            http: Http::new(&place, &endpoint, Vec::new())?,
            login: Login::of(&place, variable)?,
            endpoint,
            project: project.to_owned(),
            secret: secret.to_owned(),
            version: version.to_owned(),
            field: Field::of(reference),
            place,
        })
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, SecretError> {
        let mut url = self.endpoint.clone();
        let root = url.path().trim_end_matches('/').to_owned();
        let project = percent_encode_segment(&self.project);
        url.set_path(&format!("{root}/v1/projects/{project}/secrets{path}"));
        let token = self.login.token().await?;
        let answer = self.send(method.clone(), url.clone(), body, &token).await?;
        if answer.status.as_u16() != 401 {
            return Ok(answer);
        }
        match self.login.another_than(&token).await? {
            Some(token) => self.send(method, url, body, &token).await,
            None => Ok(answer),
        }
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        token: &Secret,
    ) -> Result<Answer, SecretError> {
        let bearer = HeaderValue::try_from(format!("Bearer {}", token.expose()));
        let mut bearer =
            bearer.map_err(|_| self.unreadable("Google's token cannot be a header"))?;
        bearer.set_sensitive(true);
        let mut request = self.http.request(method, url);
        request.headers_mut().insert(AUTHORIZATION, bearer);
        if let Some(body) = body {
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(CONTENT_TYPE, json);
            *request.body_mut() = Some(body.to_string().into());
        }
        self.http.send(request).await
    }

    /// The value as text. `None` if there is no such secret, or no version of it.
    async fn read(&self) -> Result<Option<String>, SecretError> {
        let (secret, version) = (self.secret_segment(), percent_encode_segment(&self.version));
        let path = format!("/{secret}/versions/{version}:access");
        let answer = self.ask(Method::GET, &path, None).await?;
        if is_not_found(&answer) {
            return Ok(None);
        }
        let body = self.accepted(answer)?;
        let payload = &body["payload"];
        let data = payload["data"].as_str();
        let data = data.ok_or_else(|| self.unreadable("the answer has no value"))?;
        let bytes = STANDARD.decode(data);
        let bytes = bytes.map_err(|_| self.unreadable("the value is not what Google writes"))?;
        if let Some(expected) = whole_number(&payload["dataCrc32c"])
            && expected != u64::from(crc32c(&bytes))
        {
            return Err(self.unreadable("the value was damaged on its way"));
        }
        let text = String::from_utf8(bytes);
        text.map(Some)
            .map_err(|_| self.unreadable("the value is no UTF-8 text"))
    }

    async fn fetch_value(&self) -> Result<Option<Found>, SecretError> {
        let Some(text) = self.read().await? else {
            return Ok(None);
        };
        let value = self.field.of_text(text.trim_end_matches('\n'));
        let value = value.map_err(|why| self.unreadable(why))?;
        Ok(value.map(Found::new))
    }

    /// Adds a version; older ones stay until somebody destroys them.
    async fn put_value(&self, value: &str) -> Result<(), SecretError> {
        if self.version != "latest" {
            let problem = "a version is never changed: leave it out of the reference";
            return Err(self.http.error(SecretErrorKind::ReadOnly, problem));
        }
        // Who replaces everything needs no right to read it, nor a version that can be read.
        let current = match self.field.is_whole() {
            true => None,
            false => self.read().await?,
        };
        let text = self.field.replaced(current.as_deref(), value);
        let text = text.map_err(|why| self.unreadable(why))?;
        let body = json!({ "payload": {
            "data": STANDARD.encode(&text),
            "dataCrc32c": crc32c(text.as_bytes()).to_string(),
        } });
        let path = format!("/{}:addVersion", self.secret_segment());
        let answer = self.ask(Method::POST, &path, Some(&body)).await?;
        if is_not_found(&answer) {
            let problem = "there is no such secret, and where it is to be replicated is yours to say: gcloud secrets create";
            return Err(self.http.error(SecretErrorKind::Nothing, problem));
        }
        self.accepted(answer).map(drop)
    }

    fn secret_segment(&self) -> String {
        percent_encode_segment(&self.secret)
    }

    /// The meaning of an answer that is no success.
    fn accepted(&self, answer: Answer) -> Result<Value, SecretError> {
        let status = answer.status.as_u16();
        let body = answer.json();
        if answer.status.is_success() && body.is_object() {
            return Ok(body);
        }
        let error = &body["error"];
        let said = error["message"].as_str().unwrap_or_default();
        let is_google = error["status"].is_string();
        let (kind, problem) = match (status, error["status"].as_str().unwrap_or_default()) {
            (401, _) => (
                SecretErrorKind::Denied,
                "Google does not take the token: check GOOGLE_APPLICATION_CREDENTIALS, and the clock of this machine".to_owned(),
            ),
            (403, _) if is_google => (
                SecretErrorKind::Denied,
                format!("Google denies it: {said} Give the account the role Secret Manager Secret Accessor on this secret"),
            ),
            (400, "FAILED_PRECONDITION") => (
                SecretErrorKind::Unreadable,
                "this version is disabled or destroyed: enable it, or name another".to_owned(),
            ),
            (429 | 500..=599, _) => (
                SecretErrorKind::Unreachable,
                format!("Google asks to try later ({status}): {said}"),
            ),
            (_, "") => (
                SecretErrorKind::Unreachable,
                format!("what answers is not Google ({status}): check the proxy and {ENDPOINT_VARIABLE}"),
            ),
            (_, name) => (SecretErrorKind::Unreadable, format!("Google refuses it, {name}: {said}")),
        };
        Err(self.http.error(kind, problem))
    }

    fn unreadable(&self, problem: impl Into<String>) -> SecretError {
        self.http.error(SecretErrorKind::Unreadable, problem)
    }
}

/// Google's own word for it, not the page of somebody else.
fn is_not_found(answer: &Answer) -> bool {
    answer.status.as_u16() == 404 && answer.json()["error"]["status"] == "NOT_FOUND"
}

/// Google writes 64-bit numbers as texts.
fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// CRC-32C (Castagnoli), bit by bit: values are short.
fn crc32c(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0x82f6_3b78;
    let mut sum = !0;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = sum & 1;
            sum = (sum >> 1) ^ (POLYNOMIAL * carry);
        }
    }
    !sum
}

impl SecretSource for Gcp {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.fetch_value())
    }

    fn put<'a>(&'a self, value: &'a Secret) -> Putting<'a> {
        Box::pin(self.put_value(value.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_one_of_the_standard() {
        // RFC 3720, appendix B.4.
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }
}
