//! Application default credentials: whoever asks Google.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cio_wire::percent_encode_segment;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::Secret;
use crate::clock;
use crate::secrets::http::{Http, url_of};
use crate::secrets::{SecretError, SecretErrorKind};

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
const METADATA_HOST: &str = "169.254.169.254";
const FLAVOR: HeaderName = HeaderName::from_static("metadata-flavor");
/// How long a token is asked for, the most that Google gives.
const TOKEN_SECONDS: u64 = 3_600;

/// The first of these that there is: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, the
/// one of `gcloud auth application-default login`, the account of the machine.
pub(super) struct Login {
    http: Http,
    by: By,
    token: Mutex<Option<(Secret, Instant)>>,
}

enum By {
    ServiceAccount {
        email: String,
        key: Box<RsaKeyPair>,
        key_id: Option<String>,
        token_uri: Url,
    },
    User {
        client_id: String,
        client_secret: Secret,
        refresh_token: Secret,
        token_uri: Url,
    },
    Machine(Url),
}

impl Login {
    pub(super) fn of(
        place: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Login, SecretError> {
        let setting = |problem: String| SecretError::new(place, SecretErrorKind::Setting, problem);
        let named = variable("GOOGLE_APPLICATION_CREDENTIALS").map(PathBuf::from);
        let of_gcloud = || {
            let config = variable("CLOUDSDK_CONFIG").map(PathBuf::from);
            let config =
                config.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config/gcloud")))?;
            let file = config.join("application_default_credentials.json");
            file.exists().then_some(file)
        };
        let (http, by) = match named.or_else(of_gcloud) {
            Some(file) => {
                let shown = file.display();
                let text = std::fs::read_to_string(&file)
                    .map_err(|error| setting(format!("{shown} cannot be read: {error}")))?;
                let json: Value = serde_json::from_str(&text)
                    .map_err(|_| setting(format!("{shown} is no JSON")))?;
                let by =
                    By::of_file(place, &json).map_err(|why| setting(format!("{shown} {why}")))?;
                (Http::new(place, by.url(), Vec::new())?, by)
            }
            None => {
                let host = variable("GCE_METADATA_HOST");
                let host = host.as_deref().unwrap_or(METADATA_HOST);
                let url = format!(
                    "http://{host}/computeMetadata/v1/instance/service-accounts/default/token"
                );
                (
                    Http::direct(place)?,
                    By::Machine(url_of(place, "GCE_METADATA_HOST", &url)?),
                )
            }
        };
        Ok(Login {
            http,
            by,
            token: Mutex::new(None),
        })
    }

    /// Another in the place of one that is refused, if Google gives another.
    pub(super) async fn another_than(
        &self,
        refused: &Secret,
    ) -> Result<Option<Secret>, SecretError> {
        {
            let mut kept = self.token.lock().await;
            if kept.as_ref().is_some_and(|(token, _)| token == refused) {
                *kept = None;
            }
        }
        let token = self.token().await?;
        Ok((token != *refused).then_some(token))
    }

    /// A token, replaced while it is still good.
    pub(super) async fn token(&self) -> Result<Secret, SecretError> {
        let mut kept = self.token.lock().await;
        if let Some((token, _)) = kept.as_ref().filter(|(_, until)| Instant::now() < *until) {
            return Ok(token.clone());
        }
        let answer = self.ask().await?;
        let Some(token) = answer["access_token"].as_str() else {
            let problem = "Google answered without a token";
            return Err(self.http.error(SecretErrorKind::Unreadable, problem));
        };
        let seconds = answer["expires_in"].as_u64().unwrap_or_default();
        let until = Instant::now() + Duration::from_secs(seconds) * 4 / 5;
        let token = Secret::from(token);
        *kept = Some((token.clone(), until));
        Ok(token)
    }

    async fn ask(&self) -> Result<Value, SecretError> {
        let form = match &self.by {
            By::ServiceAccount {
                email,
                key,
                key_id,
                token_uri,
            } => {
                let key_id = key_id.as_deref();
                let assertion = assertion(email, key, key_id, token_uri, clock::now());
                let assertion =
                    assertion.map_err(|why| self.http.error(SecretErrorKind::Setting, why))?;
                let grant = percent_encode_segment("urn:ietf:params:oauth:grant-type:jwt-bearer");
                Some(format!("grant_type={grant}&assertion={assertion}"))
            }
            By::User {
                client_id,
                client_secret,
                refresh_token,
                ..
            } => Some(format!(
                "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
                percent_encode_segment(client_id),
                percent_encode_segment(client_secret.expose()),
                percent_encode_segment(refresh_token.expose()),
            )),
            By::Machine(_) => None,
        };
        let method = if form.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut request = self.http.request(method, self.by.url().clone());
        match form {
            Some(form) => {
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.headers_mut().insert(CONTENT_TYPE, kind);
                *request.body_mut() = Some(form.into());
            }
            None => {
                let google = HeaderValue::from_static("Google");
                request.headers_mut().insert(FLAVOR, google);
            }
        }
        let answer = self.http.send(request).await.map_err(|error| match &self.by {
            By::Machine(_) => self
                .http
                .error(
                    SecretErrorKind::Setting,
                    "there are no credentials for Google: set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login",
                )
                .because(error),
            _ => error,
        })?;
        let body = answer.json();
        match answer.status.is_success() {
            true => Ok(body),
            false => {
                let said = body["error_description"]
                    .as_str()
                    .or(body["error"].as_str());
                let said = said.unwrap_or("no reason");
                let problem = format!("Google gives no token ({}): {said}", answer.status);
                Err(self.http.error(SecretErrorKind::Denied, problem))
            }
        }
    }
}

impl By {
    fn url(&self) -> &Url {
        match self {
            By::ServiceAccount { token_uri, .. } | By::User { token_uri, .. } => token_uri,
            By::Machine(url) => url,
        }
    }

