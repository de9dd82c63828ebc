//! The Track API.

use customerio::{DeliveryMetric, Device, Event, Metric, Platform, PushEvent, PushMetric};
use customerio::{Identifier, TrackClient};

use crate::with::{Failure, Made, With, sent, unknown};

pub(crate) async fn make(track: &TrackClient, call: &str, with: &With<'_>) -> Made {
    match call {
        "identify" => {
            let attributes = with.value("attributes");
            sent(track.identify(with.person("person")?, attributes)).await
        }
        "destroy" => sent(track.destroy(with.person("person")?)).await,
        "suppress" => sent(track.suppress(with.person("person")?)).await,
        "unsuppress" => sent(track.unsuppress(with.person("person")?)).await,
        "track" => {
            let event = event(with.part("event"))?;
            sent(track.track(with.person("person")?, event)).await
        }
        "track_anonymous" => {
            let anonymous_id = with.maybe_text("anonymous_id").unwrap_or_default();
            let event = event(with.part("event"))?;
            sent(track.track_anonymous(anonymous_id, event)).await
        }
        "page_view" => page_view(track, with).await,
        "backfill" => {
            let event = event(*with)?;
            sent(track.track(with.person("person")?, event)).await
        }
        "add_device" => {
            let device = device(with.part("device"))?;
            sent(track.add_device(with.person("person")?, &device)).await
        }
        "delete_device" => {
            let token = with.text("token")?;
            sent(track.delete_device(with.person("person")?, token)).await
        }
        "merge_customers" => {
            let (primary, secondary) = (with.person("primary")?, with.person("secondary")?);
            sent(track.merge_customers(primary, secondary)).await
        }
        "report_push_event" => report_push_event(track, with).await,
        "report_metric" => report_metric(track, with).await,
        "region" => sent(track.region()).await,
        "add_to_segment" => {
            let people: Vec<Identifier> = with.people("people")?;
            sent(track.add_to_segment(with.number("segment")?, people)).await
        }
        "remove_from_segment" => {
            let people: Vec<Identifier> = with.people("people")?;
            sent(track.remove_from_segment(with.number("segment")?, people)).await
        }
        "submit_form" => {
            let fields = with.fields("fields");
            let fields = fields.map(|(name, value)| (name, value.as_str().unwrap_or_default()));
            let (form, person) = (with.text("form")?, with.person("person")?);
            sent(track.submit_form(form, person, fields)).await
        }
        "unsubscribe" => sent(track.unsubscribe(with.text("delivery_id")?)).await,
        "resubscribe" => sent(track.resubscribe(with.text("delivery_id")?)).await,
        _ => Failure::lacks(),
    }
}

fn event(with: With<'_>) -> Result<Event, Failure> {
    let name = with.text("name")?;
    let mut event = match with.maybe_text("kind") {
        None => Event::new(name),
        Some("page") => Event::page(name),
        Some("screen") => Event::screen(name),
        Some(other) => return Err(unknown(other)),
    };
    if with.has("data") {
        event = event.data(with.value("data"));
    }
    if let Some(timestamp) = with.maybe_number("timestamp") {
        event = event.timestamp(timestamp);
    }
    if let Some(id) = with.maybe_text("id") {
        event = event.id(id);
    }
    Ok(event)
}

async fn page_view(track: &TrackClient, with: &With<'_>) -> Made {
    let (person, page) = (with.person("person")?, with.text("page")?);
    if !with.has("data") {
        return sent(track.track_page_view(person, page)).await;
    }
    let event = Event::page(page).data(with.value("data"));
    sent(track.track(person, event)).await
}

pub(crate) fn device(with: With<'_>) -> Result<Device, Failure> {
    let platform = match with.text("platform")? {
        "ios" => Platform::Ios,
        "android" => Platform::Android,
        other => return Err(unknown(other)),
    };
    let mut device = Device::new(with.text("token")?, platform);
    if let Some(last_used) = with.maybe_number("last_used") {
        device = device.last_used(last_used);
    }
    for (name, value) in with.fields("attributes") {
        device = device.attribute(name, value.as_str().ok_or_else(|| unknown(name))?);
    }
    Ok(device)
}

async fn report_push_event(track: &TrackClient, with: &With<'_>) -> Made {
    let event = match with.text("event")? {
        "opened" => PushEvent::Opened,
        "converted" => PushEvent::Converted,
        "delivered" => PushEvent::Delivered,
        other => return Err(unknown(other)),
    };
    let (delivery, device) = (with.text("delivery_id")?, with.text("device_id")?);
    let mut metric = PushMetric::new(delivery, device, event);
    if let Some(timestamp) = with.maybe_number("timestamp") {
        metric = metric.timestamp(timestamp);
    }
    sent(track.report_push_event(&metric)).await
}

async fn report_metric(track: &TrackClient, with: &With<'_>) -> Made {
    let metric = match with.text("metric")? {
        "bounced" => Metric::Bounced,
        "clicked" => Metric::Clicked,
        "delivered" => Metric::Delivered,
        other => return Err(unknown(other)),
    };
    let mut metric = DeliveryMetric::new(with.text("delivery_id")?, metric);
    if let Some(timestamp) = with.maybe_number("timestamp") {
        metric = metric.timestamp(timestamp);
    }
    if let Some(recipient) = with.maybe_text("recipient") {
        metric = metric.recipient(recipient);
    }
    if let Some(reason) = with.maybe_text("reason") {
        metric = metric.reason(reason);
    }
    if let Some(href) = with.maybe_text("href") {
        metric = metric.href(href);
    }
    sent(track.report_metric(&metric)).await
}
