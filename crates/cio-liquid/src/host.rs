//! What a render asks for: data, links, the time.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::Template;

/// What a template reads from. Only [`root`](Host::root) has to be there; what a message does
/// not have, a link or a topic, fails the render that asks for it.
pub trait Host {
    /// The value of a variable that the template did not make itself, such as `customer`,
    /// `trigger` or the name of a collection. Asked for once a render. What is borrowed is not
    /// copied.
    fn root(&self, name: &str) -> Option<Cow<'_, Value>>;

    /// A snippet by its name.
    fn snippet(&self, _name: &str) -> Option<Template> {
        None
    }

    /// A template for `include` and `render`.
    fn partial(&self, _name: &str) -> Option<Template> {
        None
    }

    /// A link that is this delivery's own.
    fn url(&self, _tag: UrlTag) -> Option<String> {
        None
    }

    /// What `cio_link` becomes; the URL itself, unless links are tracked.
    fn link(&self, link: &Link<'_>) -> Option<String> {
        Some(link.url.to_owned())
    }

    /// What `cio_link_id` becomes.
    fn link_id(&self) -> Option<String> {
        None
    }

    /// The image that `countdown` asks for, as the URL that goes into the message.
    fn countdown(&self, _countdown: &Countdown<'_>) -> Option<String> {
        None
    }

    /// The name of the subscription topic of the message, in a language or in the default one.
    fn topic_name(&self, _language: Option<&str>) -> Option<String> {
        None
    }

    /// The time that `now` is, in Unix seconds.
    fn now(&self) -> i64 {
        0
    }

    /// Any number, another each time: for `random` and `generate_uuid`.
    fn random(&self) -> u64 {
        0
    }

    /// Whether the render has taken too long; asked every thousand steps.
    fn expired(&self) -> bool {
        false
    }
}

/// A link that belongs to the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UrlTag {
    /// `unsubscribe_url`, and the link in `unsubscribe`.
    Unsubscribe,
    /// `manage_subscription_preferences_url`.
    ManageSubscriptionPreferences,
    /// `view_in_browser_url`; emails have it.
    ViewInBrowser,
    /// `tracking_consent_url`.
    TrackingConsent,
}

impl UrlTag {
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe_url",
            Self::ManageSubscriptionPreferences => "manage_subscription_preferences_url",
            Self::ViewInBrowser => "view_in_browser_url",
            Self::TrackingConsent => "tracking_consent_url",
        }
    }
}

/// What `cio_link` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// Where it goes.
    pub url: &'a str,
    /// Whether clicks are counted. True unless the template says otherwise.
    pub track: bool,
    /// Whether the workspace's URL parameters are added. True unless the template says otherwise.
    pub url_params: bool,
}

/// What `countdown` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Countdown<'a> {
    /// The parameters as written, in their order: `point`, `fg`, `bg`, `time` at least.
    pub parameters: &'a [(String, String)],
}

/// A host that has nothing but data: an object, each field of which is a variable.
#[derive(Debug, Clone, Default)]
pub struct Data {
    roots: Map<String, Value>,
}

impl Data {
    /// Of an object; anything else has no variables.
    #[must_use]
    pub fn new(data: Value) -> Self {
        let roots = match data {
            Value::Object(roots) => roots,
            _ => Map::new(),
        };
        Self { roots }
    }
}

impl Host for Data {
    fn root(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.roots.get(name).map(Cow::Borrowed)
    }
}
