//! Reporting webhooks: where a workspace has told what happens to its messages.

use std::fmt;

use super::{Invalid, name};
use crate::limits::REPORTING_ENDPOINT_BYTES_MAX;
use crate::reporting::EventName;

/// A reporting webhook's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportingWebhookId(pub u32);

/// The URL that is called. It may hold a user and a password, so it is shown by nothing but
/// [`Endpoint::as_str`].
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// Takes a URL without the white space around it.
    ///
    /// # Errors
    /// Anything but `http://` or `https://` and what follows, in one word.
    pub fn new(url: &str) -> Result<Endpoint, Invalid> {
        let url = url.trim();
        let invalid = |problem: String| Err(Invalid::new("endpoint", problem));
        if url.len() > REPORTING_ENDPOINT_BYTES_MAX {
            return invalid(format!(
                "cannot be longer than {REPORTING_ENDPOINT_BYTES_MAX} bytes"
            ));
        }
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        let is_web = scheme.is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
        });
        if !is_web || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return invalid("must be a URL: https://…".to_owned());
        }
        Ok(Endpoint(url.to_owned()))
    }

    /// The URL with all that is in it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint([redacted])")
    }
}

/// The events that a webhook tells: at least one, each once, as they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events(Vec<EventName>);

impl Events {
    /// Takes the names of events.
    ///
    /// # Errors
    /// None at all, or a name that is not known: the text lists those that are.
    pub fn read<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Events, Invalid> {
        let mut events = Vec::new();
        for name in names {
            let Ok(event) = name.trim().parse() else {
                let known: Vec<String> = EventName::all().map(|it| it.to_string()).collect();
                // What is long or strange is not repeated.
                let name: String = name.chars().filter(|c| !c.is_control()).take(50).collect();
                let known = known.join(", ");
                let problem = format!("has \"{name}\", which is no event; there are {known}");
                return Err(Invalid::new("events", problem));
            };
            if !events.contains(&event) {
                events.push(event);
            }
        }
        if events.is_empty() {
            return Err(Invalid::new("events", "must name at least one event"));
        }
        Ok(Events(events))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = EventName> {
        self.0.iter().copied()
    }
}

/// A reporting webhook as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReportingWebhook {
    /// What people call it.
    pub name: String,
    /// What is called.
    pub endpoint: Endpoint,
    /// What it tells.
    pub events: Events,
    /// It tells nothing. What waits when it is switched off is dropped.
    pub disabled: bool,
    /// It tells every open and click, not only the first of each message.
    pub full_resolution: bool,
    /// It tells what a message said when that was sent.
    pub with_content: bool,
}

impl NewReportingWebhook {
    /// One that is switched on and tells first opens and clicks, without content.
    ///
    /// # Errors
    /// A name that is no line.
    pub fn new(
        name: &str,
        endpoint: Endpoint,
        events: Events,
    ) -> Result<NewReportingWebhook, Invalid> {
        Ok(NewReportingWebhook {
            name: self::name(name)?,
            endpoint,
            events,
            disabled: false,
            full_resolution: false,
            with_content: false,
        })
    }

    /// Whether it tells this, which happened for the first time or again.
    pub fn wants(&self, event: EventName, is_first: bool) -> bool {
        !self.disabled
            && (is_first || self.full_resolution || !event.is_engagement())
            && self.events.0.contains(&event)
    }
}

/// A reporting webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportingWebhook {
    /// Its number.
    pub id: ReportingWebhookId,
    /// What it is.
    pub details: NewReportingWebhook,
    /// How often it was changed.
    pub revision: u32,
}

/// What is to be different of a webhook. What is not said stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportingWebhookUpdate {
    /// What people call it; see [`webhook_name`].
    pub name: Option<String>,
    /// What is called.
    pub endpoint: Option<Endpoint>,
    /// What it tells.
    pub events: Option<Events>,
    /// Whether it tells nothing.
    pub disabled: Option<bool>,
    /// Whether it tells every open and click.
    pub full_resolution: Option<bool>,
    /// Whether it tells what a message said.
    pub with_content: Option<bool>,
}

