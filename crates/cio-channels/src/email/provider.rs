//! Which mail server a message goes to, and which one is asked when that one is down.

use std::fmt;
use std::sync::Arc;

use rustls::ClientConfig;

use super::dkim::{DkimKey, signatures};
use super::outgoing::{Outgoing, Report};
use super::smtp::{Smtp, SmtpSettings};
use crate::{Handed, Point};

/// A mail server and what it is for.
#[derive(Debug)]
pub struct ProviderSettings {
    /// What it is called in reports and logs.
    pub name: String,
    /// Where it is and how it is used.
    pub smtp: SmtpSettings,
    /// The domains whose mail it carries, as they stand in `From`; `*` is every domain.
    /// Where a domain is named, it goes before `*`.
    pub domains: Vec<String>,
    /// The keys that sign what it carries, each what comes from its domain and those below.
    pub dkim: Vec<DkimKey>,
}

struct Provider {
    name: String,
    smtp: Smtp,
    domains: Vec<String>,
    dkim: Vec<DkimKey>,
}

/// The mail servers there are, in the order in which they are asked.
pub struct Providers {
    list: Vec<Provider>,
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

impl Providers {
    /// Servers that are not connected to before there is a message. `tls` is
    /// [`platform_tls`](super::smtp::platform_tls) unless others are to be trusted.
    pub fn new(list: Vec<ProviderSettings>, tls: &Arc<ClientConfig>) -> Providers {
        let list = list.into_iter().map(|settings| Provider {
            name: settings.name,
            smtp: Smtp::new(settings.smtp, Arc::clone(tls)),
            domains: settings
                .domains
                .iter()
                .map(|domain| domain.trim().to_ascii_lowercase())
                .collect(),
            dkim: settings.dkim,
        });
        Providers {
            list: list.collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Where mail goes, without credentials: `smtp://localhost:25`, or several with their
    /// names.
    pub fn describe(&self) -> String {
        match self.list.as_slice() {
            [] => "nowhere".to_owned(),
            [one] => one.smtp.describe(),
            several => {
                let each = several
                    .iter()
                    .map(|it| format!("{} ({})", it.name, it.smtp.describe()));
                each.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// Hands a message over. Where a server is down, the next one that is for its domain
    /// is asked; once its moment is reached, no other is.
    pub async fn hand_over(&self, outgoing: &Outgoing, point: &dyn Point) -> Report {
        let mut last = None;
        for provider in self.candidates(outgoing.domain()) {
            let signatures = signatures(outgoing.message(), provider.keys(outgoing.domain()));
            let asked = provider.smtp.ask(outgoing, signatures.as_bytes(), point);
            let mut answer = asked.await;
            answer.report.provider = Some(provider.name.clone());
            if !answer.may_go_elsewhere {
                return answer.report;
            }
            last = Some(answer.report);
        }
        last.unwrap_or_else(|| {
            let reason = format!("no mail server is for \"{}\"", outgoing.domain());
            Report::all(outgoing, &Handed::Later { reason, wait: None })
        })
    }

    /// Those for a domain: first those that name it, and of these, those that are up.
    fn candidates(&self, domain: &str) -> Vec<&Provider> {
        let mut found: Vec<(bool, bool, &Provider)> = self
            .list
            .iter()
            .filter_map(|provider| {
                let names_it = provider.domains.iter().any(|it| it == domain);
                let is_for_it = names_it || provider.domains.iter().any(|it| it == "*");
                is_for_it.then(|| (provider.smtp.is_down(), !names_it, provider))
            })
            .collect();
        // In the order given, otherwise.
        found.sort_by_key(|(is_down, is_general, _)| (*is_down, *is_general));
        found.into_iter().map(|(_, _, provider)| provider).collect()
    }

    /// Closes the connections that wait.
    pub async fn close(&self) {
        for provider in &self.list {
            provider.smtp.close().await;
        }
    }
}

impl Provider {
    /// The keys of a domain, or of the nearest domain above it that has some.
    fn keys(&self, domain: &str) -> impl Iterator<Item = &DkimKey> {
        let is_above = |key: &DkimKey| {
            domain == key.domain()
                || domain
                    .strip_suffix(key.domain())
                    .is_some_and(|below| below.ends_with('.'))
        };
        let above = self.dkim.iter().filter(move |key| is_above(key));
        let nearest = above.map(|key| key.domain().len()).max();
        let all = self.dkim.iter();
        let domain = domain.to_owned();
        all.filter(move |key| Some(key.domain().len()) == nearest && domain.ends_with(key.domain()))
    }
}
