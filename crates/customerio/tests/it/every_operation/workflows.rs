//! Campaigns and broadcasts.

use customerio::ApiClient;
use customerio::app::{MetricsWindow, Period, UpdateContent};
use serde_json::{Value, json};

use super::Case;

fn change() -> UpdateContent {
    UpdateContent::new()
        .body("<p>Hi</p>")
        .sending_state("draft")
}

pub(super) fn campaigns(api: &ApiClient) -> Vec<Case<'_>> {
    let weeks = || MetricsWindow::Last {
        period: Period::Weeks,
        steps: 4,
    };
    let month = |time_zone: Option<&str>| MetricsWindow::Between {
        start: 1_790_000_000.into(),
        end: 1_792_000_000.into(),
        resolution: Period::Days,
        time_zone: time_zone.map(str::to_owned),
    };
    cases! {
        api.campaigns().list() => "GET /v1/campaigns";
        api.campaigns().get(5) => "GET /v1/campaigns/5";
        api.campaigns().metrics(5, &weeks(), None) => "GET /v1/campaigns/5/metrics?period=weeks&steps=4";
        api.campaigns().metrics(5, &month(Some("Europe/Lisbon")), Some("email"))
            => "GET /v1/campaigns/5/metrics?version=2&start=1790000000&end=1792000000&res=days&tz=Europe%2FLisbon&type=email";
        api.campaigns().links(5, Period::Months, 12, false)
            => "GET /v1/campaigns/5/metrics/links?period=months&steps=12&unique=false";
        api.campaigns().journey_metrics(5, 1_790_000_000, 1_792_000_000, Period::Hours)
            => "GET /v1/campaigns/5/journey_metrics?start=1790000000&end=1792000000&resolution=hours";
        api.campaigns().messages(5).channel("email").metric("opened").drafts(false).limit(1000)
            => "GET /v1/campaigns/5/messages?type=email&metric=opened&drafts=false&limit=1000";
        api.campaigns().actions(5).start("MTA=") => "GET /v1/campaigns/5/actions?start=MTA%3D";
        api.campaigns().action(5, 96) => "GET /v1/campaigns/5/actions/96";
        api.campaigns().update_action(5, 96, &change()) => "PUT /v1/campaigns/5/actions/96", {
            "body": "<p>Hi</p>", "sending_state": "draft",
        };
        api.campaigns().action_language(5, 96, "pt-BR") => "GET /v1/campaigns/5/actions/96/language/pt-BR";
        api.campaigns().update_action_language(5, 96, "de", &UpdateContent::new().subject("Hallo"))
            => "PUT /v1/campaigns/5/actions/96/language/de", { "subject": "Hallo" };
        api.campaigns().action_metrics(5, 96, &month(None))
            => "GET /v1/campaigns/5/actions/96/metrics?version=2&start=1790000000&end=1792000000&res=days";
        api.campaigns().action_links(5, 96, Period::Days, 0, true)
            => "GET /v1/campaigns/5/actions/96/metrics/links?period=days&steps=0&unique=true";
    }
}

pub(super) fn broadcasts(api: &ApiClient) -> Vec<Case<'_>> {
    cases! {
        api.broadcasts().list() => "GET /v1/broadcasts";
        api.broadcasts().get(4) => "GET /v1/broadcasts/4";
        api.broadcasts().metrics(4, Period::Days, 30, None) => "GET /v1/broadcasts/4/metrics?period=days&steps=30";
        api.broadcasts().metrics(4, Period::Days, 30, Some("twilio"))
            => "GET /v1/broadcasts/4/metrics?period=days&steps=30&type=twilio";
        api.broadcasts().links(4, Period::Days, 30, true)
            => "GET /v1/broadcasts/4/metrics/links?period=days&steps=30&unique=true";
        api.broadcasts().messages(4).state("sent") => "GET /v1/broadcasts/4/messages?state=sent";
        api.broadcasts().triggers(4) => "GET /v1/broadcasts/4/triggers";
        api.broadcasts().actions(4) => "GET /v1/broadcasts/4/actions";
        api.broadcasts().action(4, 8) => "GET /v1/broadcasts/4/actions/8";
        api.broadcasts().update_action(4, 8, &change()) => "PUT /v1/broadcasts/4/actions/8", {
            "body": "<p>Hi</p>", "sending_state": "draft",
        };
        api.broadcasts().action_language(4, 8, "de") => "GET /v1/broadcasts/4/actions/8/language/de";
        api.broadcasts().update_action_language(4, 8, "de", &UpdateContent::new().subject("Hallo"))
            => "PUT /v1/broadcasts/4/actions/8/language/de", { "subject": "Hallo" };
        api.broadcasts().action_metrics(4, 8, Period::Hours, 24)
            => "GET /v1/broadcasts/4/actions/8/metrics?period=hours&steps=24";
        api.broadcasts().action_links(4, 8, Period::Hours, 24, false)
            => "GET /v1/broadcasts/4/actions/8/metrics/links?period=hours&steps=24&unique=false";
    }
}
