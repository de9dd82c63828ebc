//! Looks into refused Track credentials, and compares regions.

use cio_wire::Region;

use super::cause::{self, Asked};
use super::run::Probe;
use super::{Code, Diagnosis};
use crate::env::{REGION, SITE_ID, TRACK_API_KEY};
use crate::{AccountRegion, Secret};

/// Why the Track API answered 401: the explanations that can be tried, one by one.
pub(super) async fn explain_refusal(probe: &Probe<'_>) -> Diagnosis {
    let config = probe.config;
    if config.track_url.is_none() {
        let other = config.region.other();
        let site_id = &config.site_id;
        if let Some(account) = probe
            .track_region(other, site_id, &config.track_api_key)
            .await
        {
            return region_mismatch(config.region, account.region)
                .with_detail(format!("the credentials work at {}", other.track_url()));
        }
    }
    let swapped_key = Secret::from(&config.site_id);
    let swapped_site_id = config.track_api_key.expose();
    let swapped = probe.track_region(config.region, swapped_site_id, &swapped_key);
    if swapped.await.is_some() {
        return Diagnosis::new(
            Code::SiteIdAndTrackKeySwapped,
            format!("{SITE_ID} holds the Track API key, and {TRACK_API_KEY} the site id"),
            format!("exchange the values of {SITE_ID} and {TRACK_API_KEY}"),
        )
        .with_detail("the service accepts them the other way round");
    }
    if probe
        .app_accepts(config.region, &config.track_api_key)
        .await
    {
        return Diagnosis::new(
            Code::TrackKeyIsAppKey,
            format!("{TRACK_API_KEY} holds an App API key"),
            format!("set {TRACK_API_KEY} to the Track API key that stands beside the site id"),
        )
        .with_detail("the App API accepts it as its key");
    }
    cause::rejected(Asked::Track)
}

/// The account's region against the one in the settings.
pub(super) fn compare_regions(configured: Region, account: &AccountRegion) -> Option<Diagnosis> {
    (account.region != configured).then(|| region_mismatch(configured, account.region))
}

pub(super) fn region_mismatch(configured: Region, account: Region) -> Diagnosis {
    Diagnosis::new(
        Code::RegionMismatch,
        format!("the account is in region {account}, and {REGION} is {configured}"),
        format!("set {REGION}={account}"),
    )
}
