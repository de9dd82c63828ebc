//! The texts of content: taken in one spelling, listed and counted.

use std::convert::Infallible;

use crate::content::Invalid;
use crate::limits::VARIANT_BYTES_MAX;
use crate::message::{Content, EmailContent};

/// The fields that may have many lines. All others end up in headers, addresses and links.
const LONG: [&str; 5] = [
    "body",
    "body_plain",
    "body_amp",
    "message",
    "custom_payload",
];

/// Content as it is kept: an empty text says nothing, and what has no order of its own is in
/// order of names.
pub(super) fn tidy(content: Content) -> Result<Content, Invalid> {
    let mut content = content.try_map(&mut text)?;
    let said = |text: &mut Option<String>| {
        if text.as_deref() == Some("") {
            *text = None;
        }
    };
    match &mut content {
        Content::Email(email) => {
            let EmailContent {
                reply_to,
                cc,
                bcc,
                preheader,
                body_plain,
                body_amp,
                headers,
                attachments,
                ..
            } = email.as_mut();
            [reply_to, cc, bcc, preheader, body_plain, body_amp]
                .into_iter()
                .for_each(said);
            attachments.clear();
            headers.iter().try_for_each(|(name, _)| header_name(name))?;
        }
        Content::Push(push) => {
            [
                &mut push.image_url,
                &mut push.link,
                &mut push.sound,
                &mut push.custom_payload,
            ]
            .into_iter()
            .for_each(said);
            push.custom_data.sort();
            if let Some(payload) = &push.custom_payload
                && !payload.starts_with('{')
            {
                let problem = "must be a JSON object with ios, android or both";
                return Err(Invalid::new("custom_payload", problem));
            }
        }
        Content::Sms(text) | Content::Whatsapp(text) => said(&mut text.media_url),
        Content::InApp(shown) | Content::Inbox(shown) => said(&mut shown.link),
    }
    if content.size() as u64 > VARIANT_BYTES_MAX {
        let problem = format!("and all else cannot be larger than {VARIANT_BYTES_MAX} bytes");
        return Err(Invalid::new("body", problem));
    }
    Ok(content)
}

/// One text. What is wrong with the text of a template itself is told here, with its field.
fn text(field: &'static str, text: String) -> Result<String, Invalid> {
    if LONG.contains(&field) {
        return Ok(text.trim_end().to_owned());
    }
    let text = text.trim();
    if text.contains(['\r', '\n', '\0']) {
        return Err(Invalid::new(field, "must be one line"));
    }
    Ok(text.to_owned())
}

fn header_name(name: &str) -> Result<(), Invalid> {
    let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_graphic() && it != b':');
    match is_name {
        true => Ok(()),
        false => {
            let problem = "must have names of ASCII characters without spaces and colons";
            Err(Invalid::new("headers", problem))
        }
    }
}

/// Each text that may have variables in it, with its field's name.
pub(super) fn all(content: &Content) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let listed = content.clone().try_map::<Infallible>(&mut |field, text| {
        all.push((field, text));
        Ok(String::new())
    });
    let Ok(_) = listed;
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::PushContent;

    fn email(change: impl FnOnce(&mut EmailContent)) -> Result<Content, Invalid> {
        let mut email = EmailContent::default();
        change(&mut email);
        tidy(email.into())
    }

    #[test]
    fn texts_are_kept_in_one_spelling() {
        let Ok(Content::Email(email)) = email(|email| {
            email.subject = " Hi \n".to_owned();
            email.body = "  <p>\n</p>\n\n".to_owned();
            email.cc = Some(" ".to_owned());
            email.body_plain = Some("\n".to_owned());
        }) else {
            panic!("an email");
        };
        assert_eq!(
            (email.subject.as_str(), email.body.as_str()),
            ("Hi", "  <p>\n</p>")
        );
        assert_eq!((email.cc, email.body_plain), (None, None));
    }

    #[test]
    fn what_ends_up_in_a_header_is_one_line() {
        for change in [
            |email: &mut EmailContent| email.subject = "a\nb".to_owned(),
            |email: &mut EmailContent| email.from = "a\r\nBcc: b".to_owned(),
            |email: &mut EmailContent| email.reply_to = Some("a\0".to_owned()),
            |email: &mut EmailContent| email.headers = vec![("X".to_owned(), "a\nb".to_owned())],
        ] {
            assert_eq!(email(change).unwrap_err().problem, "must be one line");
        }
        for name in ["", "X A", "Ü", "X:", "X\n"] {
            let headers = vec![(name.to_owned(), String::new())];
            let invalid = email(|email| email.headers = headers).unwrap_err();
            assert_eq!(invalid.field, "headers", "{name:?}");
        }
    }

    #[test]
    fn data_is_in_order_and_a_payload_an_object() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let push = PushContent {
            title: "ab".to_owned(),
            custom_data: vec![pair("b", "1"), pair("a", "22")],
            ..PushContent::default()
        };
        let content = tidy(Content::Push(Box::new(push))).unwrap();
        let Content::Push(push) = &content else {
            panic!("a push");
        };
        assert_eq!(push.custom_data, [pair("a", "22"), pair("b", "1")]);
        let push = PushContent {
            custom_payload: Some("[]".to_owned()),
            ..PushContent::default()
        };
        let invalid = tidy(Content::Push(Box::new(push))).unwrap_err();
        assert_eq!(invalid.field, "custom_payload");
    }
}
