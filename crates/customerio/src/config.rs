//! Settings: where the service is and what opens it, read as a whole so that
//! everything wrong is reported at once.

mod base_url;
mod problems;

use std::fmt;

use cio_wire::Region;

use crate::env::{
    self, APP_API_KEY, APP_URL, PIPELINES_URL, PIPELINES_WRITE_KEY, REGION, SITE_ID, TRACK_API_KEY,
    TRACK_URL, URL,
};
use crate::operations::Api;
use crate::secrets::{self, CachedSecret, File, Reference, SecretSource as _};
use crate::{ApiClient, Credential, Error, PipelinesClient, Secret, TrackClient};

pub(crate) use base_url::BaseUrl;
pub(crate) use problems::{COLON_IN_SITE_ID, COLON_IN_WRITE_KEY};
pub use problems::{ConfigError, InvalidSetting};

/// Everything the clients need, read from variables.
///
/// | variable | meaning |
/// |---|---|
/// | `CUSTOMERIO_SITE_ID`, `CUSTOMERIO_TRACK_API_KEY` | the Track API credentials |
/// | `CUSTOMERIO_APP_API_KEY` | the App API key, a different one |
/// | `CUSTOMERIO_PIPELINES_WRITE_KEY` | the write key of the Pipelines API; may be left out |
/// | `CUSTOMERIO_REGION` | `us` (default) or `eu` |
/// | `CUSTOMERIO_URL` | base URL of all APIs, for a server of one's own |
/// | `CUSTOMERIO_TRACK_URL`, `CUSTOMERIO_APP_URL`, `CUSTOMERIO_PIPELINES_URL` | base URL of one API; wins over `CUSTOMERIO_URL` |
///
/// A credential may be a [reference](crate::secrets) to where it is kept, and is looked for in
/// the files of the system if its variable is not set.
///
/// White space around a value is ignored. A variable that is set but empty counts as
/// missing if it is required, and as not set otherwise.
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// Site id, the user half of the Track credentials.
    pub site_id: String,
    /// Track API key, the password half of the Track credentials.
    pub track_api_key: Secret,
    /// App API key, a bearer token.
    pub app_api_key: Secret,
    /// Write key of a source of the Pipelines API, for those who use it.
    pub pipelines_write_key: Option<Secret>,
    /// Region of the account. Default: US.
    pub region: Region,
    /// Base URL of the Track API if it is not the region's own.
    pub track_url: Option<String>,
    /// Base URL of the App API if it is not the region's own.
    pub app_url: Option<String>,
    /// Base URL of the Pipelines API if it is not the region's own.
    pub pipelines_url: Option<String>,
    kept: KeptCredentials,
}

/// The credentials that are references, opened.
#[derive(Clone, Default)]
struct KeptCredentials {
    site_id: Option<CachedSecret>,
    track_api_key: Option<CachedSecret>,
    app_api_key: Option<CachedSecret>,
    pipelines_write_key: Option<CachedSecret>,
}

/// A credential by its text: where that is a reference, what was opened for it.
fn credential(text: &str, kept: Option<&CachedSecret>) -> Credential {
    match kept {
        Some(kept) if Reference::is_meant(text) => kept.into(),
        _ => text.into(),
    }
}

impl Config {
    /// Reads the `CUSTOMERIO_*` variables of this process.
    ///
    /// # Errors
    ///
    /// One [`ConfigError`] that names every missing and every invalid variable.
    pub fn from_env() -> Result<Config, ConfigError> {
        Config::from_vars(env::variable)
    }

