//! One call of an AWS service: JSON 1.1 over HTTPS, signed.

use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde_json::Value;

use super::credentials::{AwsCredentials, Credentials};
use super::sign::{Scope, add_signature};
use crate::clock;
use crate::secrets::http::{Http, url_of};
use crate::secrets::{SecretError, SecretErrorKind};

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// A service of AWS.
#[derive(Clone, Copy)]
pub(super) struct Service {
    /// As in host names and signatures.
    pub(super) name: &'static str,
    /// What its operations begin with.
    pub(super) target: &'static str,
    pub(super) endpoint_variable: &'static str,
}

/// A service in a region, and whoever asks it.
pub(super) struct Client {
    http: Http,
    service: Service,
    region: String,
    endpoint: Url,
    credentials: Credentials,
}

/// What a service answered.
pub(super) struct Answer {
    http: Http,
    status: u16,
    body: Value,
    date: Option<String>,
    /// Whether the request held a secret, which what AWS says may repeat.
    may_repeat_secret: bool,
}

impl Client {
    pub(super) fn of(
        place: &str,
        service: Service,
        region: Option<&str>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Client, SecretError> {
        let credentials = Credentials::of(place, variable)?;
        let region = region
            .map(str::to_owned)
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(|| credentials.region_of_profile())
            .ok_or_else(|| {
                let problem = "which region? Set AWS_REGION, or write ?region=… after the name";
                SecretError::new(place, SecretErrorKind::Setting, problem)
            })?;
        let of_all = || variable("AWS_ENDPOINT_URL").map(|url| ("AWS_ENDPOINT_URL", url));
        let own = variable(service.endpoint_variable).map(|url| (service.endpoint_variable, url));
        let endpoint = match own.or_else(of_all) {
            Some((name, url)) => url_of(place, name, &url)?,
            None => {
                let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
                let url = format!("https://{}.{region}.amazonaws.com{suffix}/", service.name);
                url_of(place, "the region", &url)?
            }
        };
        Ok(Client {
            http: Http::new(place, &endpoint, Vec::new())?,
            service,
            region,
            endpoint,
            credentials,
        })
    }

    pub(super) fn error(&self, kind: SecretErrorKind, problem: impl Into<String>) -> SecretError {
        self.http.error(kind, problem)
    }

    pub(super) fn unreadable(&self, problem: impl Into<String>) -> SecretError {
        self.error(SecretErrorKind::Unreadable, problem)
    }

    /// Calls an operation, once more with new credentials if those in use are over.
    pub(super) async fn call(&self, operation: &str, body: &Value) -> Result<Answer, SecretError> {
        let credentials = self.credentials.current().await?;
        let answer = self.send(operation, body, &credentials).await?;
        if !answer.is_any_of(&[
            "ExpiredTokenException",
            "ExpiredToken",
            "UnrecognizedClientException",
        ]) {
            return Ok(answer);
        }
        match self.credentials.others_than(&credentials).await? {
            Some(credentials) => self.send(operation, body, &credentials).await,
            None => Ok(answer),
        }
    }

    async fn send(
        &self,
        operation: &str,
        body: &Value,
        credentials: &AwsCredentials,
    ) -> Result<Answer, SecretError> {
        let mut request = self.http.request(Method::POST, self.endpoint.clone());
        let target = format!("{}.{operation}", self.service.target);
        let target =
            HeaderValue::try_from(target).map_err(|error| self.unreadable(error.to_string()))?;
        let headers = request.headers_mut();
        headers.insert(TARGET, target);
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-amz-json-1.1"),
        );
        *request.body_mut() = Some(body.to_string().into());
        let scope = Scope {
            region: &self.region,
            service: self.service.name,
            time: clock::now(),
        };
        add_signature(&mut request, credentials, &scope).map_err(|why| {
            self.error(
                SecretErrorKind::Setting,
                format!("it cannot be signed: {why}"),
            )
        })?;
        let answer = self.http.send(request).await?;
        Ok(Answer {
            http: self.http.clone(),
            status: answer.status.as_u16(),
            date: answer.header(&DATE),
            body: answer.json(),
            may_repeat_secret: operation.starts_with("Put") || operation.starts_with("Create"),
        })
    }
}

