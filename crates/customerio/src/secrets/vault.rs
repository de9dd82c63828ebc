//! HashiCorp Vault and OpenBao: fields of KV secrets.
//!
//! The settings are those of the `vault` command: `VAULT_ADDR` (or `BAO_ADDR`),
//! `VAULT_NAMESPACE`, `VAULT_CACERT`, and whoever asks is in `login.rs`.

mod login;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use self::login::Login;
use super::field;
use super::http::{Answer, Http, url_of};
use super::{Fetching, Found, Putting, Reference, SecretError, SecretErrorKind, SecretSource};
use crate::Secret;
use cio_wire::percent_encode_segment;

const TOKEN: HeaderName = HeaderName::from_static("x-vault-token");
const NAMESPACE: HeaderName = HeaderName::from_static("x-vault-namespace");
const REQUEST: HeaderName = HeaderName::from_static("x-vault-request");

/// How often a change is tried when others change the same secret.
const PUTS_MAX: u32 = 5;

/// One field of one secret.
pub(super) struct Vault {
    server: Arc<Server>,
    login: Login,
    /// Mount and path, as the reference has them.
    path: String,
    field: String,
    /// Found out at the first call, for it does not change.
    mount: OnceCell<Mount>,
}

/// A server and how it is reached.
struct Server {
    http: Http,
    address: Url,
    namespace: Option<String>,
}

/// Where a path begins to be one within its mount, and what is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    name: String,
    has_versions: bool,
}

impl Vault {
    pub(super) fn of(
        reference: &Reference,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vault, SecretError> {
        let place = reference.to_string();
        let setting =
            |problem: &str| SecretError::new(&place, SecretErrorKind::Setting, problem.to_owned());
        let either = |name: &str| {
            let of_bao = name.replacen("VAULT", "BAO", 1);
            variable(name).or_else(|| variable(&of_bao))
        };
        let path = reference.path().trim_matches('/').to_owned();
        if !path.contains('/') {
            return Err(setting("write vault://MOUNT/PATH#FIELD"));
        }
        // A URL would lose these, and name something else.
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(setting("no part of the path may be empty, \".\" or \"..\""));
        }
        let field = reference.field().ok_or_else(|| {
            setting("a secret has fields: write which at the end, vault://MOUNT/PATH#FIELD")
        })?;
        let address = either("VAULT_ADDR")
            .ok_or_else(|| setting("VAULT_ADDR is not set: the address of the Vault server"))?;
        let address = url_of(&place, "VAULT_ADDR", &address)?;
        if either("VAULT_SKIP_VERIFY").is_some_and(|value| value != "false" && value != "0") {
            return Err(setting(
                "VAULT_SKIP_VERIFY is set, and no secret is read from whoever answers: set VAULT_CACERT to the server's authority",
            ));
        }
        let roots = match either("VAULT_CACERT") {
            Some(file) => vec![std::fs::read(&file).map_err(|error| {
                setting(&format!("VAULT_CACERT: {file} cannot be read: {error}"))
            })?],
            None => Vec::new(),
        };
        let server = Arc::new(Server {
            http: Http::new(&place, &address, roots)?,
            address,
            namespace: either("VAULT_NAMESPACE"),
        });
        Ok(Vault {
            login: Login::of(&server, &either, variable)?,
            server,
            path,
            field: field.to_owned(),
            mount: OnceCell::new(),
        })
    }

