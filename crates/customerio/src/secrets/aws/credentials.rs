//! Whoever asks AWS: the places where its tools look for credentials. What is set in variables
//! comes before what lies in files, and that before what the machine offers.
//!
//! One that *has nothing* leads to the next; one that is there and *is broken* ends the search.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Identified;
use aws_smithy_runtime_api::client::identity::Identity;
use serde_json::Value;
use tokio::sync::Mutex;

use super::metadata::{Container, Instance};
use super::shared_config::SharedConfig;
use super::sts::Sts;
use crate::Secret;
use crate::clock;
use crate::secrets::command::{self, Wanted};
use crate::secrets::http::Http;
use crate::secrets::{SecretError, SecretErrorKind};

/// How long before their end credentials are replaced.
const MARGIN: Duration = Duration::from_secs(300);
/// Longest chain of profiles that lend each other their credentials.
const PROFILES_MAX: usize = 5;

/// An access key, and the session it belongs to.
#[derive(Clone, PartialEq)]
pub(super) struct AwsCredentials {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Secret,
    pub(super) session_token: Option<Secret>,
    pub(super) ends_at: Option<SystemTime>,
}

impl AwsCredentials {
    pub(super) fn identity(&self) -> Identity {
        let token = self
            .session_token
            .as_ref()
            .map(|token| token.expose().to_owned());
        let secret = self.secret_access_key.expose();
        Identified::new(&self.access_key_id, secret, token, None, "customerio").into()
    }

    /// As the metadata services and `credential_process` write them.
    pub(super) fn of_json(json: &Value) -> Option<AwsCredentials> {
        let token = json["Token"].as_str().or(json["SessionToken"].as_str());
        let end = json["Expiration"].as_str();
        Some(AwsCredentials {
            access_key_id: json["AccessKeyId"].as_str()?.to_owned(),
            secret_access_key: json["SecretAccessKey"].as_str()?.into(),
            session_token: token.map(Secret::from),
            ends_at: end.and_then(time),
        })
    }

    fn of_settings(settings: &HashMap<String, String>) -> Option<AwsCredentials> {
        Some(AwsCredentials {
            access_key_id: settings.get("aws_access_key_id")?.clone(),
            secret_access_key: settings.get("aws_secret_access_key")?.into(),
            session_token: settings.get("aws_session_token").map(Secret::from),
            ends_at: None,
        })
    }

    fn are_over(&self) -> bool {
        self.ends_at.is_some_and(|end| end <= clock::now())
    }

    fn are_good(&self) -> bool {
        self.ends_at.is_none_or(|end| clock::now() + MARGIN < end)
    }
}

