//! What opens an API: a secret as it is, or one that is read where it is kept.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

use crate::clock::Clock;
use crate::config::ConfigError;
use crate::secrets::{self, CachedSecret, File, Reference, SecretError};
use crate::{Error, Secret};

/// A credential: a value, or where the value is kept.
///
/// The builders take anything that is one: a text, a [`Secret`], or a [`CachedSecret`], which
/// is read at the first call and again when it is out of date or refused.
#[derive(Clone)]
pub struct Credential(Kind);

#[derive(Clone)]
enum Kind {
    Plain(Secret),
    Kept(CachedSecret),
}

impl Credential {
    /// Notes what keeps it from being one. `colon` is what is wrong with a colon in it, if
    /// anything is.
    pub(crate) fn check(&self, name: &str, colon: Option<&str>, problems: &mut ConfigError) {
        match (self.plain(), colon) {
            (Some(""), _) => problems.add_missing(name),
            (Some(text), _) if Reference::is_meant(text) => problems.add_invalid(
                name,
                "is a reference to where it is kept: open it with CachedSecret::parse, or leave it to Config",
            ),
            (Some(text), Some(problem)) if text.contains(':') => {
                problems.add_invalid(name, problem);
            }
            _ => {}
        }
    }

    /// The value, if it is one.
    pub(crate) fn plain(&self) -> Option<&str> {
        match &self.0 {
            Kind::Plain(secret) => Some(secret.expose().trim()),
            Kind::Kept(_) => None,
        }
    }

    async fn value(&self, clock: &Clock) -> Result<Secret, Error> {
        match &self.0 {
            Kind::Plain(secret) => Ok(secret.clone()),
            Kind::Kept(kept) => Ok(kept.value(clock).await?),
        }
    }

    /// What a variable says, or the file that the system has put its value into; `None` if
    /// neither is there. See [`secrets`](crate::secrets).
    ///
    /// # Errors
    ///
    /// [`SecretError`] if it is a reference that cannot be opened.
    pub fn of_variable(
        name: &str,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Credential>, SecretError> {
        let said = variable(name).map(|value| value.trim().to_owned());
        let Some(text) = said.filter(|value| !value.is_empty()) else {
            let path = secrets::file_of_variable(name, variable);
            return Ok(path.map(|path| CachedSecret::new(File::at(path)).into()));
        };
        Ok(Some(match Reference::is_meant(&text) {
            true => CachedSecret::parse(&text, variable)?.into(),
            false => text.into(),
        }))
    }

    /// The value as it is now, wherever it is kept.
    ///
    /// # Errors
    ///
    /// [`Error::Secret`] if it is kept elsewhere and cannot be read there.
    pub async fn resolved(&self) -> Result<Secret, Error> {
        self.value(&Clock::Tokio).await
    }

    fn kept(&self) -> Option<&CachedSecret> {
        match &self.0 {
            Kind::Plain(_) => None,
            Kind::Kept(kept) => Some(kept),
        }
    }
}

macro_rules! from_text {
    ($($text:ty),*) => {$(
        impl From<$text> for Credential {
            fn from(value: $text) -> Self {
                Credential(Kind::Plain(value.into()))
            }
        }
    )*};
}
from_text!(&str, String, &String, Secret, &Secret);

impl From<CachedSecret> for Credential {
    fn from(kept: CachedSecret) -> Self {
        Credential(Kind::Kept(kept))
    }
}

impl From<&CachedSecret> for Credential {
    fn from(kept: &CachedSecret) -> Self {
        kept.clone().into()
    }
}

impl From<&Credential> for Credential {
    fn from(credential: &Credential) -> Self {
        credential.clone()
    }
}

/// Where it is kept, if that is elsewhere; never the value.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Plain(_) => f.write_str("Credential([redacted])"),
            Kind::Kept(kept) => write!(f, "Credential({kept:?})"),
        }
    }
}

/// How credentials become a header.
#[derive(Clone)]
pub(crate) enum Scheme {
    /// `Basic USER:PASSWORD`.
    Basic(Credential, Credential),
    /// `Basic USER:`.
    User(Credential),
    /// `Bearer TOKEN`.
    Bearer(Credential),
}

impl Scheme {
    fn credentials(&self) -> Vec<&Credential> {
        match self {
            Scheme::Basic(user, password) => vec![user, password],
            Scheme::User(it) | Scheme::Bearer(it) => vec![it],
        }
    }

    fn header(&self, values: &[&str]) -> Option<HeaderValue> {
        let text = match (self, values) {
            (Scheme::Bearer(_), [token]) => format!("Bearer {token}"),
            (_, [user]) => format!("Basic {}", STANDARD.encode(format!("{user}:"))),
            (_, [user, password]) => {
                format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
            }
            _ => return None,
        };
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// The header that opens an API. One of plain credentials is made once.
pub(crate) enum Authorization {
    Fixed(HeaderValue),
    Kept(Scheme),
}

impl Authorization {
    /// `None` if plain credentials cannot be a header.
    pub(crate) fn new(scheme: Scheme) -> Option<Authorization> {
        let credentials = scheme.credentials();
        let plain: Option<Vec<&str>> = credentials.into_iter().map(Credential::plain).collect();
        match plain {
            Some(values) => Some(Authorization::Fixed(scheme.header(&values)?)),
            None => Some(Authorization::Kept(scheme)),
        }
    }

    pub(crate) async fn header(&self, clock: &Clock) -> Result<HeaderValue, Error> {
        let scheme = match self {
            Authorization::Fixed(header) => return Ok(header.clone()),
            Authorization::Kept(scheme) => scheme,
        };
        let mut values = Vec::new();
        for credential in scheme.credentials() {
            values.push(credential.value(clock).await?);
        }
        let texts: Vec<&str> = values.iter().map(|value| value.expose().trim()).collect();
        scheme.header(&texts).ok_or_else(|| {
            Error::invalid_input(
                "credential",
                "holds a character that a header cannot carry, where it is kept",
            )
        })
    }

    /// Another header than the one that was just refused, if there is one: the credentials
    /// were rotated where they are kept.
    pub(crate) async fn successor(
        &self,
        refused: &HeaderValue,
        clock: &Clock,
    ) -> Option<HeaderValue> {
        let Authorization::Kept(scheme) = self else {
            return None;
        };
        let kept = scheme
            .credentials()
            .into_iter()
            .filter_map(Credential::kept);
        let states: Vec<_> = kept.map(|kept| (kept, kept.state())).collect();
        let differs = |header: &HeaderValue| header != refused;
        // Another call may have been told so before.
        if let Some(header) = self.header(clock).await.ok().filter(differs) {
            return Some(header);
        }
        for (kept, state) in states {
            kept.renew(clock, state).await;
        }
        self.header(clock).await.ok().filter(differs)
    }
}