    /// Reads the same variables from anywhere: a file, a secret store, a test.
    ///
    /// ```
    /// let error = customerio::Config::from_vars(|_name| None).unwrap_err();
    /// assert_eq!(
    ///     error.missing,
    ///     ["CUSTOMERIO_SITE_ID", "CUSTOMERIO_TRACK_API_KEY", "CUSTOMERIO_APP_API_KEY"],
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// One [`ConfigError`] that names every missing and every invalid variable.
    pub fn from_vars(variable: impl Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
        let mut reader = Reader::new(&variable);
        let (site_id, kept_site_id) = reader.site_id().parts();
        let (track_api_key, kept_track_api_key) = reader.required(TRACK_API_KEY).parts();
        let (app_api_key, kept_app_api_key) = reader.required(APP_API_KEY).parts();
        let write_key = reader.optional_write_key().map(Setting::parts);
        let (pipelines_write_key, kept_write_key) = write_key.unzip();
        let config = Config {
            site_id,
            track_api_key: track_api_key.into(),
            app_api_key: app_api_key.into(),
            pipelines_write_key: pipelines_write_key.map(Secret::from),
            region: reader.region(),
            track_url: reader.url(Api::Track),
            app_url: reader.url(Api::App),
            pipelines_url: reader.url(Api::Pipelines),
            kept: KeptCredentials {
                site_id: kept_site_id,
                track_api_key: kept_track_api_key,
                app_api_key: kept_app_api_key,
                pipelines_write_key: kept_write_key.flatten(),
            },
        };
        reader.problems.into_result(config)
    }

    /// Root of the Track API that this configuration leads to.
    pub fn effective_track_url(&self) -> &str {
        self.track_url.as_deref().unwrap_or(self.region.track_url())
    }

    /// Root of the App API that this configuration leads to.
    pub fn effective_app_url(&self) -> &str {
        self.app_url.as_deref().unwrap_or(self.region.app_url())
    }

    /// Root of the Pipelines API that this configuration leads to.
    pub fn effective_pipelines_url(&self) -> &str {
        let own = self.pipelines_url.as_deref();
        own.unwrap_or(self.region.pipelines_url())
    }

    /// The same settings with the values of credentials that are references, read now. For who
    /// needs them as they are; the clients read them by themselves, and again when they change.
    ///
    /// # Errors
    ///
    /// [`Error::Secret`] naming the first that cannot be read.
    pub async fn resolved(&self) -> Result<Config, Error> {
        let [site_id, track_api_key, app_api_key, write_key] = self.credentials();
        let text = |secret: Secret| secret.expose().trim().to_owned();
        let write_key = match write_key {
            Some(write_key) => Some(write_key.resolved().await?),
            None => None,
        };
        let read = async |credential: Option<Credential>| match credential {
            Some(credential) => credential.resolved().await,
            None => Ok(Secret::from("")),
        };
        Ok(Config {
            site_id: text(read(site_id).await?),
            track_api_key: text(read(track_api_key).await?).into(),
            app_api_key: text(read(app_api_key).await?).into(),
            pipelines_write_key: write_key.map(|secret| text(secret).into()),
            kept: KeptCredentials::default(),
            ..self.clone()
        })
    }

    /// Site id, Track key, App key, write key.
    fn credentials(&self) -> [Option<Credential>; 4] {
        let kept = &self.kept;
        let one = |text: &str, kept: &Option<CachedSecret>| credential(text, kept.as_ref());
        let write_key = self.pipelines_write_key.as_ref();
        [
            Some(one(&self.site_id, &kept.site_id)),
            Some(one(self.track_api_key.expose(), &kept.track_api_key)),
            Some(one(self.app_api_key.expose(), &kept.app_api_key)),
            write_key.map(|key| one(key.expose(), &kept.pipelines_write_key)),
        ]
    }

