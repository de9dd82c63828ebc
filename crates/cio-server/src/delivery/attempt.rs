//! One attempt at a message: whether it may leave, what it says, and handing it over.

use std::future::Future;
use std::pin::Pin;

use cio_channels::Point;
use cio_domain::content::topic::{self, TopicId};
use cio_domain::delivery::{Delivery, Part};
use cio_domain::job::{Job, Settlement};
use cio_domain::message::Content;
use cio_domain::preferences::PREFERENCES;
use cio_domain::{Person, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::render::{Asked, Made};
use super::worker::Deliveries;

/// What kept a message from leaving when the process that handed it over ended.
const PROCESS_ENDED: &str = "in doubt: the server ended while this message was handed over, so it may have arrived; it is not sent again";

/// A message that is made, on its way.
pub(super) struct Leaving<'a> {
    pub(super) job: &'a Job,
    pub(super) delivery: &'a Delivery,
    pub(super) person: Option<&'a Person>,
    pub(super) content_id: Option<u64>,
}

impl Leaving<'_> {
    /// It left, with this content.
    pub(super) fn sent(&self, content: impl Into<Content>) -> Settlement {
        Settlement::Sent {
            content: Box::new(content.into()),
            content_id: self.content_id,
        }
    }
}

impl Deliveries {
    pub(super) async fn attempt(&self, job: &Job, id: &str) -> Result<Settlement, StoreError> {
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
        let leaving = Leaving {
            job,
            delivery: &delivery,
            person,
            content_id,
        };
        match content {
            Content::Email(email) => self.hand_over_email(leaving, *email).await,
            // Nobody carries these yet: they are captured.
            other => Ok(leaving.sent(other)),
        }
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
