//! Wiring: from settings to a listening server, and back down again.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cio_domain::Clock;
use cio_store::{Store, StoreError};
use cio_store_embedded::{EmbeddedStore, OpenError};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::clock::SystemClock;
use crate::credentials::{Confirmation, Credentials, Keyring, random};
use crate::delivery::{MailTransport, MailUrlError, spawn_worker};
use crate::metrics::Metrics;
use crate::settings::{FirstCredentials, Settings, Storage};
use crate::state::{AppState, Shared};
use crate::tls::{self, Tls, TlsError};
use crate::{listen, router};

/// Where the store is in the data directory.
pub(crate) const STORE_DIRECTORY: &str = "store";

/// Why the server did not start. The text says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on: taken, or not this machine's.
    #[error(
        "cannot listen on {address}: {source}; choose another address with --listen, or stop what listens there"
    )]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// `CUSTOMERIO_SMTP_URL` is not usable.
    #[error("CUSTOMERIO_SMTP_URL: {0}")]
    MailUrl(#[from] MailUrlError),
    /// The data directory cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The certificate cannot be made or read.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The store failed while the server started.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A temporary directory cannot be made.
    #[error("cannot make a temporary directory: {0}")]
    TemporaryDirectory(std::io::Error),
}

impl StartError {
    /// Whether what was asked for is at fault, and not the machine.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            StartError::Listen { .. } | StartError::MailUrl(_) | StartError::Open(_)
        )
    }
}

/// A running server.
pub struct Server {
    url: String,
    site_id: String,
    credentials: Option<Credentials>,
    made_credentials: bool,
    authority_file: Option<PathBuf>,
    mail: String,
    store: Arc<dyn Store>,
    stop: watch::Sender<bool>,
    listener: JoinHandle<()>,
    worker: JoinHandle<()>,
    /// Holds the certificate of a server that keeps its data in memory.
    _certificate_directory: Option<TempDir>,
}

impl Server {
    /// Opens the store, makes or confirms the first workspace, and listens. It is ready to
    /// serve when this returns.
    ///
    /// # Errors
    /// [`StartError`]; nothing is left running then.
    pub async fn start(settings: Settings) -> Result<Server, StartError> {
        let mail = MailTransport::from_url(settings.smtp_url.as_deref())?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        // The address comes first: a port that is taken must not leave a new data directory.
        let listener =
            TcpListener::bind(settings.listen)
                .await
                .map_err(|source| StartError::Listen {
                    address: settings.listen,
                    source,
                })?;
        let address = listener.local_addr().map_err(|source| StartError::Listen {
            address: settings.listen,
            source,
        })?;
        let store = open(&settings.storage)?;
        let workspace = FirstWorkspace::prepare(store.as_ref(), &settings, clock.as_ref()).await?;
        let (tls, certificate_directory) = prepare_tls(&settings, address, clock.as_ref())?;

        let url = url(address, tls.is_some());
        let (stop, stopped) = watch::channel(false);
        let jobs = Arc::new(Notify::new());
        let mail_description = mail.describe();
        let metrics = Arc::new(Metrics::default());
        let worker = spawn_worker(
            Arc::clone(&store),
            Arc::clone(&clock),
            mail,
            Arc::clone(&metrics),
            Arc::clone(&jobs),
            stopped.clone(),
        );
        let state = AppState::new(Shared {
            store: Arc::clone(&store),
            clock,
            keyring: workspace.keyring,
            jobs,
            metrics,
            metrics_access: settings.metrics,
            url: url.clone(),
        });
        let config = tls.as_ref().map(|tls| Arc::clone(&tls.config));
        let listener = tokio::spawn(listen::serve(
            listener,
            config,
            router::router(state),
            stopped,
        ));
        Ok(Server {
            url,
            site_id: workspace.site_id,
            credentials: workspace.credentials,
            made_credentials: workspace.made,
            authority_file: tls.map(|tls| tls.authority_file),
            mail: mail_description,
            store,
            stop,
            listener,
            worker,
            _certificate_directory: certificate_directory,
        })
    }

    /// The root of all APIs, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Site id of the first workspace.
    pub fn site_id(&self) -> &str {
        &self.site_id
    }

