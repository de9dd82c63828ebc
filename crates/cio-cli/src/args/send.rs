//! What can be typed to send a transactional message.

mod email;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

pub(crate) use email::EmailArgs;

use super::fields::{Field, text_pair};
use super::time::When;
use super::waiting::Waiting;
use super::{DryRun, Fields, Person};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio send email --template order_shipped --to ana@example.com --person 42 order:=1001\n  \
    customerio send email --from shop@example.com --to ana@example.com --subject Hello \
    --body @hello.html --wait\n  \
    customerio send push --template order_shipped --person 42 order:=1001\n  \
    customerio send sms --template login_code --to +15550100 --person 42 code=123456\n\n\
    PERSON is an id, an email address, or cio_id:…; id:… and email:… say which.\n\
    NAME=VALUE is data for the template, {{trigger.NAME}} there.")]
pub(crate) struct SendArgs {
    #[command(subcommand)]
    pub(crate) channel: SendChannel,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SendChannel {
    /// Send an email: from a template, or written out here
    Email(Box<EmailArgs>),
    /// Send a push message to a person's devices
    Push(Box<PushArgs>),
    /// Send an SMS
    Sms(TextArgs),
    /// Send a WhatsApp message
    Whatsapp(TextArgs),
    /// Show a message in an app
    InApp(ShownArgs),
    /// Put a message into the inbox of an app
    Inbox(ShownArgs),
}

/// What a send from a template always has.
#[derive(Debug, Args)]
pub(crate) struct Addressed {
    /// The template, by its number or trigger name
    #[arg(long)]
    pub(crate) template: String,
    /// Whom it is for, and in whose history it appears; created if not known
    #[arg(long)]
    pub(crate) person: Person,
}

/// What every channel has.
#[derive(Debug, Args)]
pub(crate) struct Shared {
    #[command(flatten)]
    pub(crate) data: Fields,
    /// The language of the template to use, by its code [default: the person's]
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Send it then, at most 90 days ahead: a time, or how long from now, such as 2h
    #[arg(long, value_name = "TIME", conflicts_with = "wait")]
    send_at: Option<When>,
    /// Hold it as a draft, to be sent by hand
    #[arg(long)]
    queue_draft: bool,
    /// Do not keep its content after sending
    #[arg(long)]
    disable_message_retention: bool,
    /// Any other field of the API, by its name there: NAME=TEXT or NAME:=JSON; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<Field>,
    /// Do it once however often it is run with this key, for a day; for a server of your own,
    /// as Customer.io knows no keys
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

/// What most channels have.
#[derive(Debug, Args)]
pub(crate) struct Switches {
    /// Create an empty template of this name if there is none
    #[arg(long)]
    auto_create: bool,
    /// Send it to somebody who unsubscribed, too [default: as the template says]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    send_to_unsubscribed: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct PushArgs {
    #[command(flatten)]
    pub(crate) addressed: Addressed,
    /// Which devices: all, last_used, or a device's token [default: all]
    #[arg(long, value_name = "DEVICES")]
    to: Option<String>,
    /// Title, instead of the template's
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Text, instead of the template's
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// A picture, by its URL
    #[arg(long, value_name = "URL")]
    image_url: Option<String>,
    /// What a tap opens
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Sound on iOS
    #[arg(long, value_parser = ["default", "none"])]
    sound: Option<String>,
    /// Something handed to the app; may be repeated
    #[arg(long, value_name = "NAME=TEXT", value_parser = text_pair)]
    custom_data: Vec<(String, String)>,
    /// The raw payload, {"ios":…,"android":…}: JSON, or @FILE
    #[arg(long, value_name = "JSON")]
    custom_payload: Option<String>,
    #[command(flatten)]
    switches: Switches,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

#[derive(Debug, Args)]
pub(crate) struct TextArgs {
    #[command(flatten)]
    pub(crate) addressed: Addressed,
    /// The number it goes to, such as +15550100
    #[arg(long, value_name = "NUMBER")]
    pub(crate) to: String,
    /// Sender [default: the template's]
    #[arg(long, value_name = "SENDER")]
    from: Option<String>,
    /// Track clicks on links [default: as the template says]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    tracked: Option<bool>,
    #[command(flatten)]
    switches: Switches,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

#[derive(Debug, Args)]
pub(crate) struct ShownArgs {
    #[command(flatten)]
    pub(crate) addressed: Addressed,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

/// Fields of a send by their names on the wire.
#[derive(Default)]
pub(crate) struct Wire(pub(crate) Map<String, Value>);

impl Wire {
    fn text(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.0.insert(name.to_owned(), json!(text));
        }
    }

    fn switch(&mut self, name: &str, switch: Option<bool>) {
        if let Some(switch) = switch {
            self.0.insert(name.to_owned(), json!(switch));
        }
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        self.switch(name, is_set.then_some(true));
    }
}

impl Switches {
    fn write(&self, wire: &mut Wire) {
        wire.flag("auto_create", self.auto_create);
        wire.switch("send_to_unsubscribed", self.send_to_unsubscribed);
    }
}

impl Shared {
    /// What is typed as such wins over everything else.
    fn write(&self, wire: &mut Wire) {
        wire.text("language", self.language.as_ref());
        if let Some(time) = self.send_at {
            wire.0.insert("send_at".to_owned(), time.ahead().into());
        }
        wire.flag("queue_draft", self.queue_draft);
        wire.flag("disable_message_retention", self.disable_message_retention);
        let set = self.set.iter().cloned();
        wire.0.extend(set.map(|field| (field.name, field.value)));
    }
}

impl PushArgs {
    /// All fields but the template, the person and the data.
    pub(crate) fn wire(&self) -> Result<Wire, crate::exit::Failure> {
        let mut wire = Wire::default();
        wire.text("to", self.to.as_ref());
        wire.text("title", self.title.as_ref());
        wire.text("message", self.message.as_ref());
        wire.text("image_url", self.image_url.as_ref());
        wire.text("link", self.link.as_ref());
        wire.text("sound", self.sound.as_ref());
        if !self.custom_data.is_empty() {
            let data = self.custom_data.iter().cloned();
            let data: Map<String, Value> = data.map(|(name, text)| (name, text.into())).collect();
            wire.0.insert("custom_data".to_owned(), data.into());
        }
        if let Some(payload) = &self.custom_payload {
            let payload = super::fields::object_of("--custom-payload", payload)?;
            wire.0.insert("custom_payload".to_owned(), payload.into());
        }
        self.switches.write(&mut wire);
        self.shared.write(&mut wire);
        Ok(wire)
    }
}

impl TextArgs {
    /// All fields but the template, the person, the number and the data.
    pub(crate) fn wire(&self) -> Wire {
        let mut wire = Wire::default();
        wire.text("from", self.from.as_ref());
        wire.switch("tracked", self.tracked);
        self.switches.write(&mut wire);
        self.shared.write(&mut wire);
        wire
    }
}

impl ShownArgs {
    /// All fields but the template, the person and the data.
    pub(crate) fn wire(&self) -> Wire {
        let mut wire = Wire::default();
        self.shared.write(&mut wire);
        wire
    }
}
