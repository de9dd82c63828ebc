//! Wiring: from settings to a listening server, and back down again.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cio_domain::Clock;
use cio_domain::limits::REPORTING_CALL_SECONDS_MAX;
use cio_store::{Store, StoreError};
use cio_store_embedded::{EmbeddedStore, OpenError};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::admin::access::Gate;
use crate::app::collections::RowFiles;
use crate::broadcasts::{Broadcasts, DeliveryIds};
use crate::clock::SystemClock;
use crate::credentials::{Credentials, Hasher, random};
use crate::delivery::{
    CarrierError, Carriers, Deliveries, MailError, Renderer, mail_servers, spawn_worker,
};
use crate::fetch::{Fetcher, Poster, SILENCE_MAX};
use crate::first_start::{AdminToken, FirstWorkspace};
use crate::keyring::Keys;
use crate::metrics::Metrics;
use crate::rate_limit::RateLimits;
use crate::reporting::Reporting;
use crate::settings::{Settings, Storage};
use crate::state::{AppState, Shared};
use crate::tls::{self, Tls, TlsError};
use crate::tracking::{Links, links_root};
use crate::transfers::{Files, Transfers};
use crate::{last_use, listen, long_jobs, reporting, router, tending};

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
    /// Mail cannot leave as the settings say.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The root of links in messages is not usable.
    #[error("the URL that links in messages start with: {0}")]
    LinksUrl(&'static str),
    /// A carrier of pushes or texts cannot be used as it is set.
    #[error(transparent)]
    Carrier(#[from] CarrierError),
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
    /// The directories for the files of exports and imports cannot be made.
    #[error("cannot make the directories for exports and imports: {0}")]
    Files(std::io::Error),
    /// Nothing can be fetched with what the system has.
    #[error("{0}")]
    Fetching(String),
}

impl StartError {
    /// Whether what was asked for is at fault, and not the machine.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            StartError::Listen { .. }
                | StartError::Mail(_)
                | StartError::LinksUrl(_)
                | StartError::Carrier(_)
                | StartError::Open(_)
        )
    }
}

/// A running server.
pub struct Server {
    url: String,
    site_id: String,
    credentials: Option<Credentials>,
    made_credentials: bool,
    admin_token: Option<String>,
    made_admin_token: bool,
    authority_file: Option<PathBuf>,
    mail: String,
    store: Arc<dyn Store>,
    keys: Arc<Keys>,
    stop: watch::Sender<bool>,
    listener: JoinHandle<()>,
    worker: JoinHandle<()>,
    last_use: JoinHandle<()>,
    tending: JoinHandle<()>,
    transfers: JoinHandle<()>,
    broadcasts: JoinHandle<()>,
    reporting: JoinHandle<()>,
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
        let mail = mail_servers(&settings)?;
        let links_url = settings.links_url.as_deref().map(links_root).transpose();
        let links_url = links_url.map_err(StartError::LinksUrl)?;
        let carriers = Arc::new(Carriers::new(&settings.carriers)?);
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
        let hasher = Hasher::new(store.pepper(random()).await?);
        let workspace =
            FirstWorkspace::prepare(store.as_ref(), &hasher, &settings, clock.as_ref()).await?;
        let admin = AdminToken::prepare(store.as_ref(), &hasher, &settings).await?;
        let (tls, certificate_directory) = prepare_tls(&settings, address, clock.as_ref())?;

        let url = url(address, tls.is_some());
        let (stop, stopped) = watch::channel(false);
        let jobs = Arc::new(Notify::new());
        let mail_description = match mail.is_empty() {
            true => "captured".to_owned(),
            false => mail.describe(),
        };
        let metrics = Arc::new(Metrics::default());
        let links = Links::new(links_url.unwrap_or_else(|| url.clone()), hasher.clone());
        let worker = spawn_worker(
            Deliveries {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                mail,
                renderer: Renderer::new(Arc::clone(&store), links.clone()),
                carriers: Arc::clone(&carriers),
                metrics: Arc::clone(&metrics),
            },
            Arc::clone(&jobs),
            stopped.clone(),
        );
        let keys = Arc::new(workspace.keys);
        let last_use = last_use::spawn(Arc::clone(&store), Arc::clone(&keys), stopped.clone());
        let data = match &settings.storage {
            Storage::Memory => None,
            Storage::Directory(directory) => Some(directory.as_path()),
        };
        let files = Files::open(data).map_err(StartError::Files)?;
        let fetching = &settings.fetch;
        let fetcher = Fetcher::new(fetching.allow_private, fetching.bytes_max, SILENCE_MAX)
            .map_err(|error| StartError::Fetching(error.to_string()))?;
        let row_files = RowFiles::new(&fetcher);
        let broadcasts_wake = Arc::new(Notify::new());
        let broadcasts = long_jobs::spawn(
            Broadcasts {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                files: files.clone(),
                fetcher: fetcher.clone(),
                ids: DeliveryIds::new(hasher.clone()),
                deliveries: Arc::clone(&jobs),
            },
            Arc::clone(&broadcasts_wake),
            stopped.clone(),
        );
        let transfers_wake = Arc::new(Notify::new());
        let transfers = long_jobs::spawn(
            Transfers {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                files: files.clone(),
                fetcher,
                escape_formulas: settings.app.escape_formulas,
            },
            Arc::clone(&transfers_wake),
            stopped.clone(),
        );
        let patience = Duration::from_secs(REPORTING_CALL_SECONDS_MAX);
        let poster = Poster::new(settings.webhooks.allow_private, patience)
            .map_err(|error| StartError::Fetching(error.to_string()))?;
        let reporting_wake = Arc::new(Notify::new());
        let reporting = reporting::spawn(
            Reporting {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                keys: Arc::clone(&keys),
                poster: poster.clone(),
                counts: Arc::clone(&metrics.reporting),
            },
            Arc::clone(&reporting_wake),
            stopped.clone(),
        );
        let wake = Arc::new(Notify::new());
        let tending = tending::spawn(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&wake),
            stopped.clone(),
        );
        let state = AppState::new(Shared {
            store: Arc::clone(&store),
            clock,
            keys: Arc::clone(&keys),
            admin: Gate::new(admin.hash, settings.listen.ip(), tls.is_some()),
            jobs,
            carriers,
            tending: wake,
            metrics,
            metrics_access: settings.metrics,
            broadcasts: broadcasts_wake,
            transfers: transfers_wake,
            reporting: reporting_wake,
            poster,
            files,
            row_files,
            app: settings.app,
            rate_limits: RateLimits::default(),
            links,
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
            admin_token: admin.token,
            made_admin_token: admin.made,
            authority_file: tls.map(|tls| tls.authority_file),
            mail: mail_description,
            store,
            keys,
            stop,
            listener,
            worker,
            last_use,
            tending,
            transfers,
            broadcasts,
            reporting,
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

    /// The operators' token, where it is known: made up in this start, or given.
    pub fn admin_token(&self) -> Option<&str> {
        self.admin_token.as_deref()
    }

    /// Whether this start made up the operators' token: the one time it can be shown.
    pub fn made_admin_token(&self) -> bool {
        self.made_admin_token
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
        let tasks = [
            self.listener,
            self.worker,
            self.last_use,
            self.tending,
            self.transfers,
            self.broadcasts,
            self.reporting,
        ];
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the server ended unexpectedly");
            }
        }
        // Now that no request is left that could use a key.
        if let Err(error) = self.keys.store_last_uses(self.store.as_ref()).await {
            tracing::warn!(%error, "the last uses of keys could not be stored");
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
