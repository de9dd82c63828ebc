//! What can be wrong, each with a stable code and the way to mend it.

use serde::{Serialize, Serializer};

use super::Outcome;

/// One thing that is wrong: what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Stable name of the problem, for scripts.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// More: the error as it came, or how the conclusion was reached.
    pub detail: Option<String>,
    /// The class of the problem.
    #[serde(skip)]
    pub outcome: Outcome,
}

impl Diagnosis {
    pub(super) fn new(code: Code, message: impl Into<String>, fix: impl Into<String>) -> Diagnosis {
        Diagnosis {
            code,
            message: message.into(),
            fix: fix.into(),
            detail: None,
            outcome: code.outcome(),
        }
    }

    pub(super) fn with_detail(mut self, detail: impl Into<String>) -> Diagnosis {
        self.detail = Some(detail.into());
        self
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $outcome:ident;)*) => {
        /// What is wrong, by a name that stays the same across releases.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// The name in snake case, as it appears in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }

            /// The class of the problem.
            pub const fn outcome(self) -> Outcome {
                match self { $(Code::$variant => Outcome::$outcome,)* }
            }
        }
    };
}

codes! {
    /// Required variables are absent or empty.
    MissingVariables = "missing_variables", Config;
    /// A value is still the example's.
    PlaceholderValue = "placeholder_value", Config;
    /// The region is neither `us` nor `eu`.
    InvalidRegion = "invalid_region", Config;
    /// A base URL cannot be used.
    InvalidUrl = "invalid_url", Config;
    /// Another setting cannot be used.
    InvalidSetting = "invalid_setting", Config;
    /// A credential cannot be read where it is kept.
    SecretStore = "secret_store", Config;
    /// The secret store that keeps a credential does not answer.
    SecretStoreUnreachable = "secret_store_unreachable", Unreachable;
    /// Site id and Track API key are refused, and nothing tells which is wrong.
    TrackCredentialsRejected = "track_credentials_rejected", Config;
    /// The Track API key is an App API key.
    TrackKeyIsAppKey = "track_key_is_app_key", Config;
    /// The App API key is a Track API key.
    AppKeyIsTrackKey = "app_key_is_track_key", Config;
    /// The site id and the Track API key are in each other's place.
    SiteIdAndTrackKeySwapped = "site_id_and_track_key_swapped", Config;
    /// The App API key is refused.
    AppKeyRejected = "app_key_rejected", Config;
    /// The account lives in the other region.
    RegionMismatch = "region_mismatch", Config;
    /// The host name does not resolve.
    DnsFailure = "dns_failure", Unreachable;
    /// The port is closed.
    ConnectionRefused = "connection_refused", Unreachable;
    /// No secure connection.
    TlsFailure = "tls_failure", Unreachable;
    /// No answer in time.
    Timeout = "timeout", Unreachable;
    /// A proxy or a portal answered.
    HtmlResponse = "html_response", Unreachable;
    /// Too many requests.
    RateLimited = "rate_limited", Refused;
    /// Trouble on the service's side.
    ServerError = "server_error", Unreachable;
    /// A redirect to a place that is not trusted.
    RedirectRefused = "redirect_refused", Unreachable;
    /// No connection, or it broke.
    Unreachable = "unreachable", Unreachable;
    /// An answer that cannot be understood.
    InvalidResponse = "invalid_response", Unreachable;
    /// The credentials are right and do not allow this.
    Forbidden = "forbidden", Refused;
    /// The service has no such path: the base URL leads elsewhere.
    NotFound = "not_found", Unreachable;
    /// The service refuses the request.
    RequestRejected = "request_rejected", Refused;
    /// The person written did not appear in time.
    NotReadBack = "not_read_back", Unreachable;
    /// Not checked, because something before it failed.
    Skipped = "skipped", Ok;
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
