//! Messages and broadcasts.

use customerio::{ApiClient, BroadcastTrigger, PersonData, PushTarget, SendEmail, SendInApp};
use customerio::{SendInboxMessage, SendPush, SendSms, SendWhatsApp, TemplateId, Timestamp};
use serde_json::Value;

use crate::track::device;
use crate::with::{Failure, Made, With, entries, person, sent, unknown};

pub(crate) async fn make(api: &ApiClient, call: &str, with: &With<'_>) -> Made {
    match call {
        "send_email" => sent(api.send_email(&email(*with)?)).await,
        "send_push" => sent(api.send_push(&push(*with)?)).await,
        // The number is in their constructors.
        "send_sms" | "send_whatsapp" if !with.has("to") => Failure::lacks(),
        "send_sms" => sent(api.send_sms(&sms(*with)?)).await,
        "send_whatsapp" => sent(api.send_whatsapp(&whatsapp(*with)?)).await,
        "send_in_app" => sent(api.send_in_app(&in_app(*with)?)).await,
        "send_inbox_message" => sent(api.send_inbox_message(&inbox_message(*with)?)).await,
        "trigger_broadcast" => {
            let trigger = trigger(*with)?;
            sent(api.trigger_broadcast(with.number("broadcast")?, &trigger)).await
        }
        "broadcast_status" => {
            let (broadcast, trigger) = (with.number("broadcast")?, with.number("trigger")?);
            sent(api.broadcasts().status(broadcast, trigger)).await
        }
        "broadcast_errors" => {
            let (broadcast, trigger) = (with.number("broadcast")?, with.number("trigger")?);
            let errors = api.broadcasts().errors(broadcast, trigger);
            sent(crate::people::paged(errors, *with)).await
        }
        _ => Failure::lacks(),
    }
}

fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str, Failure> {
    value.as_str().ok_or_else(|| unknown(name))
}

fn flag(name: &str, value: &Value) -> Result<bool, Failure> {
    value.as_bool().ok_or_else(|| unknown(name))
}

fn time(name: &str, value: &Value) -> Result<Timestamp, Failure> {
    let seconds = value.as_i64().ok_or_else(|| unknown(name))?;
    Ok(seconds.into())
}

fn template(value: &Value) -> Result<TemplateId, Failure> {
    match value.as_u64() {
        Some(number) => Ok(number.into()),
        None => Ok(text("transactional_message_id", value)?.into()),
    }
}

fn email(with: With<'_>) -> Result<SendEmail, Failure> {
    let to = with.text("to")?;
    let mut email = match with.value("transactional_message_id") {
        Value::Null => SendEmail::inline(
            with.text("from")?,
            to,
            with.text("subject")?,
            with.text("body")?,
        ),
        id => SendEmail::template(template(id)?, to),
    };
    for (name, value) in entries(with.0) {
        email = match name {
            "transactional_message_id" | "to" => email,
            "identifiers" => email.identifiers(person(value)?),
            "from" => email.from(text(name, value)?),
            "subject" => email.subject(text(name, value)?),
            "body" => email.body_html(text(name, value)?),
            "body_plain" => email.body_plain(text(name, value)?),
            "body_amp" => email.body_amp(text(name, value)?),
            "preheader" => email.preheader(text(name, value)?),
            "reply_to" => email.reply_to(text(name, value)?),
            "cc" => email.cc(text(name, value)?),
            "bcc" => email.bcc(text(name, value)?),
            "language" => email.language(text(name, value)?),
            "fake_bcc" => email.fake_bcc(flag(name, value)?),
            "tracked" => email.tracked(flag(name, value)?),
            "send_to_unsubscribed" => email.send_to_unsubscribed(flag(name, value)?),
            "disable_message_retention" => email.disable_message_retention(flag(name, value)?),
            "disable_css_preprocessing" => email.disable_css_preprocessing(flag(name, value)?),
            "queue_draft" => email.queue_draft(flag(name, value)?),
            "message_data" => email.message_data(value),
            "send_at" => email.send_at(time(name, value)?),
            "headers" => {
                let headers = entries(value);
                headers.fold(email, |email, (name, value)| {
                    email.header(name, value.as_str().unwrap_or_default())
                })
            }
            "files" => with.items("files").iter().try_fold(email, file)?,
            _ => return Err(unknown(name)),
        };
    }
    Ok(email)
}

fn file(email: SendEmail, file: &Value) -> Result<SendEmail, Failure> {
    let file = With(file);
    let bytes = file.items("bytes").iter();
    let content: Option<Vec<u8>> = bytes
        .map(|byte| u8::try_from(byte.as_u64()?).ok())
        .collect();
    let content = content.ok_or_else(|| unknown("bytes"))?;
    Ok(email.attachment(file.text("name")?, content))
}

