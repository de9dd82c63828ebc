//! One attempt at a message: whether it may leave, what it says, and handing it over.

use std::future::Future;
use std::pin::Pin;

use cio_channels::email::{ComposeOptions, compose};
use cio_channels::{Handed, Point};
use cio_domain::Person;
use cio_domain::delivery::{Delivery, Part};
use cio_domain::job::{Job, Settlement};
use cio_domain::message::{Content, EmailContent};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::render;
use super::worker::{Deliveries, again};

/// What kept a message from leaving when the process that handed it over ended.
const PROCESS_ENDED: &str = "in doubt: the server ended while this message was handed over, so it may have arrived; it is not sent again";

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
        if !delivery.send_to_unsubscribed && person.as_ref().is_some_and(Person::is_unsubscribed) {
            return Ok(undeliverable("the person is unsubscribed"));
        }
        let scope = render::scope(person.as_ref(), delivery.message_data.as_deref());
        let content = match render::fill(content, &scope) {
            Ok(content) => content,
            Err(error) => return Ok(undeliverable(&error.to_string())),
        };
        self.hand_over(job, &delivery, content).await
    }

    async fn hand_over(
        &self,
        job: &Job,
        delivery: &Delivery,
        content: Content,
    ) -> Result<Settlement, StoreError> {
        match &content {
            Content::Email(email) => self.hand_over_email(job, delivery, email).await,
            // Nobody carries these yet: they are captured.
            _ => Ok(Settlement::sent(content)),
        }
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
        Ok(match self.mail.send(&messages, &point).await {
            Handed::Taken { .. } => Settlement::sent(email.clone()),
            Handed::Later { reason, .. } => again(job.attempts, self.clock.now(), reason),
            Handed::Bounced { reason, .. } => Settlement::Bounced {
                reason,
                suppress: Vec::new(),
            },
            Handed::Failed(reason) => Settlement::Failed(reason),
            Handed::InDoubt(reason) => Settlement::InDoubt(reason),
        })
    }
}

fn undeliverable(reason: &str) -> Settlement {
    Settlement::Undeliverable(reason.to_owned())
}

/// Notes in the store that a part of a message may be taken from now on.
struct LeasedPoint<'a> {
    deliveries: &'a Deliveries,
    job: &'a Job,
    part: &'a str,
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
