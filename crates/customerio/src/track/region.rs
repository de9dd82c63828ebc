//! The answer of the region call.

use cio_wire::Region;
use serde::Deserialize;

use crate::request::Unreadable;

/// Where an account lives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountRegion {
    /// The region of the account.
    pub region: Region,
    /// Root of the Track API for this account.
    pub url: Option<String>,
    /// The workspace that the credentials open.
    pub environment_id: Option<u64>,
}

/// The contract marks no field as required and allows more.
#[derive(Deserialize)]
struct Body {
    region: Option<String>,
    url: Option<String>,
    environment_id: Option<u64>,
}

pub(super) fn parse(body: &[u8]) -> Result<AccountRegion, Unreadable> {
    let parsed: Body = serde_json::from_slice(body)?;
    let region = parsed.region.and_then(|region| region.parse().ok());
    Ok(AccountRegion {
        region: region.ok_or(Unreadable::Lacking)?,
        url: parsed.url,
        environment_id: parsed.environment_id,
    })
}
