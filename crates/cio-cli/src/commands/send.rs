//! `customerio send`: transactional messages, of all channels.

mod outcome;

use customerio::{
    ApiClient, Request, SendEmail, SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp,
    SentMessage, TemplateId,
};
use serde_json::{Map, Value};

use super::text;
use crate::args::send::{EmailArgs, SendArgs, SendChannel, Shared};
use crate::context::Context;
use crate::exit::{self, Failure};

/// The message with these fields; no two types of messages have a trait in common.
macro_rules! filled {
    ($message:expr, $wire:expr, $shared:expr) => {{
        let fields = $wire.0.into_iter();
        let message = fields.fold($message, |message, (name, value)| {
            message.field(name, value)
        });
        match data($shared)? {
            Some(data) => message.message_data(data),
            None => message,
        }
    }};
}

pub(crate) async fn run(args: &SendArgs, context: &Context) -> Result<u8, Failure> {
    match &args.channel {
        SendChannel::Email(args) => {
            let message = email(args)?;
            send(context, &args.shared, |api| api.send_email(&message)).await
        }
        SendChannel::Push(args) => {
            let to = &args.addressed;
            let message = SendPush::new(template(&to.template), &to.person.0);
            let message = filled!(message, args.wire()?, &args.shared);
            send(context, &args.shared, |api| api.send_push(&message)).await
        }
        SendChannel::Sms(args) => {
            let to = &args.addressed;
            let message = SendSms::new(template(&to.template), &args.to, &to.person.0);
            let message = filled!(message, args.wire(), &args.shared);
            send(context, &args.shared, |api| api.send_sms(&message)).await
        }
        SendChannel::Whatsapp(args) => {
            let to = &args.addressed;
            let message = SendWhatsApp::new(template(&to.template), &args.to, &to.person.0);
            let message = filled!(message, args.wire(), &args.shared);
            send(context, &args.shared, |api| api.send_whatsapp(&message)).await
        }
        SendChannel::InApp(args) => {
            let to = &args.addressed;
            let message = SendInApp::new(template(&to.template), &to.person.0);
            let message = filled!(message, args.wire(), &args.shared);
            send(context, &args.shared, |api| api.send_in_app(&message)).await
        }
        SendChannel::Inbox(args) => {
            let to = &args.addressed;
            let message = SendInboxMessage::new(template(&to.template), &to.person.0);
            let message = filled!(message, args.wire(), &args.shared);
            send(context, &args.shared, |api| {
                api.send_inbox_message(&message)
            })
            .await
        }
    }
}

fn email(args: &EmailArgs) -> Result<SendEmail, Failure> {
    let to = args.recipients()?;
    let message = match &args.template {
        Some(name) => SendEmail::template(template(name), to),
        // What is written out comes with the other fields.
        None => SendEmail::inline("", to, "", ""),
    };
    let mut message = filled!(message, args.wire()?, &args.shared);
    if let Some(person) = &args.person {
        message = message.identifiers(&person.0);
    }
    for (name, value) in &args.headers {
        message = message.header(name, value);
    }
    for path in &args.attachments {
        message = message.attachment_file(path)?;
    }
    Ok(message)
}

fn template(name: &str) -> TemplateId {
    match name.parse::<u64>() {
        Ok(number) => number.into(),
        Err(_) => name.into(),
    }
}

fn data(shared: &Shared) -> Result<Option<Map<String, Value>>, Failure> {
    let data = shared.data.object()?;
    Ok((!data.is_empty()).then_some(data))
}

async fn send(
    context: &Context,
    shared: &Shared,
    request: impl FnOnce(&ApiClient) -> Request<SentMessage>,
) -> Result<u8, Failure> {
    let output = &context.output;
    let api = context.app_writing(&shared.dry_run)?;
    let mut request = request(&api);
    if let Some(key) = &shared.idempotency_key {
        request = request.idempotency_key(key);
    }
    let answer = request.json().await?;
    if shared.dry_run.shown(output) {
        return Ok(exit::DONE);
    }
    let id = text(&answer["delivery_id"]);
    if shared.waiting.wait {
        return outcome::wait(context, &api, &id, shared.waiting.timeout).await;
    }
    output.answer(&answer, || {
        output.data(&id);
        output.note(&format!(
            "Queued. What becomes of it: customerio messages show {id}"
        ));
    });
    Ok(exit::DONE)
}
