//! What `serve` is told by its flags, the environment, a file and the defaults, in this
//! order.

mod carriers;
mod mail;

use std::path::{Path, PathBuf};

use cio_server::{AppApi, Fetching, FirstCredentials, MetricsAccess, Settings, Storage, Webhooks};
use cio_wire::{Region, env_vars};

use crate::args::{DEFAULT_DATA, DEFAULT_LISTEN, ServeArgs};
use crate::config_file::{ConfigFile, LogFormat, Metrics};
use crate::exit::Failure;
use crate::settings::Variables;

/// What is logged unless told otherwise: what matters.
const DEFAULT_LOG: &str = "warn,cio_server=info";

/// What and how to log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Logging {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

impl Logging {
    /// Without flags or a file.
    pub(crate) fn of(variables: &Variables) -> Logging {
        let level = variables.filled(env_vars::LOG);
        Logging {
            level: level.unwrap_or_else(|| DEFAULT_LOG.to_owned()),
            format: LogFormat::default(),
        }
    }
}

/// Everything `serve` needs.
#[derive(Debug)]
pub(crate) struct ServeSettings {
    pub(crate) server: Settings,
    pub(crate) logging: Logging,
}

impl ServeSettings {
    pub(crate) fn load(args: &ServeArgs, variables: &Variables) -> Result<ServeSettings, Failure> {
        let file = match &args.config {
            Some(path) => ConfigFile::load(path)?,
            None => ConfigFile::default(),
        };
        resolve(args, variables, file)
    }
}

fn resolve(
    args: &ServeArgs,
    variables: &Variables,
    file: ConfigFile,
) -> Result<ServeSettings, Failure> {
    let listen = args.listen.or(file.listen);
    let data = args.data.clone().or_else(|| file.data.clone());
    // A flag that names a directory wins over a file that wants none.
    let in_memory = args.memory || args.data.is_none() && file.memory.unwrap_or(false);
    let given = variables.first_credentials();
    let credentials = file.credentials;
    let secret = |given: Option<String>, path: Option<PathBuf>| match (given, path) {
        (Some(given), _) => Ok(Some(given)),
        (None, Some(path)) => read_secret(&path).map(Some),
        (None, None) => Ok(None),
    };
    let region = match variables.filled(env_vars::REGION).or(file.region) {
        Some(text) => text
            .parse()
            .map_err(|error| Failure::config(format!("{}: {error}", env_vars::REGION)))?,
        None => Region::default(),
    };
    let carriers = carriers::resolve(variables, file.push, file.text, file.links.url.as_deref())?;
    let level = args.log.clone().or_else(|| variables.filled(env_vars::LOG));
    Ok(ServeSettings {
        server: Settings {
            listen: listen
                .unwrap_or_else(|| DEFAULT_LISTEN.parse().expect("the default is an address")),
            storage: match in_memory {
                true => Storage::Memory,
                false => Storage::Directory(data.unwrap_or_else(|| DEFAULT_DATA.into())),
            },
            tls: args.tls || file.tls.unwrap_or(false),
            smtp_url: secret(variables.smtp_url(), file.mail.smtp_url_file.clone())?,
            mail: mail::resolve(file.mail)?,
            links_url: file.links.url,
            carriers,
            credentials: FirstCredentials {
                site_id: given.site_id.or(credentials.site_id),
                track_api_key: secret(given.track_api_key, credentials.track_api_key_file)?,
                app_api_key: secret(given.app_api_key, credentials.app_api_key_file)?,
                pipelines_write_key: secret(
                    given.pipelines_write_key,
                    credentials.pipelines_write_key_file,
                )?,
            },
            admin_token: secret(variables.admin_token(), credentials.admin_token_file)?,
            metrics: match file.metrics {
                None | Some(Metrics::Loopback) => MetricsAccess::Loopback,
                Some(Metrics::Everyone) => MetricsAccess::Everyone,
                Some(Metrics::Nobody) => MetricsAccess::Nobody,
            },
            app: AppApi {
                rate_limit: file.app.rate_limit.unwrap_or(false),
                ip_addresses: file.app.ip_addresses.unwrap_or_default(),
                escape_formulas: file.app.escape_formulas.unwrap_or(false),
            },
            fetch: Fetching {
                allow_private: file.fetch.allow_private.unwrap_or(false),
                bytes_max: file
                    .fetch
                    .bytes_max
                    .unwrap_or(Fetching::default().bytes_max),
            },
            webhooks: Webhooks {
                allow_private: file.webhooks.allow_private.unwrap_or(false),
            },
            region,
        },
        logging: Logging {
            level: level
                .or(file.log.level)
                .unwrap_or_else(|| DEFAULT_LOG.to_owned()),
            format: args.log_format.or(file.log.format).unwrap_or_default(),
        },
    })
}

