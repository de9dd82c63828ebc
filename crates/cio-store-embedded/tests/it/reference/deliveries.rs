//! Messages and what happens to them.

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::attribute::Change;
use cio_domain::delivery::{Delivery, NewDelivery};
use cio_domain::operation::{Look, Report};
use cio_domain::{Ignored, PersonId};

use super::{Click, Model, change};

const SUPPRESSED: &str = "the person is suppressed";

impl Model {
    pub(crate) fn delivery(&self, id: &str) -> Option<&Delivery> {
        self.deliveries.get(id)
    }

    pub(crate) fn jobs(&self) -> &BTreeSet<String> {
        &self.jobs
    }

    /// Who a delivery went to, if they are still there.
    pub(super) fn addressee(&self, delivery_id: &str) -> Option<usize> {
        let cio_id = self.deliveries.get(delivery_id)?.person.as_ref()?.cio_id;
        let is_them = |it: &super::Somebody| it.person.identifiers.cio_id == cio_id;
        let mut people = self.people.iter();
        people.position(|it| it.as_ref().is_some_and(is_them))
    }

    pub(super) fn deliver(&mut self, new: &NewDelivery) -> Result<(), Ignored> {
        let person = match &new.person {
            None => Ok(None),
            Some(identifier) => self.find_or_create(identifier).map(Some),
        };
        let mut delivery = Delivery {
            id: new.id.clone(),
            channel: new.content.channel(),
            origin: new.origin,
            content_id: None,
            created_at: self.at,
            send_at: new.send_at,
            person: person.ok().flatten().map(|it| self.names_of(it)),
            recipient: new.content.recipient().to_owned(),
            subject: new.content.subject().to_owned(),
            metrics: BTreeMap::new(),
            failure_message: None,
            forgotten: false,
            send_to_unsubscribed: new.send_to_unsubscribed,
            forget_content: new.forget_content,
            tracking: new.tracking,
            language: new.language.clone(),
            parts: BTreeMap::new(),
            message_data: new.message_data.clone(),
        };
        let metric = match person {
            Err(reason) => {
                let reason = match reason {
                    Ignored::Suppressed => SUPPRESSED,
                    _ => "there is no person with this cio_id",
                };
                delivery.failure_message = Some(reason.to_owned());
                Some("undeliverable")
            }
            Ok(_) if new.draft => {
                self.drafts.insert(new.id.clone());
                Some("drafted")
            }
            Ok(_) => {
                self.jobs.insert(new.id.clone());
                None
            }
        };
        let now = self.now();
        delivery
            .metrics
            .extend(metric.map(|it| (it.to_owned(), now)));
        self.deliveries.insert(new.id.clone(), delivery);
        if metric.is_some() {
            self.note(&new.id, now);
        }
        Ok(())
    }

    /// What is for somebody who is suppressed must not leave.
    pub(super) fn call_back(&mut self, person: PersonId) {
        let now = self.now();
        let all = self.deliveries.values_mut();
        for delivery in all.filter(|it| it.person.as_ref().is_some_and(|it| it.cio_id == person)) {
            delivery.person = None;
            if self.jobs.remove(&delivery.id) | self.drafts.remove(&delivery.id) {
                delivery.metrics.insert("undeliverable".to_owned(), now);
                delivery.failure_message = Some(SUPPRESSED.to_owned());
            }
        }
    }

    /// A draft that is let go waits for its turn.
    pub(super) fn release(&mut self, delivery_id: &str) -> Result<(), Ignored> {
        let id = self.drafts.take(delivery_id);
        self.jobs.insert(id.ok_or(Ignored::UnknownDelivery)?);
        Ok(())
    }

    pub(super) fn report(&mut self, report: &Report) -> Result<(), Ignored> {
        let at = report.timestamp.unwrap_or(self.now());
        let delivery = self.deliveries.get_mut(&report.delivery_id);
        let delivery = delivery.ok_or(Ignored::UnknownDelivery)?;
        if !delivery.metrics.contains_key(&report.metric) {
            delivery.metrics.insert(report.metric.clone(), at);
            let is_failure =
                ["bounced", "deferred", "dropped", "failed"].contains(&report.metric.as_str());
            if is_failure && report.reason.is_some() {
                delivery.failure_message.clone_from(&report.reason);
            }
        }
        if let Some(href) = report.href.as_ref().filter(|_| report.metric == "clicked") {
            self.clicks.push(Click {
                delivery_id: report.delivery_id.clone(),
                href: href.clone(),
                by_machine: None,
            });
        }
        self.note(&report.delivery_id, at);
        Ok(())
    }

    /// A link is followed only after the message was opened.
    pub(super) fn look(&mut self, look: &Look) -> Result<(), Ignored> {
        let now = self.now();
        let delivery = self.deliveries.get_mut(&look.delivery_id);
        let metrics = &mut delivery.ok_or(Ignored::UnknownDelivery)?.metrics;
        let is_open = look.href.is_none() || !metrics.contains_key("opened");
        let mut happened = Vec::new();
        if is_open {
            happened.extend(["opened", look.reader.opened()]);
        }
        if look.href.is_some() {
            happened.extend(["clicked", look.reader.clicked()]);
        }
        for metric in &happened {
            metrics.entry((*metric).to_owned()).or_insert(now);
        }
        if let Some(href) = &look.href {
            self.clicks.push(Click {
                delivery_id: look.delivery_id.clone(),
                href: href.clone(),
                by_machine: Some(look.reader.is_machine),
            });
        }
        for _ in 0..happened.len() / 2 {
            self.note(&look.delivery_id, now);
        }
        Ok(())
    }

    pub(super) fn unsubscribe(&mut self, id: &str, unsubscribed: bool) -> Result<(), Ignored> {
        let now = self.now();
        let delivery = self.deliveries.get_mut(id);
        let metrics = &mut delivery.ok_or(Ignored::UnknownDelivery)?.metrics;
        if unsubscribed {
            metrics.entry("unsubscribed".to_owned()).or_insert(now);
        }
        if let Some(person) = self.addressee(id) {
            let set = Change::Set(unsubscribed.to_string());
            let attributes = &mut self.at(person).person.attributes;
            change(attributes, &[("unsubscribed".to_owned(), set)], None, now);
        }
        if unsubscribed {
            self.note(id, now);
        }
        Ok(())
    }
}
