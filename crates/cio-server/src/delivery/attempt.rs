//! One attempt at a message: whether it may leave, what it says, and handing it over.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cio_channels::email::{ComposeOptions, compose};
use cio_channels::text::TextChannel;
use cio_channels::{Handed, Point};
use cio_domain::delivery::{Delivery, Part};
use cio_domain::job::{Job, Settlement};
use cio_domain::message::{Content, EmailContent};
use cio_domain::{Person, UnixSeconds};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::render;
use super::worker::{Deliveries, again_after};

/// What kept a message from leaving when the process that handed it over ended.
pub(super) const PROCESS_ENDED: &str = "in doubt: the server ended while this message was handed over, so it may have arrived; it is not sent again";

impl Deliveries {
    pub(super) async fn attempt(
        self: &Arc<Self>,
        job: &Job,
        id: &str,
    ) -> Result<Settlement, StoreError> {
        let delivery = self.store.delivery(job.workspace, id.to_owned()).await?;
        let content = self.store.delivery_content(job.workspace, id.to_owned());
        let content = content.await?;
        let (Some(delivery), Some(content)) = (delivery, content) else {
            return Ok(Settlement::Failed(
                "its content is no longer there".to_owned(),
            ));
        };
        if delivery.parts.get("") == Some(&Part::InDoubt) {
            return Ok(Settlement::InDoubt(PROCESS_ENDED.to_owned()));
        }
        let person = match &delivery.person {
            None => None,
            Some(names) => {
                let cio_id = Identifier::CioId(names.cio_id.to_string());
                match self.store.person(job.workspace, cio_id).await? {
                    None => return Ok(undeliverable("the person was removed")),
                    some => some,
                }
            }
        };
        if !delivery.send_to_unsubscribed && person.as_ref().is_some_and(Person::is_unsubscribed) {
            return Ok(undeliverable("the person is unsubscribed"));
        }
        let scope = render::scope(person.as_ref(), delivery.message_data.as_deref());
        let content = match render::fill(content, &scope) {
            Ok(content) => content,
            Err(error) => return Ok(undeliverable(&error.to_string())),
        };
        self.hand_over(job, &delivery, person.as_ref(), content)
            .await
    }

    async fn hand_over(
        self: &Arc<Self>,
        job: &Job,
        delivery: &Delivery,
        person: Option<&Person>,
        content: Content,
    ) -> Result<Settlement, StoreError> {
        match content {
            Content::Email(email) => self.hand_over_email(job, delivery, &email).await,
            Content::Push(push) => self.hand_over_push(job, delivery, person, *push).await,
            Content::Sms(text) => {
                let channel = TextChannel::Sms;
                self.hand_over_text(job, delivery, person, channel, &text)
                    .await
            }
            Content::Whatsapp(text) => {
                let channel = TextChannel::Whatsapp;
                self.hand_over_text(job, delivery, person, channel, &text)
                    .await
            }
            // Apps come for them.
            Content::InApp(_) | Content::Inbox(_) => Ok(Settlement::sent(content)),
        }
    }

    /// What it means for a message that goes out in one piece how it was handed over.
    pub(super) fn settlement(
        &self,
        job: &Job,
        handed: Handed,
        content: impl Into<Content>,
    ) -> Settlement {
        match handed {
            Handed::Taken { .. } => Settlement::sent(content),
            Handed::Later { reason, wait } => {
                again_after(job.attempts, self.clock.now(), reason, wait)
            }
            Handed::Bounced { reason, .. } => Settlement::Bounced {
                reason,
                suppress: Vec::new(),
            },
            Handed::Failed(reason) => Settlement::Failed(reason),
            Handed::InDoubt(reason) => Settlement::InDoubt(format!(
                "in doubt: {reason}, so it may have arrived; it is not sent again"
            )),
        }
    }

    pub(super) fn now_seconds(&self) -> UnixSeconds {
        i64::try_from(self.clock.now() / 1_000).unwrap_or(i64::MAX)
    }

    async fn hand_over_email(
        &self,
        job: &Job,
        delivery: &Delivery,
        email: &EmailContent,
    ) -> Result<Settlement, StoreError> {
        let options = ComposeOptions::new(&delivery.id, self.clock.now());
        let messages = match compose(email, &options) {
            Ok(messages) => messages,
            Err(problem) => return Ok(undeliverable(&problem.to_string())),
        };
        let point = LeasedPoint {
            deliveries: self,
            job,
            part: "",
        };
        let handed = self.mail.send(&messages, &point).await;
        Ok(self.settlement(job, handed, email.clone()))
    }
}

pub(super) fn undeliverable(reason: &str) -> Settlement {
    Settlement::Undeliverable(reason.to_owned())
}

/// Notes in the store that a part of a message may be taken from now on.
pub(super) struct LeasedPoint<'a> {
    pub(super) deliveries: &'a Deliveries,
    pub(super) job: &'a Job,
    pub(super) part: &'a str,
}

impl Point for LeasedPoint<'_> {
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        let deliveries = self.deliveries;
        let parts = vec![(self.part.to_owned(), Part::InDoubt)];
        let noted = deliveries
            .store
            .note_parts(self.job.clone(), deliveries.clock.now(), parts);
        Box::pin(async move {
            noted.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a message waits: the store failed");
                false
            })
        })
    }
}