    /// Asks, and once more as somebody new if the token is refused.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, SecretError> {
        let token = self.login.token().await?;
        let answer = self
            .server
            .ask(method.clone(), path, Some(&token), body)
            .await?;
        if answer.status != StatusCode::FORBIDDEN {
            return Ok(answer);
        }
        match self.login.another_than(&token).await? {
            Some(token) => self.server.ask(method, path, Some(&token), body).await,
            None => Ok(answer),
        }
    }

    /// What is mounted where the path begins. Whoever may read a secret may ask that.
    async fn mount(&self) -> Result<Mount, SecretError> {
        if let Some(mount) = self.mount.get() {
            return Ok(mount.clone());
        }
        let path = format!("sys/internal/ui/mounts/{}", encoded(&self.path));
        let answer = self.ask(Method::GET, &path, None).await?;
        let first = self.path.split('/').next().unwrap_or_default();
        if matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
            // It is told to nobody who has no right to anything in it: the read will say. Not
            // kept, for a policy may change.
            return Ok(Mount {
                name: first.to_owned(),
                has_versions: true,
            });
        }
        let mount = Mount::of(&self.server.accepted(answer)?["data"], first);
        let _ = self.mount.set(mount.clone());
        Ok(mount)
    }

    fn path_in(&self, mount: &Mount) -> String {
        let within = self.path.strip_prefix(&mount.name).unwrap_or(&self.path);
        let within = encoded(within.trim_start_matches('/'));
        let name = encoded(&mount.name);
        match mount.has_versions {
            true => format!("{name}/data/{within}"),
            false => format!("{name}/{within}"),
        }
    }

    /// All fields and their version, and how long they last. `None` if there is no such secret.
    async fn read(&self) -> Result<Option<Current>, SecretError> {
        let mount = self.mount().await?;
        let answer = self.ask(Method::GET, &self.path_in(&mount), None).await?;
        if answer.status == StatusCode::NOT_FOUND && says_nothing(&answer) {
            return Ok(None);
        }
        let mut body = self.server.accepted(answer)?;
        let seconds = body["lease_duration"]
            .as_u64()
            .filter(|seconds| *seconds > 0);
        let data = &mut body["data"];
        let (fields, version) = match mount.has_versions {
            true => (data["data"].take(), data["metadata"]["version"].as_u64()),
            false => (data.take(), None),
        };
        match fields {
            Value::Object(fields) => Ok(Some(Current {
                fields,
                version: version.unwrap_or_default(),
                lasts: seconds.map(Duration::from_secs),
            })),
            // A version that was deleted has metadata and no data.
            Value::Null if version.is_some() => Ok(None),
            _ => Err(self.server.unreadable("the secret has no fields")),
        }
    }

    async fn fetch_field(&self) -> Result<Option<Found>, SecretError> {
        let Some(current) = self.read().await? else {
            return Ok(None);
        };
        let value = field::of_object(&current.fields, &self.field);
        let value = value.map_err(|why| self.server.unreadable(why))?;
        Ok(value.map(|value| {
            let found = Found::new(value);
            match current.lasts {
                Some(time) => found.lasting(time),
                None => found,
            }
        }))
    }

    /// Replaces the field, with the others as they are then: nobody's change is undone.
    async fn put_field(&self, value: &str) -> Result<(), SecretError> {
        let mount = self.mount().await?;
        for _ in 0..PUTS_MAX {
            let (mut fields, version) = match self.read().await? {
                Some(current) => (current.fields, current.version),
                None => (Map::new(), self.deleted_version(&mount).await?),
            };
            fields.insert(self.field.clone(), value.into());
            let body = match mount.has_versions {
                true => json!({ "options": { "cas": version }, "data": fields }),
                false => Value::Object(fields),
            };
            let path = self.path_in(&mount);
            let answer = self.ask(Method::POST, &path, Some(&body)).await?;
            let was_changed = answer.status == StatusCode::BAD_REQUEST
                && String::from_utf8_lossy(&answer.body).contains("check-and-set");
            if !was_changed {
                self.server.accepted(answer)?;
                return Ok(());
            }
        }
        let problem = "others keep changing this secret: try again";
        Err(self
            .server
            .http
            .error(SecretErrorKind::Unreachable, problem))
    }

    /// The number of the last version, of a secret whose last version was deleted.
    async fn deleted_version(&self, mount: &Mount) -> Result<u64, SecretError> {
        if !mount.has_versions {
            return Ok(0);
        }
        let answer = self.ask(Method::GET, &self.path_in(mount), None).await?;
        let version = &answer.json()["data"]["metadata"]["version"];
        Ok(version.as_u64().unwrap_or_default())
    }
}

/// A secret as it is.
struct Current {
    fields: Map<String, Value>,
    version: u64,
    lasts: Option<Duration>,
}