fn push(with: With<'_>) -> Result<SendPush, Failure> {
    let id = template(with.value("transactional_message_id"))?;
    let mut push = SendPush::new(id, with.person("identifiers")?);
    for (name, value) in entries(with.0) {
        push = match name {
            "transactional_message_id" | "identifiers" => push,
            "to" => push.to(match text(name, value)? {
                "all" => PushTarget::All,
                "last_used" => PushTarget::LastUsed,
                token => PushTarget::Token(token.to_owned()),
            }),
            "title" => push.title(text(name, value)?),
            "message" => push.message(text(name, value)?),
            "image_url" => push.image_url(text(name, value)?),
            "link" => push.link(text(name, value)?),
            "sound" => push.sound(text(name, value)?),
            "language" => push.language(text(name, value)?),
            "message_data" => push.message_data(value),
            "custom_payload" => push.custom_payload(value),
            "custom_data" => entries(value).fold(push, |push, (key, value)| {
                push.custom_data(key, value.as_str().unwrap_or_default())
            }),
            "device" => push.custom_device(device(With(value))?),
            "send_at" => push.send_at(time(name, value)?),
            "send_to_unsubscribed" => push.send_to_unsubscribed(flag(name, value)?),
            "disable_message_retention" => push.disable_message_retention(flag(name, value)?),
            "queue_draft" => push.queue_draft(flag(name, value)?),
            _ => return Err(unknown(name)),
        };
    }
    Ok(push)
}

/// Sets the options that are given, of those that the channel has.
macro_rules! with_options {
    ($send:expr, $with:expr, $($option:ident: $read:ident),*) => {{
        let mut send = $send;
        for (name, value) in entries($with.0) {
            send = match name {
                "transactional_message_id" | "identifiers" | "to" => send,
                "message_data" => send.message_data(value),
                "send_at" => send.send_at(time(name, value)?),
                "language" => send.language(text(name, value)?),
                "disable_message_retention" => send.disable_message_retention(flag(name, value)?),
                "queue_draft" => send.queue_draft(flag(name, value)?),
                $(stringify!($option) => send.$option($read(name, value)?),)*
                _ => return Err(unknown(name)),
            };
        }
        Ok(send)
    }};
}

fn sms(with: With<'_>) -> Result<SendSms, Failure> {
    let id = template(with.value("transactional_message_id"))?;
    let sms = SendSms::new(id, with.text("to")?, with.person("identifiers")?);
    with_options!(sms, with, from: text, tracked: flag, send_to_unsubscribed: flag)
}

fn whatsapp(with: With<'_>) -> Result<SendWhatsApp, Failure> {
    let id = template(with.value("transactional_message_id"))?;
    let message = SendWhatsApp::new(id, with.text("to")?, with.person("identifiers")?);
    with_options!(message, with, from: text, tracked: flag, send_to_unsubscribed: flag)
}

fn in_app(with: With<'_>) -> Result<SendInApp, Failure> {
    let id = template(with.value("transactional_message_id"))?;
    with_options!(SendInApp::new(id, with.person("identifiers")?), with,)
}

fn inbox_message(with: With<'_>) -> Result<SendInboxMessage, Failure> {
    let id = template(with.value("transactional_message_id"))?;
    with_options!(SendInboxMessage::new(id, with.person("identifiers")?), with,)
}

fn trigger(with: With<'_>) -> Result<BroadcastTrigger, Failure> {
    let audience = with.part("audience");
    let mut trigger = if audience.has("filter") {
        BroadcastTrigger::filter(audience.value("filter"))
    } else if audience.has("ids") {
        BroadcastTrigger::ids(audience.texts("ids"))
    } else if audience.has("emails") {
        BroadcastTrigger::emails(audience.texts("emails"))
    } else if audience.has("people") {
        let people = audience.items("people").iter().map(|entry| {
            let entry = With(entry);
            Ok(PersonData::new(entry.person("person")?).data(entry.value("data")))
        });
        BroadcastTrigger::per_user_data(people.collect::<Result<Vec<_>, Failure>>()?)
    } else if audience.has("data_file_url") {
        BroadcastTrigger::data_file_url(audience.text("data_file_url")?)
    } else {
        BroadcastTrigger::default_audience()
    };
    if with.has("data") {
        trigger = trigger.data(with.value("data"));
    }
    for (name, value) in audience.fields("flags") {
        trigger = match name {
            "id_ignore_missing" => trigger.id_ignore_missing(flag(name, value)?),
            "email_ignore_missing" => trigger.email_ignore_missing(flag(name, value)?),
            "email_add_duplicates" => trigger.email_add_duplicates(flag(name, value)?),
            _ => return Err(unknown(name)),
        };
    }
    Ok(trigger)
}
