//! Emails: composed, with what follows their opens and links, and handed to a mail server.
//!
//! A message goes to everybody it is for at once; whoever has it, or refused it, is a part by
//! their address and left out when it is tried again for the others. The copies of `fake_bcc`
//! are messages of their own, and parts by what they are of.

use std::collections::BTreeMap;

use cio_channels::Handed;
use cio_channels::email::tracking::{Link, Tracking};
use cio_channels::email::{ComposeOptions, Outgoing, Report, Role, check, compose};
use cio_domain::content::ContentChange;
use cio_domain::content::esp::{EspChange, NewSuppression, SuppressionKind};
use cio_domain::delivery::{Delivery, Part};
use cio_domain::job::{Job, Settlement};
use cio_domain::message::EmailContent;
use cio_store::StoreError;

use super::attempt::{LeasedPoint, in_doubt, undeliverable};
use super::worker::{Deliveries, again_after};

const SUPPRESSED: &str = "no mail is sent to this address any more: it is on the suppression list";

/// A message that is made, on its way.
struct Leaving<'a> {
    job: &'a Job,
    delivery: &'a Delivery,
}

/// What became of a message of a delivery.
enum Went {
    /// Whoever could have it has it.
    Out,
    /// Not yet, or not at all.
    Not(Settlement),
}

impl Deliveries {
    pub(super) async fn hand_over_email(
        &self,
        job: &Job,
        delivery: &Delivery,
        email: EmailContent,
    ) -> Result<Settlement, StoreError> {
        let leaving = Leaving { job, delivery };
        if let Err(problem) = check(&email) {
            return Ok(undeliverable(&problem.to_string()));
        }
        let messages = match self.compose(leaving.delivery, &email) {
            Ok(messages) => messages,
            Err(problem) => return Ok(undeliverable(&problem)),
        };
        let mut messages = messages.into_iter();
        let parts = &leaving.delivery.parts;
        let first = messages.next();
        if let Some(first) = first.filter(|_| parts.get("") != Some(&Part::Taken))
            && let Went::Not(settlement) = self.hand_over_first(&leaving, first).await?
        {
            return Ok(settlement);
        }
        let copies: Vec<Outgoing> = messages.collect();
        if !copies.is_empty() && !self.mail.is_empty() && parts.get("") != Some(&Part::Taken) {
            self.note(leaving.job, vec![(String::new(), Part::Taken)])
                .await?;
        }
        for copy in copies {
            if let Went::Not(settlement) = self.hand_over_copy(&leaving, copy).await? {
                return Ok(settlement);
            }
        }
        Ok(Settlement::sent(email))
    }

    /// The message itself, to those who neither have it nor refused it.
    async fn hand_over_first(
        &self,
        leaving: &Leaving<'_>,
        mut message: Outgoing,
    ) -> Result<Went, StoreError> {
        let parts = &leaving.delivery.parts;
        self.leave_out(leaving, &mut message).await?;
        let has_it = parts.values().any(|part| *part == Part::Taken);
        let mut left = message.recipients().iter();
        if !has_it && !left.any(|it| it.role == Role::To) {
            return Ok(Went::Not(Settlement::Dropped(SUPPRESSED.to_owned())));
        }
        // Without a mail server it is captured.
        if message.recipients().is_empty() || self.mail.is_empty() {
            return Ok(Went::Out);
        }
        let report = self.hand_over_message(leaving, &message, "").await;
        let bounces = bounces(&message, &report);
        let whole = report.whole();
        let remains = !report.remaining().is_empty();
        match whole {
            Handed::InDoubt(reason) => Ok(Went::Not(in_doubt(&reason))),
            Handed::Bounced { reason, code } if !remains && !has_it => {
                let reason = with_code(&code, &reason);
                let suppress = bounces;
                Ok(Went::Not(Settlement::Bounced { reason, suppress }))
            }
            Handed::Failed(reason) if !remains && !has_it => {
                Ok(Went::Not(Settlement::Failed(reason)))
            }
            _ if remains => {
                self.suppress(leaving, bounces).await?;
                self.come_again(leaving, &report).await
            }
            _ => {
                self.suppress(leaving, bounces).await?;
                Ok(Went::Out)
            }
        }
    }

    /// Notes who has it, and tries the others later; where that was tried often enough, whoever
    /// has it has it.
    async fn come_again(&self, leaving: &Leaving<'_>, report: &Report) -> Result<Went, StoreError> {
        let ended: Vec<(String, Part)> = report
            .recipients
            .iter()
            .filter_map(|(recipient, handed)| {
                let part = match handed {
                    Handed::Taken { .. } => Part::Taken,
                    Handed::Bounced { reason, .. } | Handed::Failed(reason) => {
                        Part::Refused(reason.clone())
                    }
                    Handed::Later { .. } | Handed::InDoubt(_) => return None,
                };
                Some((recipient.address.clone(), part))
            })
            .collect();
        let some_have_it = leaving
            .delivery
            .parts
            .values()
            .chain(ended.iter().map(|it| &it.1));
        let some_have_it = some_have_it.clone().any(|part| *part == Part::Taken);
        if !ended.is_empty() {
            self.note(leaving.job, ended).await?;
        }
        let (reason, wait) = later(report);
        let settlement = again_after(leaving.job.attempts, self.clock.now(), reason, wait);
        Ok(match settlement {
            Settlement::Failed(_) if some_have_it => Went::Out,
            other => Went::Not(other),
        })
    }