impl ReportingWebhookUpdate {
    /// The webhook as it is from now on.
    pub fn over(self, before: NewReportingWebhook) -> NewReportingWebhook {
        NewReportingWebhook {
            name: self.name.unwrap_or(before.name),
            endpoint: self.endpoint.unwrap_or(before.endpoint),
            events: self.events.unwrap_or(before.events),
            disabled: self.disabled.unwrap_or(before.disabled),
            full_resolution: self.full_resolution.unwrap_or(before.full_resolution),
            with_content: self.with_content.unwrap_or(before.with_content),
        }
    }
}

/// The name of a webhook without the white space around it.
///
/// # Errors
/// One that is no line.
pub fn webhook_name(text: &str) -> Result<String, Invalid> {
    name(text)
}

/// A change of a reporting webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportingWebhookChange {
    /// A new one.
    Create(NewReportingWebhook),
    /// Changes one that must be there.
    Update(ReportingWebhookId, Box<ReportingWebhookUpdate>),
    /// Removes one that must be there. What waits for it is dropped.
    Delete(ReportingWebhookId),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(events: &[&str]) -> NewReportingWebhook {
        let endpoint = Endpoint::new("https://ana:hunter2@example.com/x").unwrap();
        let events = Events::read(events.iter().copied()).unwrap();
        NewReportingWebhook::new("one", endpoint, events).unwrap()
    }

    #[test]
    fn a_password_is_not_shown() {
        let webhook = webhook(&["email_sent"]);
        assert!(webhook.endpoint.as_str().contains("hunter2"));
        assert!(!format!("{webhook:?}").contains("hunter2"));
    }

    #[test]
    fn an_endpoint_is_a_url() {
        for right in [" https://example.com ", "HTTP://x/y?z=1"] {
            assert_eq!(Endpoint::new(right).unwrap().as_str(), right.trim());
        }
        let long = format!("https://{}", "x".repeat(REPORTING_ENDPOINT_BYTES_MAX));
        for wrong in [
            "",
            "example.com",
            "ftp://x",
            "https://a b",
            "https://a\nb",
            &long,
        ] {
            assert_eq!(Endpoint::new(wrong).unwrap_err().field, "endpoint");
        }
    }

    #[test]
    fn events_are_known_and_each_is_there_once() {
        let events = Events::read(["email_sent", "push_sent", " email_sent"]).unwrap();
        let names: Vec<String> = events.iter().map(|it| it.to_string()).collect();
        assert_eq!(names, ["email_sent", "push_sent"]);
        let invalid = Events::read(["email_sent", "email_lost"]).unwrap_err();
        assert_eq!(invalid.field, "events");
        for part in ["\"email_lost\"", "email_bounced", "whatsapp_replied"] {
            assert!(invalid.problem.contains(part), "{invalid}");
        }
        assert_eq!(Events::read([]).unwrap_err().field, "events");
    }

    #[test]
    fn only_the_first_open_and_click_is_told_unless_all_are() {
        let mut webhook = webhook(&["email_opened", "email_bounced"]);
        let [opened, bounced, sent] =
            ["email_opened", "email_bounced", "email_sent"].map(|it| it.parse().unwrap());
        assert!(webhook.wants(opened, true) && !webhook.wants(opened, false));
        assert!(webhook.wants(bounced, true) && webhook.wants(bounced, false));
        assert!(!webhook.wants(sent, true));
        webhook.full_resolution = true;
        assert!(webhook.wants(opened, false));
        webhook.disabled = true;
        assert!(!webhook.wants(opened, true));
    }

    #[test]
    fn what_an_update_does_not_say_stays() {
        let before = webhook(&["email_sent"]);
        let same = ReportingWebhookUpdate::default().over(before.clone());
        assert_eq!(same, before);
        let update = ReportingWebhookUpdate {
            name: Some("two".to_owned()),
            disabled: Some(true),
            ..ReportingWebhookUpdate::default()
        };
        let after = update.over(before.clone());
        let expected = NewReportingWebhook {
            name: "two".to_owned(),
            disabled: true,
            ..before
        };
        assert_eq!(after, expected);
    }
}
