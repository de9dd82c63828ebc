//! A template with data, as the corpus has them, and the host that it is rendered for.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use cio_liquid::{Countdown, Host, Limits, Link, Template, UrlTag};
use serde_json::Value;

/// What `now` is in every case: 2026-11-25T12:30:45Z.
const NOW: i64 = 1_795_609_845;

struct Fixture {
    data: Value,
    snippets: BTreeMap<String, Template>,
    partials: BTreeMap<String, Template>,
    /// Counts up, so that what is random is known.
    random: Cell<u64>,
}

impl Host for Fixture {
    fn root(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.data.get(name).map(Cow::Borrowed)
    }

    fn snippet(&self, name: &str) -> Option<Template> {
        self.snippets.get(name).cloned()
    }

    fn partial(&self, name: &str) -> Option<Template> {
        self.partials.get(name).cloned()
    }

    fn url(&self, tag: UrlTag) -> Option<String> {
        match tag {
            UrlTag::Unsubscribe => Some("https://example.com/unsubscribe/1".to_owned()),
            UrlTag::ManageSubscriptionPreferences => {
                Some("https://example.com/preferences".to_owned())
            }
            UrlTag::TrackingConsent => Some("https://example.com/consent".to_owned()),
            // As in a message that is no email.
            UrlTag::ViewInBrowser => None,
        }
    }

    fn link(&self, link: &Link<'_>) -> Option<String> {
        let mut url = link.url.to_owned();
        if link.url_params {
            url.push_str("?utm=1");
        }
        Some(if link.track {
            format!("https://t.example.com/{url}")
        } else {
            url
        })
    }

    fn link_id(&self) -> Option<String> {
        Some("42".to_owned())
    }

    fn countdown(&self, countdown: &Countdown<'_>) -> Option<String> {
        let names: Vec<&str> = countdown
            .parameters
            .iter()
            .map(|(name, _)| &**name)
            .collect();
        Some(format!("https://example.com/countdown?{}", names.join("&")))
    }

    fn topic_name(&self, language: Option<&str>) -> Option<String> {
        Some(match language {
            None => "News".to_owned(),
            Some(language) => format!("News ({language})"),
        })
    }

    fn now(&self) -> i64 {
        NOW
    }

    fn random(&self) -> u64 {
        let number = self.random.get();
        self.random.set(number + 1);
        number
    }
}

/// What it renders to, or why it does not.
pub(crate) fn render(case: &Value) -> Result<String, String> {
    let source = case["template"].as_str().unwrap_or_default();
    let template = Template::parse(source).map_err(|error| error.to_string())?;
    let host = Fixture {
        data: case["data"].clone(),
        snippets: templates(&case["snippets"])?,
        partials: templates(&case["partials"])?,
        random: Cell::new(0),
    };
    let rendered = template.render(&host, &Limits::default());
    rendered.map_err(|error| error.to_string())
}

fn templates(sources: &Value) -> Result<BTreeMap<String, Template>, String> {
    let Some(sources) = sources.as_object() else {
        return Ok(BTreeMap::new());
    };
    sources
        .iter()
        .map(|(name, source)| {
            let template = Template::parse(source.as_str().unwrap_or_default());
            Ok((name.clone(), template.map_err(|error| error.to_string())?))
        })
        .collect()
}
