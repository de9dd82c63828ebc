//! The message as it travels: headers, alternatives, attachments.

use std::time::{Duration, UNIX_EPOCH};

use cio_domain::UnixMillis;
use cio_domain::message::EmailContent;
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, MultiPart, SinglePart};

use super::check::{Problem, check_header, decode, mailbox, mailboxes};

/// Content types by extension; anything else is bytes.
const CONTENT_TYPES: [(&str, &str); 16] = [
    ("csv", "text/csv"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("gif", "image/gif"),
    ("html", "text/html"),
    ("ics", "text/calendar"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
    ("webp", "image/webp"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

/// Makes the message of a delivery. The message id follows from the delivery's, so that a
/// repeat after a crash can be recognised where it arrives.
///
/// # Errors
/// What keeps it from being a message, now that its variables are filled in.
pub fn message(
    delivery_id: &str,
    content: &EmailContent,
    now: UnixMillis,
) -> Result<Message, Problem> {
    let from = mailbox("from", &content.from)?;
    let message_id = format!(
        "<{}@{}>",
        delivery_id.trim_end_matches('='),
        from.email.domain()
    );
    let mut builder = Message::builder()
        .from(from)
        .message_id(Some(message_id))
        .date(UNIX_EPOCH + Duration::from_millis(now))
        .subject(content.subject.replace(['\r', '\n'], " "))
        .raw_header(raw("CIO-Delivery-ID", delivery_id)?);
    for address in mailboxes("to", &content.to)? {
        builder = builder.to(address);
    }
    let given = |field: &'static str, list: &Option<String>| match list.as_deref().map(str::trim) {
        Some(list) if !list.is_empty() => {
            mailboxes(field, list).map(|list| list.into_iter().collect())
        }
        _ => Ok(Vec::new()),
    };
    for address in given("cc", &content.cc)? {
        builder = builder.cc(address);
    }
    // The library takes blind copies out of the message and keeps them in the envelope.
    for address in given("bcc", &content.bcc)? {
        builder = builder.bcc(address);
    }
    for address in given("reply_to", &content.reply_to)? {
        builder = builder.reply_to(address);
    }
    for (name, value) in &content.headers {
        check_header(name, value)?;
        builder = builder.raw_header(raw(name, value)?);
    }
    let made = match body(content)? {
        Body::Single(part) => builder.singlepart(part),
        Body::Multi(part) => builder.multipart(part),
    };
    made.map_err(|_| Problem::Address { field: "to" })
}

fn raw(name: &str, value: &str) -> Result<HeaderValue, Problem> {
    HeaderName::new_from_ascii(name.to_owned())
        .map(|header| HeaderValue::new(header, value.to_owned()))
        .map_err(|_| Problem::Header(name.to_owned()))
}

enum Body {
    Single(SinglePart),
    Multi(MultiPart),
}

fn body(content: &EmailContent) -> Result<Body, Problem> {
    let html = SinglePart::html(with_preheader(content));
    let alternatives = match (&content.body_plain, &content.body_amp) {
        (None, None) => Body::Single(html),
        (plain, amp) => {
            // From the plainest to the richest, as a mail client reads them.
            let mut parts = MultiPart::alternative().build();
            if let Some(plain) = plain {
                parts = parts.singlepart(SinglePart::plain(plain.clone()));
            }
            if let Some(amp) = amp {
                let amp_type = content_type("text/x-amp-html; charset=utf-8");
                parts = parts.singlepart(SinglePart::builder().header(amp_type).body(amp.clone()));
            }
            Body::Multi(parts.singlepart(html))
        }
    };
    if content.attachments.is_empty() {
        return Ok(alternatives);
    }
    let mut mixed = match alternatives {
        Body::Single(part) => MultiPart::mixed().singlepart(part),
        Body::Multi(part) => MultiPart::mixed().multipart(part),
    };
    for attachment in &content.attachments {
        let bytes = decode(&attachment.base64)
            .ok_or_else(|| Problem::AttachmentNotBase64(attachment.name.clone()))?;
        let extension = attachment
            .name
            .rsplit_once('.')
            .map_or("", |(_, it)| it)
            .to_lowercase();
        let mime = CONTENT_TYPES
            .iter()
            .find(|(known, _)| *known == extension)
            .map_or("application/octet-stream", |(_, mime)| mime);
        mixed = mixed
            .singlepart(Attachment::new(attachment.name.clone()).body(bytes, content_type(mime)));
    }
    Ok(Body::Multi(mixed))
}

fn content_type(mime: &str) -> ContentType {
    ContentType::parse(mime).expect("the types named here are valid")
}

/// The preheader stands first in the body, hidden: mail clients show it beside the subject.
fn with_preheader(content: &EmailContent) -> String {
    match &content.preheader {
        None => content.body.clone(),
        Some(preheader) => {
            let text = preheader.replace('&', "&amp;").replace('<', "&lt;");
            let hidden =
                format!("<div style=\"display:none;max-height:0;overflow:hidden\">{text}</div>");
            let at = body_start(&content.body);
            format!("{}{hidden}{}", &content.body[..at], &content.body[at..])
        }
    }
}

/// Where the content of `<body …>` begins; 0 without one.
fn body_start(html: &str) -> usize {
    let lower = html.to_ascii_lowercase();
    lower
        .find("<body")
        .and_then(|tag| lower[tag..].find('>').map(|end| tag + end + 1))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> EmailContent {
        EmailContent {
            from: "\"Shöp\" <shop@example.com>".into(),
            to: "ana@example.com".into(),
            subject: "Grüße ✓".into(),
            body: "<p>Hallo</p>".into(),
            ..EmailContent::default()
        }
    }

    fn text(content: &EmailContent) -> String {
        let message = message("abc-_1==", content, 1_790_000_000_000).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn headers_are_ascii_and_say_where_the_message_comes_from() {
        let text = text(&content());
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii());
        assert!(head.contains("Message-ID: <abc-_1@example.com>"), "{head}");
        assert!(head.contains("CIO-Delivery-ID: abc-_1=="));
        assert!(head.contains("Date: Mon, 21 Sep 2026"), "{head}");
        assert!(head.contains("Content-Type: text/html; charset=utf-8"));
    }

    #[test]
    fn blind_copies_are_in_the_envelope_only() {
        let content = EmailContent {
            bcc: Some("hidden@example.com".into()),
            ..content()
        };
        let message = message("id", &content, 0).unwrap();
        assert_eq!(message.envelope().to().len(), 2);
        assert!(
            !String::from_utf8(message.formatted())
                .unwrap()
                .contains("hidden@")
        );
    }

    #[test]
    fn no_line_is_longer_than_smtp_allows() {
        let long = "wörter ".repeat(2_000).replace(' ', "");
        let content = EmailContent {
            body: long.clone(),
            body_plain: Some(long),
            ..content()
        };
        assert!(text(&content).lines().all(|line| line.len() <= 998));
    }

    #[test]
    fn text_amp_html_and_attachments_are_nested_as_clients_expect() {
        let content = EmailContent {
            body_plain: Some("plain".into()),
            body_amp: Some("<html amp4email>".into()),
            attachments: vec![cio_domain::message::Attachment {
                name: "Rechnung März.pdf".into(),
                base64: "JVBERi0=".into(),
            }],
            ..content()
        };
        let text = text(&content);
        let order = [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/x-amp-html",
            "text/html",
            "application/pdf",
        ];
        let places: Vec<usize> = order.iter().map(|part| text.find(part).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn the_preheader_is_hidden_at_the_start_of_the_body() {
        let content = EmailContent {
            preheader: Some("a<b".into()),
            body: "<html><BODY class=x>Hi".into(),
            ..content()
        };
        assert!(with_preheader(&content).contains("<BODY class=x><div style=\"display:none"));
        assert!(with_preheader(&content).contains("a&lt;b</div>Hi"));
    }
}