    /// The first workspace's keys, where they are known: made up in this start, or given
    /// and right. The write key is empty if it was not given.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// Whether this start made the first workspace and made up at least one of its keys:
    /// the one time they can be shown.
    pub fn made_credentials(&self) -> bool {
        self.made_credentials
    }

    /// The certificate clients have to trust, with TLS.
    pub fn authority_file(&self) -> Option<&Path> {
        self.authority_file.as_deref()
    }

    /// Where mail goes: `captured`, or the SMTP server without its credentials.
    pub fn mail(&self) -> String {
        self.mail.clone()
    }

    /// Stops listening, finishes what is in flight, and closes the store.
    ///
    /// # Errors
    /// The store's, if it cannot write what it still holds.
    pub async fn shutdown(self) -> Result<(), StoreError> {
        // Nobody listening any more is as good as stopped.
        let _ = self.stop.send(true);
        for task in [self.listener, self.worker] {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the server ended unexpectedly");
            }
        }
        self.store.close().await
    }
}

fn open(storage: &Storage) -> Result<Arc<dyn Store>, StartError> {
    Ok(match storage {
        Storage::Memory => Arc::new(EmbeddedStore::in_memory()),
        Storage::Directory(directory) => {
            Arc::new(EmbeddedStore::open(&directory.join(STORE_DIRECTORY))?)
        }
    })
}

fn prepare_tls(
    settings: &Settings,
    address: SocketAddr,
    clock: &dyn Clock,
) -> Result<(Option<Tls>, Option<TempDir>), StartError> {
    if !settings.tls {
        return Ok((None, None));
    }
    let (directory, temporary) = match &settings.storage {
        Storage::Directory(directory) => (directory.join("tls"), None),
        Storage::Memory => {
            let temporary = tempfile::Builder::new()
                .prefix("customerio-tls-")
                .tempdir()
                .map_err(StartError::TemporaryDirectory)?;
            (temporary.path().to_owned(), Some(temporary))
        }
    };
    Ok((
        Some(tls::prepare(&directory, address, clock.now())?),
        temporary,
    ))
}

/// The root as a client on this machine reaches it. A server that listens everywhere is
/// reached through loopback, too.
fn url(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    if address.ip().is_unspecified() {
        format!("{scheme}://127.0.0.1:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

/// The workspace every server has, and what is known of its keys.
struct FirstWorkspace {
    keyring: Keyring,
    site_id: String,
    credentials: Option<Credentials>,
    made: bool,
}

impl FirstWorkspace {
    async fn prepare(
        store: &dyn Store,
        settings: &Settings,
        clock: &dyn Clock,
    ) -> Result<FirstWorkspace, StoreError> {
        let pepper = store.pepper(random()).await?;
        let workspaces = store.workspaces().await?;
        match workspaces.first().cloned() {
            None => FirstWorkspace::create(store, pepper, settings, clock).await,
            Some(first) => {
                let keyring = Keyring::new(pepper, workspaces);
                let credentials = match keyring.confirm(&first, &settings.credentials) {
                    Confirmation::Same(credentials) => Some(credentials),
                    Confirmation::Unknown => None,
                    Confirmation::Differ => {
                        tracing::warn!(
                            "the CUSTOMERIO_* credentials of the environment are not the ones this \
                             data directory was created with; the stored ones stay in force"
                        );
                        None
                    }
                };
                Ok(FirstWorkspace {
                    site_id: first.details.site_id,
                    keyring,
                    credentials,
                    made: false,
                })
            }
        }
    }

    async fn create(
        store: &dyn Store,
        pepper: [u8; 32],
        settings: &Settings,
        clock: &dyn Clock,
    ) -> Result<FirstWorkspace, StoreError> {
        let credentials = Credentials::complete(&settings.credentials);
        let details = Keyring::new(pepper, Vec::new()).workspace(
            "Default",
            &credentials,
            settings.region,
            clock.now(),
        );
        let workspace = store.create_workspace(details).await?;
        let FirstCredentials {
            site_id,
            track_api_key,
            app_api_key,
            ..
        } = &settings.credentials;
        Ok(FirstWorkspace {
            keyring: Keyring::new(pepper, vec![workspace]),
            site_id: credentials.site_id.clone(),
            credentials: Some(credentials),
            made: [site_id, track_api_key, app_api_key]
                .into_iter()
                .any(Option::is_none),
        })
    }
}
