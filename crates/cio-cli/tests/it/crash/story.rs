//! What happens to a few people, call after call, through every API.

use customerio::app::SendEmail;
use customerio::pipelines::{Identify, Message, Track};
use customerio::{Device, Entity, Error, Event, Platform, entity};
use serde_json::json;
use tokio::sync::mpsc::UnboundedSender;

use super::Clients;

/// The calls, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Identify,
    Track,
    Device,
    /// Two people, two events, a device and an object of Track v2.
    Batch,
    /// A person and an event of Pipelines.
    Pipelines,
    Send,
    Segment,
    Merge,
    Suppress,
}

pub(super) const STEPS: [Step; 9] = [
    Step::Identify,
    Step::Track,
    Step::Device,
    Step::Batch,
    Step::Pipelines,
    Step::Send,
    Step::Segment,
    Step::Merge,
    Step::Suppress,
];

/// A few people, and how far their story was acknowledged.
#[derive(Debug)]
pub(super) struct Unit {
    /// Who it is mostly about.
    pub(super) name: String,
    /// Acknowledged calls. The next one was under way, if there is one.
    pub(super) acknowledged: usize,
    /// The message that was sent, once that was acknowledged.
    pub(super) delivery_id: Option<String>,
}

impl Unit {
    /// Becomes the first one by the merge.
    pub(super) fn second(&self) -> String {
        format!("{}-second", self.name)
    }

    /// Is suppressed.
    pub(super) fn third(&self) -> String {
        format!("{}-third", self.name)
    }

    pub(super) fn is_cut_short(&self) -> bool {
        self.acknowledged < STEPS.len()
    }

    /// Makes the calls until one fails.
    pub(super) async fn tell(
        name: String,
        clients: &Clients,
        segment: u64,
        told: &UnboundedSender<()>,
    ) -> Unit {
        let mut unit = Unit {
            name,
            acknowledged: 0,
            delivery_id: None,
        };
        for step in STEPS {
            if let Err(error) = unit.call(step, clients, segment).await {
                // It is gone. Whatever it still answers is no refusal.
                assert_eq!(error.status(), None, "{step:?}: {error}");
                break;
            }
            unit.acknowledged += 1;
            let _ = told.send(());
        }
        unit
    }

    async fn call(&mut self, step: Step, clients: &Clients, segment: u64) -> Result<(), Error> {
        let name = self.name.as_str();
        let Clients {
            track,
            pipelines,
            app,
        } = clients;
        match step {
            Step::Identify => track.identify(name, json!({ "n": name })).await,
            Step::Track => track.track(name, Event::new("happened")).await,
            Step::Device => {
                let device = Device::new(name, Platform::Ios);
                track.add_device(name, &device).await
            }
            Step::Batch => {
                let report = track.batch(self.batch()).await;
                match report.results().iter().find_map(|it| it.as_ref().err()) {
                    None => Ok(()),
                    Some(error) => {
                        assert!(error.items().is_empty(), "{error}");
                        Err(report.into_result().unwrap_err().into())
                    }
                }
            }
            Step::Pipelines => {
                let messages: [Message; 2] = [
                    Identify::new(name).traits(json!({ "c": name })).into(),
                    Track::new(name, "piped").into(),
                ];
                Ok(pipelines.batch(messages).await?)
            }
            Step::Send => {
                let email = SendEmail::inline("a@example.com", "b@example.com", "s", "b");
                let sent = app.send_email(&email.identifiers(name)).await?;
                self.delivery_id = Some(sent.delivery_id);
                Ok(())
            }
            Step::Segment => track.add_to_segment(segment, [name]).await,
            Step::Merge => track.merge_customers(name, self.second()).await,
            Step::Suppress => track.suppress(self.third()).await,
        }
    }

    fn batch(&self) -> Vec<Entity> {
        let (second, third) = (self.second(), self.third());
        let of_second = || entity::person(second.as_str());
        let object = entity::object("1", self.name.as_str());
        vec![
            of_second().identify(json!({ "m": self.name })).into(),
            of_second().event("batched").into(),
            of_second().event("batched").into(),
            object.identify(json!({})).relate(self.name.as_str()).into(),
            entity::person(third.as_str()).identify(json!({})).into(),
        ]
    }
}
