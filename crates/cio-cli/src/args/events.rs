//! What can be typed about events.

use clap::{Args, Subcommand};

use super::time::When;
use super::{DryRun, Fields, Person};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio events track 42 order_placed total:=99.5 currency=EUR\n  \
    customerio events track ana@example.com signed_up --timestamp 2h\n  \
    customerio events track --anonymous visitor-7 cart_filled items:=3\n  \
    customerio events page 42 https://example.com/pricing\n\n\
    PERSON is an id, an email address, or cio_id:…; id:… and email:… say which.")]
pub(crate) struct EventsArgs {
    #[command(subcommand)]
    pub(crate) command: EventsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Record something a person did
    Track(EventArgs),
    /// Record that a person saw a page, by its URL or path
    Page(EventArgs),
    /// Record that a person saw a screen of an app
    Screen(EventArgs),
}

#[derive(Debug, Args)]
pub(crate) struct EventArgs {
    /// Who; left out with --anonymous
    #[arg(required_unless_present = "anonymous")]
    person: Option<String>,
    /// What: the name of the event, or the page or screen
    #[arg(value_name = "EVENT", required_unless_present = "anonymous")]
    name: Option<String>,
    #[command(flatten)]
    data: Fields,
    /// Of somebody not known yet, who is called this
    #[arg(long, value_name = "ID")]
    anonymous: Option<String>,
    /// The ULID by which a repeat is recognised [default: a new one]
    #[arg(long, value_name = "ULID")]
    pub(crate) id: Option<String>,
    /// When it happened: a time, or how long ago, such as 2h [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) timestamp: Option<When>,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

/// Whose event it is.
pub(crate) enum Who {
    Person(Person),
    Anonymous(String),
}

impl EventArgs {
    /// Whose event it is, its name and its data. With `--anonymous` what is typed begins with
    /// the name.
    pub(crate) fn read(&self) -> Result<(Who, String, Fields), String> {
        let mut data = self.data.clone();
        let first = self.person.clone().unwrap_or_default();
        match &self.anonymous {
            None => {
                let person = first.parse()?;
                let name = self.name.clone().unwrap_or_default();
                Ok((Who::Person(person), name, data))
            }
            Some(_) if first.is_empty() => Err("say the name of the event, too".to_owned()),
            Some(id) => {
                if let Some(field) = &self.name {
                    data.prepend(field)?;
                }
                Ok((Who::Anonymous(id.clone()), first, data))
            }
        }
    }
}
