//! Text messages and WhatsApp messages.

pub mod http;
pub mod twilio;

use cio_domain::message::TextContent;

/// How a text reaches somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextChannel {
    /// A text message.
    Sms,
    /// A WhatsApp message.
    Whatsapp,
}

impl TextChannel {
    /// `sms`, `whatsapp`.
    pub const fn as_str(self) -> &'static str {
        match self {
            TextChannel::Sms => "sms",
            TextChannel::Whatsapp => "whatsapp",
        }
    }
}

/// A text for one number.
#[derive(Clone, Copy)]
pub struct TextMessage<'a> {
    /// The delivery it is.
    pub delivery_id: &'a str,
    /// How it comes.
    pub channel: TextChannel,
    /// What it says, rendered, and between whom.
    pub content: &'a TextContent,
    /// Where the carrier reports what becomes of it, if it does.
    pub status_callback: Option<&'a str>,
}
