//! Every environment variable the project reads, in one place.

/// What the names of all of them begin with.
pub const PREFIX: &str = "CUSTOMERIO_";
/// The name of the profile that the command uses.
pub const PROFILE: &str = "CUSTOMERIO_PROFILE";

/// Site id: the user half of the Track API credentials.
pub const SITE_ID: &str = "CUSTOMERIO_SITE_ID";
/// Track API key: the password half of the Track API credentials.
pub const TRACK_API_KEY: &str = "CUSTOMERIO_TRACK_API_KEY";
/// App API key: the bearer token of the App API. It can send messages and read
/// people, so it is the more sensitive of the two.
pub const APP_API_KEY: &str = "CUSTOMERIO_APP_API_KEY";
/// Write key of the Pipelines API.
pub const PIPELINES_WRITE_KEY: &str = "CUSTOMERIO_PIPELINES_WRITE_KEY";
/// Region of the account, `us` or `eu`. Default: `us`.
pub const REGION: &str = "CUSTOMERIO_REGION";
/// Base URL of all APIs at once, for a server that serves them on one port.
pub const URL: &str = "CUSTOMERIO_URL";
/// Base URL of the Track API; wins over [`URL`].
pub const TRACK_URL: &str = "CUSTOMERIO_TRACK_URL";
/// Base URL of the App API; wins over [`URL`].
pub const APP_URL: &str = "CUSTOMERIO_APP_URL";
/// Base URL of the Pipelines API; wins over [`URL`].
pub const PIPELINES_URL: &str = "CUSTOMERIO_PIPELINES_URL";
/// Token of those who run a server, for its `/admin/v1`.
pub const ADMIN_TOKEN: &str = "CUSTOMERIO_ADMIN_TOKEN";
/// Where the server's mail leaves: `smtp://` or `smtps://`, credentials included.
pub const SMTP_URL: &str = "CUSTOMERIO_SMTP_URL";
/// The JSON of a service account, with which the server sends pushes through FCM.
pub const FCM_SERVICE_ACCOUNT: &str = "CUSTOMERIO_FCM_SERVICE_ACCOUNT";
/// The text of a `.p8` file, with which the server sends pushes through APNs.
pub const APNS_KEY: &str = "CUSTOMERIO_APNS_KEY";
/// The auth token of the account at Twilio that the server sends texts with.
pub const TWILIO_AUTH_TOKEN: &str = "CUSTOMERIO_TWILIO_AUTH_TOKEN";
/// The bearer token of the gateway that the server sends texts with.
pub const TEXT_BEARER_TOKEN: &str = "CUSTOMERIO_TEXT_BEARER_TOKEN";
/// Those that are secret, and may be references to where they are kept.
pub const SECRETS: [&str; 10] = [
    SITE_ID,
    TRACK_API_KEY,
    APP_API_KEY,
    PIPELINES_WRITE_KEY,
    ADMIN_TOKEN,
    SMTP_URL,
    FCM_SERVICE_ACCOUNT,
    APNS_KEY,
    TWILIO_AUTH_TOKEN,
    TEXT_BEARER_TOKEN,
];
/// What the server logs, as `tracing` filter directives. Default:
/// `warn,cio_server=info`.
pub const LOG: &str = "CUSTOMERIO_LOG";
/// All of them.
pub const ALL: [&str; 17] = [
    PROFILE,
    SITE_ID,
    TRACK_API_KEY,
    APP_API_KEY,
    PIPELINES_WRITE_KEY,
    REGION,
    URL,
    TRACK_URL,
    APP_URL,
    PIPELINES_URL,
    ADMIN_TOKEN,
    SMTP_URL,
    FCM_SERVICE_ACCOUNT,
    APNS_KEY,
    TWILIO_AUTH_TOKEN,
    TEXT_BEARER_TOKEN,
    LOG,
];