/// A time as AWS writes it: `2026-11-25T08:00:00Z`.
pub(super) fn time(text: &str) -> Option<SystemTime> {
    use aws_smithy_types::DateTime;
    use aws_smithy_types::date_time::Format;
    let time = DateTime::from_str(text, Format::DateTimeWithOffset).ok()?;
    let seconds = u64::try_from(time.secs()).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

/// The chain, and what came of it.
pub(super) struct Credentials {
    http: Http,
    given: Option<AwsCredentials>,
    profile: String,
    /// Whether the profile was asked for by its name.
    profile_is_named: bool,
    config: SharedConfig,
    sts: Sts,
    web_identity: Option<WebIdentity>,
    container: Option<Container>,
    instance: Option<Instance>,
    kept: Mutex<Option<AwsCredentials>>,
}

/// A token that stands for a role: what Kubernetes on AWS gives to a pod.
#[derive(Clone)]
pub(super) struct WebIdentity {
    pub(super) token_file: String,
    pub(super) role: String,
    pub(super) session: String,
}

impl Credentials {
    pub(super) fn of(
        place: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Credentials, SecretError> {
        let http = Http::direct(place)?;
        let named = variable("AWS_PROFILE").or_else(|| variable("AWS_DEFAULT_PROFILE"));
        let given = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        let is_set = |name: &str| variable(name).is_some();
        for (one, other) in [
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"),
        ] {
            if given.is_none() && is_set(one) && !is_set(other) {
                let problem = format!("{one} is set and {other} is not: set both, or neither");
                return Err(http.error(SecretErrorKind::Setting, problem));
            }
        }
        let given = given.map(|(id, secret)| AwsCredentials {
            access_key_id: id,
            secret_access_key: secret.into(),
            session_token: variable("AWS_SESSION_TOKEN").map(Secret::from),
            ends_at: None,
        });
        let web_identity = variable("AWS_WEB_IDENTITY_TOKEN_FILE").zip(variable("AWS_ROLE_ARN"));
        let session = || variable("AWS_ROLE_SESSION_NAME");
        let web_identity = web_identity.map(|(token_file, role)| WebIdentity {
            token_file,
            role,
            session: session().unwrap_or_else(|| "customerio".to_owned()),
        });
        let config = SharedConfig::load(variable);
        let profile = named.clone().unwrap_or_else(|| "default".to_owned());
        let region_of_profile = config.profile(&profile).and_then(|it| it.get("region"));
        Ok(Credentials {
            given,
            sts: Sts::of(place, region_of_profile.map(String::as_str), variable)?,
            container: Container::of(&http, variable)?,
            instance: Instance::of(&http, variable)?,
            profile_is_named: named.is_some(),
            profile,
            config,
            web_identity,
            http,
            kept: Mutex::new(None),
        })
    }

    pub(super) fn region_of_profile(&self) -> Option<String> {
        self.config.profile(&self.profile)?.get("region").cloned()
    }

    pub(super) async fn current(&self) -> Result<AwsCredentials, SecretError> {
        let mut kept = self.kept.lock().await;
        if let Some(credentials) = kept.as_ref().filter(|kept| kept.are_good()) {
            return Ok(credentials.clone());
        }
        let found = match (self.find().await, kept.as_ref()) {
            // There is some time left to try again.
            (Err(_), Some(kept)) if !kept.are_over() => return Ok(kept.clone()),
            (found, _) => found?,
        };
        *kept = Some(found.clone());
        Ok(found)
    }

    /// Others in the place of some that are refused, if the chain has any by now.
    pub(super) async fn others_than(
        &self,
        refused: &AwsCredentials,
    ) -> Result<Option<AwsCredentials>, SecretError> {
        let mut kept = self.kept.lock().await;
        let found = self.find().await?;
        *kept = Some(found.clone());
        Ok((found != *refused).then_some(found))
    }

    async fn find(&self) -> Result<AwsCredentials, SecretError> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        if let Some(identity) = &self.web_identity {
            return self.sts.with_web_identity(identity).await;
        }
        if let Some(problem) = self.config.problem() {
            return Err(self.http.error(SecretErrorKind::Setting, problem));
        }
        if let Some(found) = self.of_profile(&self.profile, PROFILES_MAX).await? {
            return Ok(found);
        }
        if let Some(container) = &self.container {
            return container.credentials().await;
        }
        if let Some(instance) = &self.instance
            && let Some(found) = instance.credentials().await?
        {
            return Ok(found);
        }
        let problem = "there are no credentials for AWS: looked at AWS_ACCESS_KEY_ID, a web identity, the profile in ~/.aws, a container's and an instance's role";
        Err(self.http.error(SecretErrorKind::Setting, problem))
    }

    async fn of_profile(
        &self,
        name: &str,
        deep: usize,
    ) -> Result<Option<AwsCredentials>, SecretError> {
        let setting = |problem: String| Err(self.http.error(SecretErrorKind::Setting, problem));
        let Some(settings) = self.config.profile(name) else {
            return match self.profile_is_named {
                true => setting(format!(
                    "there is no AWS profile \"{name}\": check AWS_PROFILE"
                )),
                false => Ok(None),
            };
        };
        if deep == 0 {
            return setting(format!(
                "AWS profile \"{name}\" borrows from others in a circle"
            ));
        }
        if let Some(role) = settings.get("role_arn") {
            let session = settings
                .get("role_session_name")
                .map_or("customerio", String::as_str);
            if let Some(file) = settings.get("web_identity_token_file") {
                let identity = WebIdentity {
                    token_file: file.clone(),
                    role: role.clone(),
                    session: session.to_owned(),
                };
                return self.sts.with_web_identity(&identity).await.map(Some);
            }
            let Some(source) = settings.get("source_profile") else {
                return setting(format!(
                    "AWS profile \"{name}\" has a role_arn and no source_profile"
                ));
            };
            let lender = match source == name {
                true => AwsCredentials::of_settings(settings),
                false => Box::pin(self.of_profile(source, deep - 1)).await?,
            };
            let Some(lender) = lender else {
                return setting(format!(
                    "AWS profile \"{source}\" has no credentials to lend"
                ));
            };
            let external_id = settings.get("external_id").map(String::as_str);
            let role = self.sts.with_role(role, session, external_id, &lender);
            return role.await.map(Some);
        }
        if let Some(found) = AwsCredentials::of_settings(settings) {
            return Ok(Some(found));
        }
        if settings.contains_key("aws_access_key_id") {
            return setting(format!(
                "AWS profile \"{name}\" has an aws_access_key_id and no aws_secret_access_key"
            ));
        }
        if let Some(process) = settings.get("credential_process") {
            let called = format!("credential_process of AWS profile {name}");
            let words = command::words(process).unwrap_or_default();
            let printed = command::output(&called, &words, Wanted::Everything);
            let json: Value = serde_json::from_str(&printed.await?).unwrap_or_default();
            return match AwsCredentials::of_json(&json) {
                Some(found) => Ok(Some(found)),
                None => setting(format!(
                    "credential_process of AWS profile \"{name}\" prints no credentials"
                )),
            };
        }
        if settings.contains_key("sso_session") || settings.contains_key("sso_start_url") {
            return setting(format!(
                "AWS profile \"{name}\" signs in by SSO, which is not done here: \
                 eval \"$(aws configure export-credentials --profile {name} --format env)\""
            ));
        }
        Ok(None)
    }
}
