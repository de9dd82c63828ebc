//! What a send says, by channel.

use axum::http::StatusCode;
use cio_domain::message::{
    Channel, Content, EmailContent, InAppContent, PushContent, PushTarget, TextContent,
};

use super::fields::{attachments, bad_request, flag, headers, text, texts};
use crate::delivery::{self, ContentProblem};
use crate::error::{ApiError, Family};
use crate::json::{self, Fields};

/// Reads what a send says of its own: what it leaves out is as its template says.
pub(super) fn read(channel: Channel, fields: &Fields<'_>) -> Result<Content, ApiError> {
    Ok(match channel {
        Channel::Email => Content::Email(Box::new(email(fields)?)),
        Channel::Push => Content::Push(Box::new(push(fields)?)),
        Channel::Sms => Content::Sms(text_message(fields)?),
        Channel::Whatsapp => Content::Whatsapp(text_message(fields)?),
        // What an app shows is in its template; a send brings data for it.
        Channel::InApp => Content::InApp(InAppContent::default()),
        Channel::Inbox => Content::Inbox(InAppContent::default()),
    })
}

fn email(fields: &Fields<'_>) -> Result<EmailContent, ApiError> {
    let said = |name| Ok::<_, ApiError>(text(fields, name)?.unwrap_or_default());
    Ok(EmailContent {
        to: said("to")?,
        from: said("from")?,
        subject: said("subject")?,
        body: said("body")?,
        reply_to: text(fields, "reply_to")?,
        cc: text(fields, "cc")?,
        bcc: text(fields, "bcc")?,
        fake_bcc: flag(fields, "fake_bcc")?,
        preheader: text(fields, "preheader")?,
        body_plain: match text(fields, "body_plain")? {
            None => text(fields, "plaintext_body")?,
            given => given,
        },
        body_amp: text(fields, "body_amp")?,
        headers: fields
            .present("headers")
            .map(headers)
            .transpose()?
            .unwrap_or_default(),
        attachments: fields
            .present("attachments")
            .map(attachments)
            .transpose()?
            .unwrap_or_default(),
        disable_css_preprocessing: flag(fields, "disable_css_preprocessing")?,
    })
}

fn push(fields: &Fields<'_>) -> Result<PushContent, ApiError> {
    let sound = text(fields, "sound")?;
    if sound
        .as_deref()
        .is_some_and(|it| !matches!(it, "default" | "none"))
    {
        return Err(bad_request("\"sound\" must be \"default\" or \"none\""));
    }
    let payload = fields.present("custom_payload");
    if payload.is_some_and(|payload| !json::is_object(payload)) {
        return Err(bad_request(
            "\"custom_payload\" must be an object of \"ios\" and \"android\"",
        ));
    }
    Ok(PushContent {
        to: text(fields, "to")?.as_deref().map(PushTarget::read),
        title: text(fields, "title")?.unwrap_or_default(),
        message: text(fields, "message")?.unwrap_or_default(),
        image_url: text(fields, "image_url")?,
        link: text(fields, "link")?,
        sound,
        custom_data: texts(fields, "custom_data")?,
        custom_payload: payload
            .map(|payload| payload.get().to_owned())
            .filter(|payload| payload != "{}"),
    })
}

fn text_message(fields: &Fields<'_>) -> Result<TextContent, ApiError> {
    Ok(TextContent {
        to: text(fields, "to")?.unwrap_or_default(),
        from: text(fields, "from")?.unwrap_or_default(),
        body: String::new(),
        media_url: None,
    })
}

/// Refuses what can be told before it is rendered: `whole` is what is said together with the
/// template, if there is one.
pub(super) fn check(whole: &Content, has_template: bool) -> Result<(), ApiError> {
    let missing = match whole {
        Content::Email(email) => [
            ("to", email.to.as_str()),
            ("from", &email.from),
            ("subject", &email.subject),
            ("body", &email.body),
        ]
        .into_iter()
        .find(|(_, text)| text.trim().is_empty())
        .map(|(name, _)| name),
        Content::Sms(text) | Content::Whatsapp(text) => text.to.trim().is_empty().then_some("to"),
        Content::Push(_) | Content::InApp(_) | Content::Inbox(_) => None,
    };
    if let Some(name) = missing {
        return Err(bad_request(&match has_template {
            false => format!("\"{name}\" is required for a message without a template"),
            true => format!("\"{name}\" is required: the template does not say it either"),
        }));
    }
    match whole {
        Content::Email(email) => delivery::check(email).map_err(refused),
        _ => Ok(()),
    }
}

fn refused(problem: ContentProblem) -> ApiError {
    let status = match problem {
        ContentProblem::ForbiddenFileType { .. } => StatusCode::FORBIDDEN,
        ContentProblem::AttachmentsTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    ApiError::new(Family::Send, status, &problem.to_string())
}
