//! The Security Token Service: credentials for a role.

use std::fmt::Write as _;

use cio_wire::percent_encode_segment;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};

use super::credentials::{AwsCredentials, WebIdentity, time};
use super::sign::{Scope, add_signature};
use crate::clock;
use crate::secrets::http::{Http, url_of};
use crate::secrets::{SecretError, SecretErrorKind};

pub(super) struct Sts {
    http: Http,
    endpoint: Url,
    region: String,
}

impl Sts {
    pub(super) fn of(
        place: &str,
        region_of_profile: Option<&str>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Sts, SecretError> {
        let region = variable("AWS_REGION")
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(|| region_of_profile.map(str::to_owned))
            .unwrap_or_else(|| "us-east-1".to_owned());
        let given = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]
            .into_iter()
            .find_map(|name| Some((name, variable(name)?)));
        let endpoint = match given {
            Some((name, url)) => url_of(place, name, &url)?,
            None => {
                let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
                let url = format!("https://sts.{region}.amazonaws.com{suffix}/");
                url_of(place, "the region", &url)?
            }
        };
        Ok(Sts {
            http: Http::new(place, &endpoint, Vec::new())?,
            endpoint,
            region,
        })
    }

    /// For whoever holds a token of somebody that the role trusts.
    pub(super) async fn with_web_identity(
        &self,
        identity: &WebIdentity,
    ) -> Result<AwsCredentials, SecretError> {
        let token = std::fs::read_to_string(&identity.token_file).map_err(|error| {
            let problem = format!("AWS_WEB_IDENTITY_TOKEN_FILE cannot be read: {error}");
            self.http.error(SecretErrorKind::Setting, problem)
        })?;
        let form = form(&[
            ("Action", "AssumeRoleWithWebIdentity"),
            ("RoleArn", &identity.role),
            ("RoleSessionName", &identity.session),
            ("WebIdentityToken", token.trim()),
        ]);
        self.call(form, None).await
    }

    /// For whoever may take the role.
    pub(super) async fn with_role(
        &self,
        role: &str,
        session: &str,
        external_id: Option<&str>,
        lender: &AwsCredentials,
    ) -> Result<AwsCredentials, SecretError> {
        let mut fields = vec![
            ("Action", "AssumeRole"),
            ("RoleArn", role),
            ("RoleSessionName", session),
        ];
        fields.extend(external_id.map(|id| ("ExternalId", id)));
        self.call(form(&fields), Some(lender)).await
    }

    async fn call(
        &self,
        form: String,
        signer: Option<&AwsCredentials>,
    ) -> Result<AwsCredentials, SecretError> {
        let mut request = self.http.request(Method::POST, self.endpoint.clone());
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, kind);
        *request.body_mut() = Some(form.into());
        if let Some(credentials) = signer {
            let scope = Scope {
                region: &self.region,
                service: "sts",
                time: clock::now(),
            };
            add_signature(&mut request, credentials, &scope)
                .map_err(|why| self.http.error(SecretErrorKind::Setting, why))?;
        }
        let answer = self.http.send(request).await?;
        let text = answer.text();
        if !answer.status.is_success() {
            let code = element(&text, "Code").unwrap_or("no reason");
            let said = element(&text, "Message").unwrap_or_default();
            let (kind, next) = match answer.status.is_server_error() {
                true => (SecretErrorKind::Unreachable, "try later"),
                false => (
                    SecretErrorKind::Denied,
                    "check the role's ARN and its trust policy",
                ),
            };
            let problem = format!("AWS does not give the role ({code}): {said} {next}");
            return Err(self.http.error(kind, problem));
        }
        let found = || {
            Some(AwsCredentials {
                access_key_id: element(&text, "AccessKeyId")?.to_owned(),
                secret_access_key: element(&text, "SecretAccessKey")?.into(),
                session_token: element(&text, "SessionToken").map(Into::into),
                ends_at: element(&text, "Expiration").and_then(time),
            })
        };
        found().ok_or_else(|| {
            let problem = "AWS gave the role without credentials";
            self.http.error(SecretErrorKind::Unreadable, problem)
        })
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut form = "Version=2011-06-15".to_owned();
    for (name, value) in fields {
        let _ = write!(form, "&{name}={}", percent_encode_segment(value));
    }
    form
}

/// The text of an element. These hold neither others nor anything that XML escapes.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}
