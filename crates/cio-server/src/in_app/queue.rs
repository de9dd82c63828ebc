//! What waits, as the SDKs read it.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_domain::UnixSeconds;
use cio_domain::in_app::Waiting;
use cio_domain::limits::IN_APP_DAYS;
use cio_domain::message::Channel;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

pub(super) fn shown(waiting: &[Waiting]) -> Value {
    let of = |channel: Channel, one: fn(usize, &Waiting) -> Value| -> Vec<Value> {
        let all = waiting.iter().filter(|it| it.channel == channel);
        all.enumerate().map(|(place, it)| one(place, it)).collect()
    };
    json!({
        "inAppMessages": of(Channel::InApp, in_app),
        "inboxMessages": of(Channel::Inbox, inbox),
    })
}

/// One that is shown over the app. Its data may have a `gist` object, which says where and
/// how.
fn in_app(place: usize, waiting: &Waiting) -> Value {
    let mut properties = properties(waiting);
    let mut gist = match properties.remove("gist") {
        Some(Value::Object(gist)) => gist,
        _ => Map::new(),
    };
    // By this the SDKs tell what became of it.
    gist.insert("campaignId".to_owned(), waiting.delivery_id.as_str().into());
    if waiting.content.body.trim_start().starts_with('<') {
        gist.entry("encodedMessageHtml")
            .or_insert_with(|| packed(&waiting.content.body).into());
    }
    properties.insert("gist".to_owned(), gist.into());
    json!({
        "messageId": format!("gist-html-{}", waiting.delivery_id),
        "queueId": waiting.delivery_id,
        "priority": place,
        "properties": properties,
    })
}

fn inbox(place: usize, waiting: &Waiting) -> Value {
    json!({
        "messageId": waiting.delivery_id,
        "queueId": waiting.delivery_id,
        "deliveryId": waiting.delivery_id,
        "messageType": "",
        "type": "",
        "sentAt": rfc_3339(waiting.sent_at),
        "expiry": rfc_3339(waiting.sent_at + IN_APP_DAYS * 86_400),
        "opened": waiting.opened,
        "priority": place,
        "topics": [],
        "properties": properties(waiting),
    })
}

/// What it says, and over it the data it was sent with.
fn properties(waiting: &Waiting) -> Map<String, Value> {
    let content = &waiting.content;
    let link = content.link.as_deref().unwrap_or_default();
    let said = [
        ("title", content.title.as_str()),
        ("body", &content.body),
        ("link", link),
    ];
    let mut properties: Map<String, Value> = said
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name.to_owned(), text.into()))
        .collect();
    let data = waiting.data.as_deref().unwrap_or_default();
    if let Ok(Value::Object(data)) = serde_json::from_str(data) {
        properties.extend(data);
    }
    properties
}

/// HTML as the SDKs hand it to what renders it: packed with gzip, in base64.
fn packed(html: &str) -> String {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let bytes = packed
        .write_all(html.as_bytes())
        .and_then(|()| packed.finish());
    STANDARD.encode(bytes.unwrap_or_default())
}

fn rfc_3339(seconds: UnixSeconds) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Howard Hinnant's `civil_from_days`: years begin in March, so that a leap day is the last.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    let second = second % 60;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use cio_domain::message::InAppContent;

    use super::*;

    fn waiting(channel: Channel, body: &str, data: &str) -> Waiting {
        Waiting {
            delivery_id: "d-1".to_owned(),
            channel,
            content: InAppContent {
                title: "Hello".to_owned(),
                body: body.to_owned(),
                link: None,
            },
            data: Some(data.to_owned()),
            sent_at: 1_790_000_000,
            opened: true,
        }
    }

    #[test]
    fn an_in_app_message_says_how_it_is_shown_and_whose_delivery_it_is() {
        let data =
            r#"{"plan": "pro", "title": "Mine", "gist": {"position": "top", "campaignId": "x"}}"#;
        let shown = shown(&[waiting(Channel::InApp, "Text", data)]);
        let expected = json!({
            "inAppMessages": [{
                "messageId": "gist-html-d-1",
                "queueId": "d-1",
                "priority": 0,
                "properties": {
                    "title": "Mine", "body": "Text", "plan": "pro",
                    "gist": {"position": "top", "campaignId": "d-1"},
                },
            }],
            "inboxMessages": [],
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn html_is_packed_as_it_is_rendered() {
        let shown = shown(&[waiting(Channel::InApp, "<p>Grüße</p>", "{}")]);
        let packed = &shown["inAppMessages"][0]["properties"]["gist"]["encodedMessageHtml"];
        let packed = STANDARD.decode(packed.as_str().unwrap()).unwrap();
        let mut html = String::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_string(&mut html)
            .unwrap();
        assert_eq!(html, "<p>Grüße</p>");
    }

    #[test]
    fn an_inbox_message_has_its_data_and_its_times() {
        let shown = shown(&[
            waiting(Channel::InApp, "", "{}"),
            waiting(Channel::Inbox, "", r#"{"n": 1}"#),
        ]);
        assert_eq!(
            shown["inboxMessages"],
            json!([{
                "messageId": "d-1", "queueId": "d-1", "deliveryId": "d-1",
                "messageType": "", "type": "",
                "sentAt": "2026-09-21T14:13:20Z", "expiry": "2026-11-20T14:13:20Z",
                "opened": true, "priority": 0, "topics": [],
                "properties": {"title": "Hello", "n": 1},
            }])
        );
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc_3339(seconds), text);
        }
    }
}