    /// The same settings with the region that the account is in, found out by asking: see
    /// [`TrackClientBuilder::discover`](crate::TrackClientBuilder::discover).
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`] if neither region takes the Track credentials, and the
    /// failures of any call.
    pub async fn discover_region(&self) -> Result<Config, Error> {
        let track = self.track_client_builder().discover().await?;
        Ok(Config {
            region: track.configured_region(),
            ..self.clone()
        })
    }

    /// A Track client with these settings and the defaults for everything else.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a value cannot be used, or if TLS cannot be set up.
    pub fn track_client(&self) -> Result<TrackClient, Error> {
        self.track_client_builder().build()
    }

    /// An App API client with these settings and the defaults for everything else.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a value cannot be used, or if TLS cannot be set up.
    pub fn api_client(&self) -> Result<ApiClient, Error> {
        self.api_client_builder().build()
    }

    /// A Pipelines client with these settings and the defaults for everything else.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming `CUSTOMERIO_PIPELINES_WRITE_KEY` if there is no write key,
    /// if a value cannot be used, or if TLS cannot be set up.
    pub fn pipelines_client(&self) -> Result<PipelinesClient, Error> {
        self.pipelines_client_builder()?.build()
    }

    /// The builder behind [`Config::track_client`], to change more before building.
    pub fn track_client_builder(&self) -> crate::TrackClientBuilder {
        let builder = TrackClient::builder(
            credential(&self.site_id, self.kept.site_id.as_ref()),
            credential(
                self.track_api_key.expose(),
                self.kept.track_api_key.as_ref(),
            ),
        )
        .region(self.region);
        match &self.track_url {
            Some(url) => builder.base_url(url),
            None => builder,
        }
    }

    /// The builder behind [`Config::api_client`], to change more before building.
    pub fn api_client_builder(&self) -> crate::ApiClientBuilder {
        let key = self.app_api_key.expose();
        let key = credential(key, self.kept.app_api_key.as_ref());
        let builder = ApiClient::builder(key).region(self.region);
        match &self.app_url {
            Some(url) => builder.base_url(url),
            None => builder,
        }
    }

    /// The builder behind [`Config::pipelines_client`], to change more before building.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] naming `CUSTOMERIO_PIPELINES_WRITE_KEY` if there is no write key.
    pub fn pipelines_client_builder(&self) -> Result<crate::PipelinesClientBuilder, Error> {
        let Some(write_key) = &self.pipelines_write_key else {
            let mut problems = ConfigError::default();
            problems.add_missing(PIPELINES_WRITE_KEY);
            return Err(Error::Config(problems));
        };
        let key = credential(write_key.expose(), self.kept.pipelines_write_key.as_ref());
        let builder = PipelinesClient::builder(key).region(self.region);
        Ok(match &self.pipelines_url {
            Some(url) => builder.base_url(url),
            None => builder,
        })
    }
}

/// The credentials are left out, the site id too: together with the key it opens the
/// workspace.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("region", &self.region)
            .field("track_url", &self.effective_track_url())
            .field("app_url", &self.effective_app_url())
            .field("pipelines_url", &self.effective_pipelines_url())
            .finish_non_exhaustive()
    }
}

/// What one client needs of the environment.
pub(crate) struct TrackSettings {
    pub(crate) site_id: Credential,
    pub(crate) api_key: Credential,
    pub(crate) region: Region,
    pub(crate) url: Option<String>,
}

/// What one client needs of the environment.
pub(crate) struct AppSettings {
    pub(crate) api_key: Credential,
    pub(crate) region: Region,
    pub(crate) url: Option<String>,
}

pub(crate) fn track_settings(
    variable: impl Fn(&str) -> Option<String>,
) -> Result<TrackSettings, ConfigError> {
    let mut reader = Reader::new(&variable);
    let settings = TrackSettings {
        site_id: reader.site_id().into(),
        api_key: reader.required(TRACK_API_KEY).into(),
        region: reader.region(),
        url: reader.url(Api::Track),
    };
    reader.problems.into_result(settings)
}

pub(crate) fn app_settings(
    variable: impl Fn(&str) -> Option<String>,
) -> Result<AppSettings, ConfigError> {
    let mut reader = Reader::new(&variable);
    let settings = AppSettings {
        api_key: reader.required(APP_API_KEY).into(),
        region: reader.region(),
        url: reader.url(Api::App),
    };
    reader.problems.into_result(settings)
}

/// What one client needs of the environment.
pub(crate) struct PipelinesSettings {
    pub(crate) write_key: Credential,
    pub(crate) region: Region,
    pub(crate) url: Option<String>,
}

pub(crate) fn pipelines_settings(
    variable: impl Fn(&str) -> Option<String>,
) -> Result<PipelinesSettings, ConfigError> {
    let mut reader = Reader::new(&variable);
    let settings = PipelinesSettings {
        write_key: reader.write_key().into(),
        region: reader.region(),
        url: reader.url(Api::Pipelines),
    };
    reader.problems.into_result(settings)
}

/// A credential as it is written down.
#[derive(Default)]
struct Setting {
    text: String,
    /// Where it is kept, if the text says that.
    kept: Option<CachedSecret>,
}

impl Setting {
    fn is_plain(&self) -> bool {
        !Reference::is_meant(&self.text)
    }

    fn parts(self) -> (String, Option<CachedSecret>) {
        (self.text, self.kept)
    }
}

impl From<Setting> for Credential {
    fn from(setting: Setting) -> Credential {
        match setting.kept {
            Some(kept) => kept.into(),
            None => setting.text.into(),
        }
    }
}

/// Reads variables and gathers what is wrong with them.
struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    problems: ConfigError,
}

impl<'a> Reader<'a> {
    fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Reader {
            variable,
            problems: ConfigError::default(),
        }
    }

    fn optional(&self, name: &str) -> Option<String> {
        let value = (self.variable)(name)?;
        let trimmed = value.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    /// A credential, or where it is kept; where the variable is not set, the file that the
    /// system may have put it into.
    fn credential(&mut self, name: &str) -> Option<Setting> {
        let Some(text) = self.optional(name) else {
            let file = File::at(secrets::file_of_variable(name, self.variable)?);
            return Some(Setting {
                text: file.place(),
                kept: Some(CachedSecret::new(file)),
            });
        };
        let kept = Reference::is_meant(&text).then(|| CachedSecret::parse(&text, self.variable));
        let kept = kept.transpose().unwrap_or_else(|error| {
            self.problems.add_invalid(name, error.to_string());
            None
        });
        Some(Setting { text, kept })
    }

    fn required(&mut self, name: &str) -> Setting {
        self.credential(name).unwrap_or_else(|| {
            self.problems.add_missing(name);
            Setting::default()
        })
    }

    fn site_id(&mut self) -> Setting {
        let site_id = self.required(SITE_ID);
        if site_id.is_plain() && site_id.text.contains(':') {
            self.problems.add_invalid(SITE_ID, COLON_IN_SITE_ID);
        }
        site_id
    }

    fn write_key(&mut self) -> Setting {
        self.optional_write_key().unwrap_or_else(|| {
            self.problems.add_missing(PIPELINES_WRITE_KEY);
            Setting::default()
        })
    }

    fn optional_write_key(&mut self) -> Option<Setting> {
        let write_key = self.credential(PIPELINES_WRITE_KEY)?;
        if write_key.is_plain() && write_key.text.contains(':') {
            self.problems
                .add_invalid(PIPELINES_WRITE_KEY, COLON_IN_WRITE_KEY);
        }
        Some(write_key)
    }

    fn region(&mut self) -> Region {
        let Some(text) = self.optional(REGION) else {
            return Region::default();
        };
        text.parse()
            .unwrap_or_else(|unknown: cio_wire::UnknownRegion| {
                self.problems.add_invalid(REGION, unknown.to_string());
                Region::default()
            })
    }

    /// The API's own override, else the one for all APIs, checked under the name it has.
    fn url(&mut self, api: Api) -> Option<String> {
        let own = match api {
            Api::Track => TRACK_URL,
            Api::App => APP_URL,
            Api::Pipelines => PIPELINES_URL,
        };
        let (name, text) = [own, URL]
            .into_iter()
            .find_map(|name| Some((name, self.optional(name)?)))?;
        match BaseUrl::parse(&text, api) {
            Ok(url) => Some(url.root().to_owned()),
            Err(problem) => {
                self.problems.add_invalid(name, problem);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
