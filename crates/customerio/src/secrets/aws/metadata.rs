//! The services that hand credentials to what runs on AWS: of containers, and of instances.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::credentials::AwsCredentials;
use crate::secrets::http::{Http, is_loopback, url_of};
use crate::secrets::{SecretError, SecretErrorKind};

const ECS: &str = "http://169.254.170.2";
/// Hosts that may be asked without TLS, beside this machine.
const TRUSTED: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
const IMDS: &str = "http://169.254.169.254";
const TOKEN: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token");
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aws-ec2-metadata-token-ttl-seconds");
/// Outside of AWS nothing answers, and that is not to hold anybody up.
const IMDS_TIME: Duration = Duration::from_secs(1);
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

/// ECS and EKS.
pub(super) struct Container {
    http: Http,
    url: Url,
    token: Option<String>,
    token_file: Option<String>,
}

impl Container {
    pub(super) fn of(
        http: &Http,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Container>, SecretError> {
        let relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        let (name, text) = match (relative, variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
            (Some(path), _) => (
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                format!("{ECS}{path}"),
            ),
            (None, Some(url)) => ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url),
            (None, None) => return Ok(None),
        };
        let url = url_of(http.place(), name, &text)?;
        let host = url.host_str().unwrap_or_default();
        let is_trusted = url.scheme() == "https" || TRUSTED.contains(&host) || is_loopback(&url);
        if !is_trusted {
            let problem = format!("{name} leads elsewhere without TLS, where no token is sent");
            return Err(http.error(SecretErrorKind::Setting, problem));
        }
        Ok(Some(Container {
            http: http.clone(),
            url,
            token: variable("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
            token_file: variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        }))
    }

    pub(super) async fn credentials(&self) -> Result<AwsCredentials, SecretError> {
        let broken = |problem: String| self.http.error(SecretErrorKind::Unreachable, problem);
        let mut request = self.http.request(Method::GET, self.url.clone());
        let token = match &self.token_file {
            Some(file) => Some(std::fs::read_to_string(file).map_err(|error| {
                broken(format!(
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read: {error}"
                ))
            })?),
            None => self.token.clone(),
        };
        if let Some(token) = token {
            let mut value = HeaderValue::try_from(token.trim())
                .map_err(|_| broken("the container's token cannot be a header".to_owned()))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let answer = self.http.send(request).await?;
        let found = AwsCredentials::of_json(&answer.json()).filter(|_| answer.status.is_success());
        found.ok_or_else(|| {
            broken(format!(
                "the container's credentials were refused ({})",
                answer.status
            ))
        })
    }
}

/// EC2, by the second version of its protocol, which asks for a token first.
pub(super) struct Instance {
    http: Http,
    root: Url,
}

impl Instance {
    pub(super) fn of(
        http: &Http,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Instance>, SecretError> {
        if variable("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        {
            return Ok(None);
        }
        let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
        let text = variable(name).unwrap_or_else(|| IMDS.to_owned());
        Ok(Some(Instance {
            http: http.clone(),
            root: url_of(http.place(), name, &text)?,
        }))
    }

    /// `None` where there is no such service, or no role.
    pub(super) async fn credentials(&self) -> Result<Option<AwsCredentials>, SecretError> {
        let mut url = self.root.clone();
        url.set_path("/latest/api/token");
        let mut request = self.http.request(Method::PUT, url);
        let ttl = HeaderValue::from_static("21600");
        request.headers_mut().insert(TOKEN_TTL, ttl);
        let Ok(answer) = self.http.send_within(request, IMDS_TIME).await else {
            return Ok(None);
        };
        if !answer.status.is_success() {
            return Ok(None);
        }
        let token = answer.text();
        let Some(role) = self.read(ROLES, &token).await? else {
            return Ok(None);
        };
        let role = role.lines().next().unwrap_or_default().trim();
        let Some(text) = self.read(&format!("{ROLES}{role}"), &token).await? else {
            return Ok(None);
        };
        let json = serde_json::from_str(&text).unwrap_or_default();
        AwsCredentials::of_json(&json).map(Some).ok_or_else(|| {
            let problem = format!("the instance's role {role} has no credentials to give");
            self.http.error(SecretErrorKind::Unreachable, problem)
        })
    }

    async fn read(&self, path: &str, token: &str) -> Result<Option<String>, SecretError> {
        let mut url = self.root.clone();
        url.set_path(path);
        let mut request = self.http.request(Method::GET, url);
        if let Ok(mut token) = HeaderValue::try_from(token.trim()) {
            token.set_sensitive(true);
            request.headers_mut().insert(TOKEN, token);
        }
        let answer = self.http.send(request).await?;
        match answer.status.as_u16() {
            200..300 => Ok(Some(answer.text())),
            404 => Ok(None),
            status => {
                let problem = format!(
                    "the instance's metadata service refuses its credentials ({status}): try later, or set AWS_EC2_METADATA_DISABLED=true"
                );
                Err(self.http.error(SecretErrorKind::Unreachable, problem))
            }
        }
    }
}
