//! What the server is told at its start. It reads no environment of its own: the command
//! resolves flags and variables and hands the result over.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use cio_domain::limits::IMPORT_FILE_BYTES_MAX;
use cio_wire::Region;

use crate::delivery::CarrierSettings;

/// Where the data lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory, gone at the end.
    Memory,
    /// On disk, in this directory. It is created if absent.
    Directory(PathBuf),
}

/// The credentials of the first workspace. What is `None` is made up at the first start.
/// Later starts only compare: the store keeps hashes, and rotates nothing on its own.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FirstCredentials {
    /// User half of the Track credentials.
    pub site_id: Option<String>,
    /// Password half of the Track credentials.
    pub track_api_key: Option<String>,
    /// Bearer token of the App API.
    pub app_api_key: Option<String>,
    /// User half of the Pipelines credentials.
    pub pipelines_write_key: Option<String>,
}

impl fmt::Debug for FirstCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = |value: &Option<String>| if value.is_some() { "given" } else { "made up" };
        f.debug_struct("FirstCredentials")
            .field("site_id", &self.site_id)
            .field("track_api_key", &given(&self.track_api_key))
            .field("app_api_key", &given(&self.app_api_key))
            .field("pipelines_write_key", &given(&self.pipelines_write_key))
            .finish()
    }
}

/// Who may read `/metrics`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MetricsAccess {
    /// Whoever asks from this machine, and not through a proxy.
    #[default]
    Loopback,
    /// Whoever reaches the server.
    Everyone,
    /// Nobody.
    Nobody,
}

/// How the App API answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppApi {
    /// Hold callers to the service's rate limits.
    pub rate_limit: bool,
    /// The addresses that `GET /v1/info/ip_addresses` lists: what this server's mail and
    /// calls come from, for those who let them in.
    pub ip_addresses: Vec<IpAddr>,
    /// Put a `'` before cells of exports that a spreadsheet would compute.
    pub escape_formulas: bool,
}

/// What the server fetches by a URL that a caller names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetching {
    /// From private addresses, too: those of this machine and its network.
    pub allow_private: bool,
    /// Largest file, unpacked.
    pub bytes_max: u64,
}

impl Default for Fetching {
    fn default() -> Fetching {
        Fetching {
            allow_private: false,
            bytes_max: IMPORT_FILE_BYTES_MAX,
        }
    }
}

/// A mail server.
#[derive(Clone, PartialEq)]
pub struct MailServer {
    /// What it is called in logs.
    pub name: String,
    /// `smtp://` or `smtps://`, credentials included.
    pub url: String,
    /// Most connections at a time. `None`: 8.
    pub connections: Option<usize>,
    /// Most messages a second. `None`: as many as it takes.
    pub rate: Option<f64>,
    /// The domains of `From` that it carries mail of; `*` is every domain.
    pub domains: Vec<String>,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer")
            .field("name", &self.name)
            .field("domains", &self.domains)
            .finish_non_exhaustive()
    }
}

/// A key that signs the mail of a domain.
#[derive(Clone, PartialEq, Eq)]
pub struct DkimSettings {
    /// The domain, and those below it.
    pub domain: String,
    /// Where its public half is published: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The private key, in PEM.
    pub private_key: String,
}

impl fmt::Debug for DkimSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DkimSettings")
            .field("domain", &self.domain)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

/// Mail servers beside [`Settings::smtp_url`], and what signs mail.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mail {
    /// Most connections at a time to the server of [`Settings::smtp_url`]. `None`: 8.
    pub connections: Option<usize>,
    /// Most messages a second to it. `None`: as many as it takes.
    pub rate: Option<f64>,
    /// In the order they are asked.
    pub servers: Vec<MailServer>,
    /// Keys. All of a domain sign.
    pub dkim: Vec<DkimSettings>,
}

/// What reporting webhooks may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Webhooks {
    /// Private addresses, too: those of this machine and its network.
    pub allow_private: bool,
}

/// Everything the server needs to start. The default keeps its data in memory.
#[derive(Clone)]
pub struct Settings {
    /// Address to listen on; port 0 picks a free one. Loopback unless somebody asks.
    pub listen: SocketAddr,
    /// Where the data lives.
    pub storage: Storage,
    /// Answer https, with a certificate of a local authority kept beside the data.
    pub tls: bool,
    /// Where mail leaves: `smtp://` or `smtps://`, credentials included. `None` captures it.
    pub smtp_url: Option<String>,
    /// Further mail servers, asked before that one, and what signs mail.
    pub mail: Mail,
    /// What links in messages start with, such as `https://links.example.com`: where this
    /// server is reached by whoever reads them. `None`: its own URL.
    pub links_url: Option<String>,
    /// Who carries pushes and texts.
    pub carriers: CarrierSettings,
    /// Credentials of the first workspace.
    pub credentials: FirstCredentials,
    /// The operators' token, for `/admin/v1`. At the first start it is made up if it is
    /// `None`; later the stored one stays, unless another is given here.
    pub admin_token: Option<String>,
    /// Who may read `/metrics`.
    pub metrics: MetricsAccess,
    /// How the App API answers.
    pub app: AppApi,
    /// What it fetches.
    pub fetch: Fetching,
    /// What it calls.
    pub webhooks: Webhooks,
    /// Region the first workspace answers for.
    pub region: Region,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            storage: Storage::Memory,
            tls: false,
            smtp_url: None,
            mail: Mail::default(),
            links_url: None,
            carriers: CarrierSettings::default(),
            credentials: FirstCredentials::default(),
            admin_token: None,
            metrics: MetricsAccess::default(),
            app: AppApi::default(),
            fetch: Fetching::default(),
            webhooks: Webhooks::default(),
            region: Region::default(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("listen", &self.listen)
            .field("storage", &self.storage)
            .field("tls", &self.tls)
            .field("smtp_url", &self.smtp_url.as_ref().map(|_| "[redacted]"))
            .field("mail", &self.mail)
            .field("links_url", &self.links_url)
            .field("carriers", &self.carriers)
            .field("credentials", &self.credentials)
            .field(
                "admin_token",
                &self.admin_token.as_ref().map(|_| "[redacted]"),
            )
            .field("metrics", &self.metrics)
            .field("app", &self.app)
            .field("fetch", &self.fetch)
            .field("webhooks", &self.webhooks)
            .field("region", &self.region)
            .finish()
    }
}
