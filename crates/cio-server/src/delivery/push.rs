//! Handing a push over: to each device of its person, to none of them twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cio_channels::Handed;
use cio_channels::push::{Notification, Platform};
use cio_domain::delivery::{Delivery, Part};
use cio_domain::job::{Job, Settlement};
use cio_domain::limits::PUSH_DEVICES_MAX;
use cio_domain::message::{PushContent, PushTarget};
use cio_domain::operation::{DeviceStatus, LAST_STATUS};
use cio_domain::person::Device;
use cio_domain::{Operation, Person};
use cio_store::StoreError;
use cio_wire::Identifier;
use tokio::task::JoinSet;

use super::attempt::{LeasedPoint, PROCESS_ENDED, undeliverable};
use super::carriers::PushCarrier;
use super::worker::{Deliveries, again_after};

/// Devices of one push that are handed over at a time.
const CONCURRENT_MAX: usize = 16;

impl Deliveries {
    pub(super) async fn hand_over_push(
        self: &Arc<Self>,
        job: &Job,
        delivery: &Delivery,
        person: Option<&Person>,
        push: PushContent,
    ) -> Result<Settlement, StoreError> {
        if !self.carriers.carry_pushes() {
            return Ok(Settlement::sent(push));
        }
        let Some(person) = person else {
            return Ok(undeliverable("a push reaches the devices of a person"));
        };
        let mut ends = Ends::default();
        let mut lost = Vec::new();
        for (token, part) in &delivery.parts {
            match part {
                Part::Taken => ends.taken += 1,
                Part::Refused(reason) if bounced_by(person, token) => {
                    ends.bounced.push(reason.clone());
                }
                Part::Refused(reason) => ends.refused.push(reason.clone()),
                Part::InDoubt => {
                    ends.in_doubt.push(PROCESS_ENDED.to_owned());
                    let refused = Part::Refused(PROCESS_ENDED.to_owned());
                    lost.push((token.clone(), refused));
                }
            }
        }
        if !lost.is_empty() && !self.note(job, lost).await? {
            return Ok(ends.settlement(self, job, push));
        }
        let devices = targets(person, &push, &delivery.parts);
        if devices.is_empty() && delivery.parts.is_empty() {
            return Ok(undeliverable(nobody_to_reach(person, &push)));
        }
        let push = Arc::new(push);
        let task = Arc::new((job.clone(), delivery.id.clone()));
        let mut waiting = devices.into_iter();
        let mut running = JoinSet::new();
        loop {
            while running.len() < CONCURRENT_MAX
                && let Some(device) = waiting.next()
            {
                let deliveries = Arc::clone(self);
                let (task, push, device) = (Arc::clone(&task), Arc::clone(&push), device.clone());
                running.spawn(async move {
                    let handed = deliveries.to_device(&task, &device, &push).await;
                    (device.token, handed)
                });
            }
            let Some(ended) = running.join_next().await else {
                break;
            };
            let Ok((token, handed)) = ended else {
                // Whichever device it was may have it: nothing is begun anew.
                ends.in_doubt.push(PROCESS_ENDED.to_owned());
                ends.broke = true;
                continue;
            };
            self.note_end(job, person, token, &handed).await?;
            ends.add(handed);
        }
        let push = Arc::unwrap_or_clone(push);
        Ok(ends.settlement(self, job, push))
    }

    async fn to_device(
        &self,
        (job, delivery_id): &(Job, String),
        device: &Device,
        push: &PushContent,
    ) -> Handed {
        let platform: Option<Platform> = device.platform.parse().ok();
        let carrier = platform.and_then(|platform| self.carriers.of(platform));
        let (Some(platform), Some(carrier)) = (platform, carrier) else {
            let kind = &device.platform;
            return Handed::Failed(format!("nobody is set to carry pushes to {kind}"));
        };
        let notification = Notification {
            delivery_id,
            platform,
            token: &device.token,
            content: push,
        };
        let point = LeasedPoint {
            deliveries: self,
            job,
            part: &device.token,
        };
        let now = self.now_seconds();
        match carrier {
            PushCarrier::Fcm(fcm) => fcm.hand_over(&notification, now, &point).await,
            PushCarrier::Apns(apns) => apns.hand_over(&notification, now, &point).await,
        }
    }

