//! The sections about whoever carries pushes and texts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Push {
    pub(crate) fcm: Fcm,
    pub(crate) apns: Apns,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Fcm {
    pub(crate) service_account_file: Option<PathBuf>,
    pub(crate) base_url: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Apns {
    pub(crate) key_file: Option<PathBuf>,
    pub(crate) key_id: Option<String>,
    pub(crate) team_id: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) sandbox: Option<bool>,
    pub(crate) base_url: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Text {
    pub(crate) twilio: Twilio,
    pub(crate) http: Gateway,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Twilio {
    pub(crate) account_sid: Option<String>,
    pub(crate) auth_token_file: Option<PathBuf>,
    pub(crate) messaging_service_sid: Option<String>,
    pub(crate) callback_url: Option<String>,
    pub(crate) base_url: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Gateway {
    pub(crate) url: Option<String>,
    pub(crate) bearer_token_file: Option<PathBuf>,
    pub(crate) header_files: Option<BTreeMap<String, PathBuf>>,
    pub(crate) honours_idempotency_key: Option<bool>,
}
