//! Headers, alternatives and attachments as they travel.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_domain::message::EmailContent;
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::{ComposeOptions, encode};
use crate::email::check::{Problem, check_header, decode};

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

/// Longest word of a subject that stands on a line as it is.
const WORD_BYTES_MAX: usize = 500;
/// How much of a text an encoded word of RFC 2047 holds: it has 75 characters at most.
const ENCODED_WORD_BYTES: usize = 45;

/// What stands above a message.
#[derive(Clone, Copy)]
pub(super) struct Heading<'a> {
    pub(super) options: ComposeOptions<'a>,
    pub(super) from: &'a Mailbox,
    pub(super) to: &'a [Mailbox],
    pub(super) cc: &'a [Mailbox],
    pub(super) reply_to: &'a [Mailbox],
    pub(super) subject: &'a str,
    /// Which blind copy it is, if it is one with a message of its own.
    pub(super) copy: Option<usize>,
}

/// What a message consists of.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    /// For AMP, attachments and further headers.
    pub(super) content: &'a EmailContent,
    pub(super) plain: Option<&'a str>,
    /// May be empty, if there is a plain text.
    pub(super) html: &'a str,
}

/// Makes the message.
pub(super) fn message(heading: &Heading<'_>, parts: &Parts<'_>) -> Result<Vec<u8>, Problem> {
    let options = &heading.options;
    let copy = heading.copy.map(|at| format!(".{at}")).unwrap_or_default();
    let message_id = format!(
        "<{}{copy}@{}>",
        options.delivery_id.trim_end_matches('='),
        heading.from.email.domain()
    );
    let mut builder = Message::builder()
        .from(heading.from.clone())
        .message_id(Some(message_id))
        .date(UNIX_EPOCH + Duration::from_millis(options.now))
        .raw_header(subject(heading.subject))
        .raw_header(raw("CIO-Delivery-ID", options.delivery_id)?);
    for address in heading.to {
        builder = builder.to(address.clone());
    }
    for address in heading.cc {
        builder = builder.cc(address.clone());
    }
    for address in heading.reply_to {
        builder = builder.reply_to(address.clone());
    }
    let headers = &parts.content.headers;
    for (name, value) in headers {
        check_header(name, value)?;
        builder = builder.raw_header(raw(name, value)?);
    }
    let has_own = |name: &str| {
        headers
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
    };
    if let Some(url) = options.unsubscribe_url
        && !has_own("list-unsubscribe")
        && !has_own("list-unsubscribe-post")
    {
        let value = format!("<{url}>");
        check_header("List-Unsubscribe", &value)?;
        builder = builder.raw_header(raw("List-Unsubscribe", &value)?);
        if url.starts_with("https://") {
            let one_click = raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?;
            builder = builder.raw_header(one_click);
        }
    }
    let made = match body(parts)? {
        Body::Single(part) => builder.singlepart(part),
        Body::Multi(part) => builder.multipart(part),
    };
    made.map(|message| message.formatted())
        .map_err(|_| Problem::Address { field: "to" })
}

/// The library breaks lines at spaces only; a word too long for a line is encoded, so that
/// it can be broken anywhere.
fn subject(text: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    if text.split(' ').all(|word| word.len() <= WORD_BYTES_MAX) {
        return HeaderValue::new(name, text.to_owned());
    }
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(ENCODED_WORD_BYTES);
        let (now, after) = rest.split_at(end);
        words.push(format!("=?utf-8?b?{}?=", STANDARD.encode(now)));
        rest = after;
    }
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), words.join("\r\n "))
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

fn body(parts: &Parts<'_>) -> Result<Body, Problem> {
    // From the plainest to the richest, as a mail client reads them.
    let part = |mime, text: &str| {
        let part = SinglePart::builder().header(content_type(mime));
        part.body(encode::body(text))
    };
    let mut alternatives = Vec::new();
    if let Some(plain) = parts.plain {
        alternatives.push(part("text/plain; charset=utf-8", plain));
    }
    if let Some(amp) = parts.content.body_amp.as_ref().filter(|it| !it.is_empty()) {
        alternatives.push(part("text/x-amp-html; charset=utf-8", &super::clean(amp)));
    }
    if !parts.html.is_empty() || alternatives.is_empty() {
        alternatives.push(part("text/html; charset=utf-8", parts.html));
    }
    let several = alternatives.len() > 1;
    let mut alternatives = alternatives.into_iter();
    let alternatives = match alternatives.next() {
        Some(first) if several => {
            let first = MultiPart::alternative().singlepart(first);
            Body::Multi(alternatives.fold(first, MultiPart::singlepart))
        }
        Some(one) => Body::Single(one),
        None => Body::Single(part("text/plain; charset=utf-8", "")),
    };
    let attachments = &parts.content.attachments;
    if attachments.is_empty() {
        return Ok(alternatives);
    }
    let mut mixed = match alternatives {
        Body::Single(part) => MultiPart::mixed().singlepart(part),
        Body::Multi(part) => MultiPart::mixed().multipart(part),
    };
    for attachment in attachments {
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