impl Mount {
    fn of(data: &Value, first: &str) -> Mount {
        let name = data["path"].as_str().unwrap_or(first);
        Mount {
            name: name.trim_matches('/').to_owned(),
            has_versions: data["options"]["version"] == "2",
        }
    }
}

impl Server {
    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&Secret>,
        body: Option<&Value>,
    ) -> Result<Answer, SecretError> {
        let mut url = self.address.clone();
        let root = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{root}/v1/{path}"));
        let mut request = self.http.request(method, url);
        let headers = request.headers_mut();
        headers.insert(REQUEST, HeaderValue::from_static("true"));
        if let Some(token) = token {
            headers.insert(TOKEN, self.header("the token", token.expose())?);
        }
        if let Some(namespace) = &self.namespace {
            headers.insert(NAMESPACE, self.header("VAULT_NAMESPACE", namespace)?);
        }
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.to_string().into());
        }
        self.http.send(request).await
    }

    fn header(&self, name: &str, value: &str) -> Result<HeaderValue, SecretError> {
        let value = HeaderValue::try_from(value.trim()).map_err(|_| {
            let problem = format!("{name} holds a character that a header cannot carry");
            self.http.error(SecretErrorKind::Setting, problem)
        });
        let mut value = value?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The body of a success, or what the failure means.
    fn accepted(&self, answer: Answer) -> Result<Value, SecretError> {
        let status = answer.status;
        let body = answer.json();
        if status.is_success() && (body.is_object() || status == StatusCode::NO_CONTENT) {
            return Ok(body);
        }
        if status.is_success() || (status == StatusCode::NOT_FOUND && !answer.is_object()) {
            let problem =
                format!("what answers is not Vault ({status}): check VAULT_ADDR and the proxy");
            return Err(self.http.error(SecretErrorKind::Unreachable, problem));
        }
        let said = body["errors"].as_array().into_iter().flatten();
        let said: Vec<&str> = said.filter_map(Value::as_str).collect();
        let said = said.join("; ");
        let (kind, problem) = match status.as_u16() {
            403 => (
                SecretErrorKind::Denied,
                "Vault denies it (403): the token is wrong or over, or no policy lets it read this path".to_owned(),
            ),
            503 => (
                SecretErrorKind::Unreachable,
                "Vault is sealed or not ready (503): unseal it".to_owned(),
            ),
            404 => (
                SecretErrorKind::Setting,
                format!("Vault has no engine there ({said}): check the mount in the reference, and VAULT_NAMESPACE"),
            ),
            429 => (
                SecretErrorKind::Unreachable,
                "Vault has had too many requests (429): try later, or raise its quota".to_owned(),
            ),
            472 | 473 => (
                SecretErrorKind::Unreachable,
                format!("this Vault server is a standby ({status}): use the address of the active one"),
            ),
            300..=399 => (
                SecretErrorKind::Unreachable,
                format!("a redirect ({status}), which is not followed: set VAULT_ADDR to where it leads"),
            ),
            400 | 405 => (
                SecretErrorKind::Unreadable,
                format!("Vault refuses the request ({status}): {said}"),
            ),
            _ => (SecretErrorKind::Unreachable, format!("Vault answered {status}: {said}")),
        };
        Err(self.http.error(kind, problem))
    }

    fn unreadable(&self, problem: impl Into<String>) -> SecretError {
        self.http.error(SecretErrorKind::Unreadable, problem)
    }
}

/// Whether a 404 means that there is no secret: it then comes without a reason, or with the
/// metadata of a version that was deleted.
fn says_nothing(answer: &Answer) -> bool {
    let body = answer.json();
    let has_reason = |errors: &Value| errors.as_array().is_some_and(|it| !it.is_empty());
    body.is_object() && !has_reason(&body["errors"])
}

/// A path with each of its parts encoded.
fn encoded(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(percent_encode_segment).collect();
    parts.join("/")
}

impl SecretSource for Vault {
    fn place(&self) -> String {
        format!("vault://{}#{}", self.path, self.field)
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.fetch_field())
    }

    fn put<'a>(&'a self, value: &'a Secret) -> Putting<'a> {
        Box::pin(self.put_field(value.expose()))
    }
}