impl Answer {
    /// The name of a failure: `ParameterNotFound`.
    fn name(&self) -> &str {
        let name = self.body["__type"].as_str().unwrap_or_default();
        name.rsplit('#').next().unwrap_or_default()
    }

    fn is_any_of(&self, names: &[&str]) -> bool {
        !self.is_success() && names.contains(&self.name())
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of a success; `None` for failures that mean that there is nothing.
    pub(super) fn found(self, nothing: &[&str]) -> Result<Option<Value>, SecretError> {
        if self.is_any_of(nothing) {
            return Ok(None);
        }
        // The page of a proxy is no success either.
        match self.is_success() && self.body.is_object() {
            true => Ok(Some(self.body)),
            false => Err(self.failure()),
        }
    }

    pub(super) fn done(self) -> Result<(), SecretError> {
        self.found(&[]).map(drop)
    }

    fn failure(&self) -> SecretError {
        let said = self.body["message"]
            .as_str()
            .or(self.body["Message"].as_str());
        let said = said.unwrap_or_default();
        let name = self.name();
        let (kind, problem) = match name {
            "AccessDeniedException" | "AccessDenied" => (
                SecretErrorKind::Denied,
                format!(
                    "AWS denies it: {said}. Give the role the action on this resource, and kms:Decrypt if the key is one of your own"
                ),
            ),
            "ExpiredTokenException" | "ExpiredToken" => (
                SecretErrorKind::Denied,
                "the AWS session is over: sign in again, for example with aws sso login".to_owned(),
            ),
            "UnrecognizedClientException" | "InvalidClientTokenId" => (
                SecretErrorKind::Denied,
                "AWS does not know the access key: check AWS_ACCESS_KEY_ID, or the profile"
                    .to_owned(),
            ),
            "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "RequestExpired"
            | "RequestTimeTooSkewed" => (
                SecretErrorKind::Denied,
                format!(
                    "AWS refuses the signature: {}",
                    self.skew()
                        .unwrap_or_else(|| "check AWS_SECRET_ACCESS_KEY".to_owned())
                ),
            ),
            "InvalidRequestException" if said.contains("deletion") => (
                SecretErrorKind::Unreadable,
                "the secret is marked for deletion: restore it, or correct the reference"
                    .to_owned(),
            ),
            "ThrottlingException"
            | "TooManyUpdates"
            | "InternalServerError"
            | "InternalServiceError" => (
                SecretErrorKind::Unreachable,
                format!("AWS asks to try later: {said}"),
            ),
            "" => (
                SecretErrorKind::Unreachable,
                format!(
                    "what answers at AWS's endpoint is not AWS (status {}): check AWS_ENDPOINT_URL and the proxy",
                    self.status
                ),
            ),
            _ if self.may_repeat_secret => (
                SecretErrorKind::Unreadable,
                format!("AWS refuses it, {name}: check the name, and the length of the value"),
            ),
            _ => (
                SecretErrorKind::Unreadable,
                format!("AWS refuses it, {name}: {said}"),
            ),
        };
        self.http.error(kind, problem)
    }

    /// How far the clock of this machine is off, if that is why.
    fn skew(&self) -> Option<String> {
        let theirs = httpdate::parse_http_date(self.date.as_deref()?).ok()?;
        let ours = clock::now();
        let (far, word) = match ours.duration_since(theirs) {
            Ok(ahead) => (ahead, "ahead of"),
            Err(error) => (error.duration(), "behind"),
        };
        let minutes = far.as_secs() / 60;
        (minutes >= 5).then(|| {
            format!("the clock of this machine is {minutes} minutes {word} AWS's: set it right")
        })
    }
}
