//! Looks into a refused App API key, and reads back the person that was written.

use cio_wire::{Identifier, Region};
use tokio::time::Instant;

use super::cause::{self, Asked};
use super::run::Probe;
use super::{Code, Diagnosis, track_checks};
use crate::env::{APP_API_KEY, TRACK_API_KEY};
use crate::{ApiClient, Error};

/// Why the App API answered 401: the explanations that can be tried, one by one.
pub(super) async fn explain_refusal(probe: &Probe<'_>) -> Diagnosis {
    let config = probe.config;
    if config.app_url.is_none() {
        let other = config.region.other();
        if probe.app_accepts(other, &config.app_api_key).await {
            return track_checks::region_mismatch(config.region, other)
                .with_detail(format!("the App API key works at {}", other.app_url()));
        }
    }
    for region in regions_to_try(probe) {
        let accepted = probe.track_region(region, &config.site_id, &config.app_api_key);
        if accepted.await.is_some() {
            return Diagnosis::new(
                Code::AppKeyIsTrackKey,
                format!("{APP_API_KEY} holds the Track API key"),
                format!(
                    "set {APP_API_KEY} to an App API key; it is another key than {TRACK_API_KEY}, made on the App API Keys tab of the same page"
                ),
            )
            .with_detail("the Track API accepts it as its key");
        }
    }
    cause::rejected(Asked::App)
}

/// With a wrong region both keys can be in the wrong place too.
fn regions_to_try(probe: &Probe<'_>) -> Vec<Region> {
    let region = probe.config.region;
    match probe.config.track_url {
        Some(_) => vec![region],
        None => vec![region, region.other()],
    }
}

/// Looks for the person until they are there with their address, or the time is up.
pub(super) async fn read_back(
    probe: &Probe<'_>,
    api: &ApiClient,
    id: &str,
    email: &str,
) -> Result<(), Diagnosis> {
    let deadline = Instant::now() + probe.options.read_back_time;
    loop {
        match api
            .customers()
            .attributes(Identifier::Id(id.to_owned()))
            .await
        {
            Ok(customer) if customer.attribute("email") == Some(email) => return Ok(()),
            Ok(_not_yet_complete) => {}
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(cause::diagnose(Asked::App, &error)),
        }
        if Instant::now() + probe.options.read_back_pause >= deadline {
            return Err(Diagnosis::new(
                Code::NotReadBack,
                format!(
                    "the person just written did not appear within {:?}",
                    probe.options.read_back_time
                ),
                format!(
                    "check that {APP_API_KEY} and {TRACK_API_KEY} belong to the same workspace; if they do, try again"
                ),
            ));
        }
        tokio::time::sleep(probe.options.read_back_pause).await;
    }
}
