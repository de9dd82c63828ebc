//! One attempt at a message: whether it may leave, what it says, and handing it over.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use cio_channels::text::TextChannel;
use cio_channels::{Handed, Point};
use cio_domain::content::topic::{self, TopicId};
use cio_domain::delivery::{Delivery, Part};
use cio_domain::job::{Job, Settlement};
use cio_domain::message::Content;
use cio_domain::preferences::PREFERENCES;
use cio_domain::{Person, UnixSeconds, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::render::{Asked, Made};
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
        let person = person.as_ref();
        if !delivery.send_to_unsubscribed && person.is_some_and(Person::is_unsubscribed) {
            return Ok(undeliverable("the person is unsubscribed"));
        }
        let made = self.renderer.make(Asked {
            workspace: job.workspace,
            delivery: &delivery,
            person,
            content,
            now: self.clock.now(),
        });
        let Made {
            content,
            content_id,
            topic,
        } = match made.await? {
            Ok(made) => made,
            Err(unmade) => return Ok(undeliverable(&unmade.0)),
        };
        if let (Some(topic), Some(person), false) = (topic, person, delivery.send_to_unsubscribed)
            && !self.is_subscribed(job.workspace, person, topic).await?
        {
            return Ok(undeliverable("the person is not subscribed to its topic"));
        }
        let settlement = self.hand_over(job, &delivery, person, content).await?;
        Ok(match settlement {
            Settlement::Sent { content, .. } => Settlement::Sent {
                content,
                content_id,
            },
            other => other,
        })
    }

    async fn hand_over(
        self: &Arc<Self>,
        job: &Job,
        delivery: &Delivery,
        person: Option<&Person>,
        content: Content,
    ) -> Result<Settlement, StoreError> {
        match content {
            Content::Email(email) => self.hand_over_email(job, delivery, *email).await,
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
            Handed::InDoubt(reason) => in_doubt(&reason),
        }
    }

    /// Notes how far parts of a message are. False: it is somebody else's now.
    pub(super) async fn note(
        &self,
        job: &Job,
        parts: Vec<(String, Part)>,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        self.store.note_parts(job.clone(), now, parts).await
    }

    pub(super) fn now_seconds(&self) -> UnixSeconds {
        i64::try_from(self.clock.now() / 1_000).unwrap_or(i64::MAX)
    }

    /// Whether somebody chose a topic, or its default stands.
    async fn is_subscribed(
        &self,
        workspace: WorkspaceId,
        person: &Person,
        topic: TopicId,
    ) -> Result<bool, StoreError> {
        let topics = self.store.topics(workspace).await?;
        let chosen = person.attributes.get(PREFERENCES);
        let chosen = chosen.map(|attribute| attribute.json.as_str());
        let all = topic::subscriptions(&topics, chosen);
        // A topic that is gone keeps nobody from anything.
        let found = all.into_iter().find(|(it, _)| it.id == topic);
        Ok(found.is_none_or(|(_, is_subscribed)| is_subscribed))
    }
}

pub(super) fn undeliverable(reason: &str) -> Settlement {
    Settlement::Undeliverable(reason.to_owned())
}

pub(super) fn in_doubt(reason: &str) -> Settlement {
    Settlement::InDoubt(format!(
        "in doubt: {reason}, so it may have arrived; it is not sent again"
    ))
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
        let now = deliveries.clock.now();
        let noted = deliveries.store.note_parts(self.job.clone(), now, parts);
        Box::pin(async move {
            noted.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a message waits: the store failed");
                false
            })
        })
    }
}