/// A secret is all there is in its file.
fn read_secret(path: &Path) -> Result<String, Failure> {
    let failed = |what: &str| Failure::config(format!("the secret in {}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error.to_string()))?;
    match text.trim() {
        "" => Err(failed("the file is empty")),
        secret => Ok(secret.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> ServeArgs {
        ServeArgs {
            config: None,
            print_config: false,
            listen: None,
            data: None,
            memory: false,
            tls: false,
            log: None,
            log_format: None,
        }
    }

    fn settings(args: &ServeArgs, variables: &[(&str, &str)], file: &str) -> ServeSettings {
        let file = toml::from_str(file).unwrap();
        resolve(args, &Variables::of(variables), file).unwrap()
    }

    /// So that the commented file is true.
    #[test]
    fn the_commented_file_says_the_defaults() {
        let by_file = settings(&none(), &[], crate::config_file::DEFAULT);
        let by_default = settings(&none(), &[], "");
        assert_eq!(format!("{by_file:?}"), format!("{by_default:?}"));
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_that_over_the_file() {
        let file = "listen = \"127.0.0.1:3\"\nregion = \"eu\"\nmemory = true\n[log]\nlevel = \"a\"";
        let by_file = settings(&none(), &[], file);
        assert_eq!(by_file.server.listen.port(), 3);
        assert_eq!(by_file.server.region, Region::Eu);
        assert_eq!(by_file.server.storage, Storage::Memory);
        assert_eq!(by_file.logging.level, "a");

        let variables = [("CUSTOMERIO_REGION", "us"), ("CUSTOMERIO_LOG", "b")];
        let by_environment = settings(&none(), &variables, file);
        assert_eq!(by_environment.server.region, Region::Us);
        assert_eq!(by_environment.logging.level, "b");

        let args = ServeArgs {
            listen: Some(([127, 0, 0, 1], 4).into()),
            data: Some("mine".into()),
            log: Some("c".to_owned()),
            ..none()
        };
        let by_flag = settings(&args, &variables, file);
        assert_eq!(by_flag.server.listen.port(), 4);
        assert_eq!(by_flag.server.storage, Storage::Directory("mine".into()));
        assert_eq!(by_flag.logging.level, "c");
    }

    #[test]
    fn a_secret_comes_from_its_file_unless_the_environment_has_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        std::fs::write(&path, "from-the-file\n").unwrap();
        let file = format!("[credentials]\ntrack_api_key_file = {path:?}");
        let key = |variables| {
            settings(&none(), variables, &file)
                .server
                .credentials
                .track_api_key
        };
        assert_eq!(key(&[]).unwrap(), "from-the-file");
        let given = [("CUSTOMERIO_TRACK_API_KEY", "given")];
        assert_eq!(key(&given).unwrap(), "given");

        std::fs::write(&path, "\n").unwrap();
        assert!(
            read_secret(&path)
                .unwrap_err()
                .to_string()
                .contains("empty")
        );
    }
}
