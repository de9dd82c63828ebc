//! What can be typed about messages that were sent.

use clap::{Args, Subcommand, ValueEnum};

use super::Person;
use super::limit::Recent;
use super::time::When;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio messages list --channel email --metric bounced --since 7d\n  \
    customerio messages list --person ana@example.com --json\n  \
    customerio messages list --template order_shipped --state failed\n  \
    customerio messages show RLq5AQ\n  \
    customerio messages content RLq5AQ > body.html")]
pub(crate) struct MessagesArgs {
    #[command(subcommand)]
    pub(crate) command: MessagesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MessagesCommand {
    /// List messages, newest first
    List(MessagesListArgs),
    /// Show what became of a message
    Show(MessageArgs),
    /// Print a message as it was sent; the service answers this 100 times a day
    Content(MessageArgs),
}

#[derive(Debug, Args)]
pub(crate) struct MessagesListArgs {
    #[command(flatten)]
    pub(crate) of: Parent,
    /// Only those of a channel
    #[arg(long)]
    pub(crate) channel: Option<Channel>,
    /// Only those with this metric recorded
    #[arg(long)]
    pub(crate) metric: Option<Metric>,
    /// Only those in this state; with --template or --broadcast
    #[arg(long)]
    pub(crate) state: Option<State>,
    /// Only those created since then: a time, or how long ago, such as 7d [default: 6 months]
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<When>,
    /// Only those created until then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<When>,
    /// Drafts that are held, instead of what was sent
    #[arg(long, conflicts_with_all = ["person", "template", "broadcast"])]
    pub(crate) drafts: bool,
    #[command(flatten)]
    pub(crate) recent: Recent,
}

/// What messages belong to.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Parent {
    /// Only those to a person
    #[arg(long)]
    pub(crate) person: Option<Person>,
    /// Only those made from a transactional template, by its number or name
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) template: Option<String>,
    /// Only those of a broadcast, by its number or name
    #[arg(long, value_name = "BROADCAST")]
    pub(crate) broadcast: Option<String>,
    /// Only those of a campaign, by its number
    #[arg(long, value_name = "ID")]
    pub(crate) campaign: Option<u64>,
    /// Only those of a newsletter, by its number
    #[arg(long, value_name = "ID")]
    pub(crate) newsletter: Option<u64>,
    /// Only those of an action of a campaign or broadcast, by its number
    #[arg(long, value_name = "ID")]
    pub(crate) action: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    /// The delivery id that a send prints and `messages list` shows
    // Some begin with a hyphen.
    #[arg(allow_hyphen_values = true)]
    pub(crate) id: String,
}

/// How a message reaches somebody.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Channel {
    /// Email
    Email,
    /// Push
    Push,
    /// SMS
    #[value(alias = "twilio")]
    Sms,
    /// WhatsApp
    Whatsapp,
    /// In an app
    #[value(name = "in-app", alias = "in_app")]
    InApp,
    /// The inbox of an app
    Inbox,
    /// Webhooks of campaigns
    Webhook,
    /// Slack
    Slack,
}

impl Channel {
    /// As `type` of a message.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Push => "push",
            Channel::Sms => "twilio",
            Channel::Whatsapp => "whatsapp",
            Channel::InApp => "in_app",
            Channel::Inbox => "inbox",
            Channel::Webhook => "webhook",
            Channel::Slack => "slack",
        }
    }
}

/// Something that happened to a message.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Metric {
    Attempted,
    Sent,
    Delivered,
    Opened,
    Clicked,
    Converted,
    Bounced,
    Spammed,
    Unsubscribed,
    Dropped,
    Failed,
    Undeliverable,
}

impl Metric {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Metric::Attempted => "attempted",
            Metric::Sent => "sent",
            Metric::Delivered => "delivered",
            Metric::Opened => "opened",
            Metric::Clicked => "clicked",
            Metric::Converted => "converted",
            Metric::Bounced => "bounced",
            Metric::Spammed => "spammed",
            Metric::Unsubscribed => "unsubscribed",
            Metric::Dropped => "dropped",
            Metric::Failed => "failed",
            Metric::Undeliverable => "undeliverable",
        }
    }
}

/// How far a message is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum State {
    Failed,
    Sent,
    Drafted,
    Attempted,
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            State::Failed => "failed",
            State::Sent => "sent",
            State::Drafted => "drafted",
            State::Attempted => "attempted",
        }
    }
}