    /// A copy of somebody else's message: once, and what becomes of it changes nothing for them.
    async fn hand_over_copy(
        &self,
        leaving: &Leaving<'_>,
        copy: Outgoing,
    ) -> Result<Went, StoreError> {
        let to = copy.recipients().iter().map(|it| it.address.as_str());
        let part = format!("copy to {}", to.collect::<Vec<_>>().join(", "));
        if leaving.delivery.parts.contains_key(&part) || self.mail.is_empty() {
            return Ok(Went::Out);
        }
        let report = self.hand_over_message(leaving, &copy, &part).await;
        let ended = match report.whole() {
            Handed::Taken { .. } => Part::Taken,
            Handed::InDoubt(_) => Part::InDoubt,
            Handed::Bounced { reason, .. } | Handed::Failed(reason) => Part::Refused(reason),
            Handed::Later { reason, wait } => {
                let now = self.clock.now();
                return Ok(match again_after(leaving.job.attempts, now, reason, wait) {
                    Settlement::Failed(_) => Went::Out,
                    other => Went::Not(other),
                });
            }
        };
        self.note(leaving.job, vec![(part, ended)]).await?;
        Ok(Went::Out)
    }

    async fn hand_over_message(
        &self,
        leaving: &Leaving<'_>,
        message: &Outgoing,
        part: &str,
    ) -> Report {
        let point = LeasedPoint {
            deliveries: self,
            job: leaving.job,
            part,
        };
        self.mail.hand_over(message, &point).await
    }

    fn compose(&self, delivery: &Delivery, email: &EmailContent) -> Result<Vec<Outgoing>, String> {
        let links = self.renderer.links();
        let id = &delivery.id;
        let pixel = delivery.tracking.opens.then(|| links.open(id));
        let link = |link: Link<'_>| {
            let is_own = links.are_from_here(link.url);
            (!is_own).then(|| links.click(id, link.url))
        };
        let unsubscribe = delivery.person.is_some().then(|| links.unsubscribe(id));
        let options = ComposeOptions {
            unsubscribe_url: unsubscribe.as_deref(),
            tracking: Some(Tracking {
                pixel: pixel.as_deref(),
                link: delivery.tracking.links.then_some(&link),
            }),
            ..ComposeOptions::new(id, self.clock.now())
        };
        compose(email, &options).map_err(|problem| problem.to_string())
    }

    /// Leaves out whoever has it or refused it, and whoever no mail is sent to any more.
    async fn leave_out(
        &self,
        leaving: &Leaving<'_>,
        message: &mut Outgoing,
    ) -> Result<(), StoreError> {
        let parts: &BTreeMap<String, Part> = &leaving.delivery.parts;
        let mut kept = Vec::new();
        for recipient in message.recipients() {
            let address = &recipient.address;
            if parts.contains_key(address) {
                continue;
            }
            let workspace = leaving.job.workspace;
            let found = self
                .store
                .suppressions_of(workspace, address.clone())
                .await?;
            let holds = |it: &str| it == message.domain();
            if !found
                .iter()
                .any(|it| it.details.domain.as_deref().is_none_or(holds))
            {
                kept.push(address.clone());
            }
        }
        if kept.len() < message.recipients().len() {
            message.keep_only(&kept);
        }
        Ok(())
    }

    /// Has no mail sent any more to addresses that refused a message others have.
    async fn suppress(
        &self,
        leaving: &Leaving<'_>,
        bounces: Vec<NewSuppression>,
    ) -> Result<(), StoreError> {
        if bounces.is_empty() {
            return Ok(());
        }
        let changes = bounces.into_iter();
        let changes = changes.map(|it| ContentChange::Esp(EspChange::Add(it)));
        let (workspace, now) = (leaving.job.workspace, self.clock.now());
        let changed = self.store.change_content(workspace, now, changes.collect());
        changed.await.map(|_| ())
    }
}

/// The addresses that refused a message for good.
fn bounces(message: &Outgoing, report: &Report) -> Vec<NewSuppression> {
    let each = report.recipients.iter();
    each.filter_map(|(recipient, handed)| {
        let Handed::Bounced { reason, code } = handed else {
            return None;
        };
        let kind = SuppressionKind::Bounces;
        let suppression = NewSuppression::asked_for(kind, &recipient.address).ok()?;
        let cut = reason.floor_char_boundary(REASON_BYTES_MAX);
        suppression
            .reported(message.domain(), &reason[..cut], code)
            .ok()
    })
    .collect()
}

/// Longest reason that is kept with a suppressed address.
const REASON_BYTES_MAX: usize = 500;

fn later(report: &Report) -> (String, Option<std::time::Duration>) {
    let mut each = report.recipients.iter().map(|(_, handed)| handed);
    let found = each.find_map(|handed| match handed {
        Handed::Later { reason, wait } => Some((reason.clone(), *wait)),
        _ => None,
    });
    found.unwrap_or_default()
}

fn with_code(code: &str, reason: &str) -> String {
    match code.is_empty() || reason.starts_with(code) {
        true => reason.to_owned(),
        false => format!("{code} {reason}"),
    }
}