    fn of_file(place: &str, json: &Value) -> Result<By, String> {
        let text = |name: &str| {
            let value = json[name].as_str();
            value.ok_or_else(|| format!("has no {name}"))
        };
        let token_uri = json["token_uri"].as_str().unwrap_or(TOKEN_URI);
        let token_uri = url_of(place, "token_uri", token_uri).map_err(|error| error.to_string())?;
        match json["type"].as_str() {
            Some("service_account") => Ok(By::ServiceAccount {
                email: text("client_email")?.to_owned(),
                key: Box::new(private_key(text("private_key")?)?),
                key_id: json["private_key_id"].as_str().map(str::to_owned),
                token_uri,
            }),
            Some("authorized_user") => Ok(By::User {
                client_id: text("client_id")?.to_owned(),
                client_secret: text("client_secret")?.into(),
                refresh_token: text("refresh_token")?.into(),
                token_uri,
            }),
            Some(other) => Err(format!(
                "is of the kind {other}, which is not done here: use the account of the machine, or a service account's key"
            )),
            None => Err("is no file of credentials".to_owned()),
        }
    }
}

/// The key of a service account: PKCS#8 in PEM.
fn private_key(pem: &str) -> Result<RsaKeyPair, String> {
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let bytes = STANDARD
        .decode(body.trim())
        .map_err(|_| "has a private_key that is no PEM".to_owned())?;
    RsaKeyPair::from_pkcs8(&bytes).map_err(|_| "has a private_key that is no RSA key".to_owned())
}

/// What a service account says to get a token, signed (RFC 7523).
fn assertion(
    email: &str,
    key: &RsaKeyPair,
    key_id: Option<&str>,
    audience: &Url,
    now: SystemTime,
) -> Result<String, String> {
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    let mut header = json!({ "alg": "RS256", "typ": "JWT" });
    if let Some(id) = key_id {
        header["kid"] = id.into();
    }
    let claims = json!({
        "iss": email,
        "scope": SCOPE,
        "aud": audience.as_str(),
        "iat": now,
        "exp": now + TOKEN_SECONDS,
    });
    let encoded = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", encoded(&header), encoded(&claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .map_err(|_| "the service account's key cannot sign".to_owned())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