    /// Notes how it ended for a device, so that nothing that follows begins it anew.
    async fn note_end(
        &self,
        job: &Job,
        person: &Person,
        token: String,
        handed: &Handed,
    ) -> Result<(), StoreError> {
        let (part, status) = match handed {
            Handed::Taken { .. } => (Part::Taken, Some(DeviceStatus::Sent)),
            Handed::Bounced { reason, .. } => {
                let refused = Part::Refused(reason.clone());
                (refused, Some(DeviceStatus::Bounced))
            }
            Handed::Failed(reason) => (Part::Refused(reason.clone()), None),
            Handed::InDoubt(reason) => (Part::Refused(format!("in doubt: {reason}")), None),
            Handed::Later { .. } => return Ok(()),
        };
        self.note(job, vec![(token.clone(), part)]).await?;
        if let Some(status) = status {
            let note = Operation::NoteDevice {
                person: Identifier::CioId(person.identifiers.cio_id.to_string()),
                token,
                status,
            };
            let now = self.clock.now();
            self.store.apply(job.workspace, now, vec![note]).await?;
        }
        Ok(())
    }
}

/// Which devices are still to be reached: those that were used last first.
fn targets<'a>(
    person: &'a Person,
    push: &PushContent,
    begun: &BTreeMap<String, Part>,
) -> Vec<&'a Device> {
    let mut devices: Vec<&Device> = match &push.to {
        // Whoever names a device may try one that bounced again.
        Some(PushTarget::Token(token)) => person
            .devices
            .iter()
            .filter(|device| device.token == *token)
            .collect(),
        _ => person
            .devices
            .iter()
            .filter(|it| !has_bounced(it))
            .collect(),
    };
    devices.sort_by_key(|device| std::cmp::Reverse(device.last_used));
    let most = match &push.to {
        // One that was begun was the last one then.
        Some(PushTarget::LastUsed) if !begun.is_empty() => 0,
        Some(PushTarget::LastUsed) => 1,
        _ => PUSH_DEVICES_MAX,
    };
    devices.truncate(most);
    devices.retain(|device| !begun.contains_key(&device.token));
    devices
}

fn has_bounced(device: &Device) -> bool {
    let bounced = DeviceStatus::Bounced.to_json();
    device.attributes.get(LAST_STATUS) == Some(&bounced)
}

fn bounced_by(person: &Person, token: &str) -> bool {
    let mut devices = person.devices.iter();
    devices.any(|device| device.token == token && has_bounced(device))
}

fn nobody_to_reach(person: &Person, push: &PushContent) -> &'static str {
    match &push.to {
        _ if person.devices.is_empty() => "the person has no device",
        Some(PushTarget::Token(_)) => "the person has no device with this token",
        _ => "every device of the person bounced before",
    }
}

/// How it ended for the devices of a push.
#[derive(Default)]
struct Ends {
    taken: usize,
    bounced: Vec<String>,
    refused: Vec<String>,
    in_doubt: Vec<String>,
    later: Vec<String>,
    wait: Option<Duration>,
    /// Of one it is not known which device it was.
    broke: bool,
}

impl Ends {
    fn add(&mut self, handed: Handed) {
        match handed {
            Handed::Taken { .. } => self.taken += 1,
            Handed::Bounced { reason, .. } => self.bounced.push(reason),
            Handed::Failed(reason) => self.refused.push(reason),
            Handed::InDoubt(reason) => self.in_doubt.push(format!("in doubt: {reason}")),
            Handed::Later { reason, wait } => {
                self.later.push(reason);
                self.wait = self.wait.max(wait);
            }
        }
    }

    /// It was sent if one device took it, once no other may take it any more.
    fn settlement(self, deliveries: &Deliveries, job: &Job, push: PushContent) -> Settlement {
        let sent = || Settlement::sent(push);
        let reason = |mut reasons: Vec<String>| reasons.swap_remove(0);
        if !self.later.is_empty() && !self.broke {
            let now = deliveries.clock.now();
            return match again_after(job.attempts, now, reason(self.later), self.wait) {
                Settlement::Failed(_) if self.taken > 0 => sent(),
                other => other,
            };
        }
        match () {
            () if self.taken > 0 => sent(),
            () if !self.in_doubt.is_empty() => Settlement::InDoubt(reason(self.in_doubt)),
            () if !self.refused.is_empty() => Settlement::Failed(reason(self.refused)),
            () if !self.bounced.is_empty() => Settlement::Bounced {
                reason: reason(self.bounced),
                suppress: Vec::new(),
            },
            () => Settlement::Failed("no device took it".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
