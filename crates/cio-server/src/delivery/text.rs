//! Handing a text message or a WhatsApp message over.

use cio_channels::text::{TextChannel, TextMessage};
use cio_domain::Person;
use cio_domain::content::opt_out::OptOutChannel;
use cio_domain::delivery::Delivery;
use cio_domain::job::{Job, Settlement};
use cio_domain::message::{Content, TextContent};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::attempt::{LeasedPoint, undeliverable};
use super::carriers::Texts;
use super::worker::Deliveries;

impl Deliveries {
    pub(super) async fn hand_over_text(
        &self,
        job: &Job,
        delivery: &Delivery,
        person: Option<&Person>,
        channel: TextChannel,
        text: &TextContent,
    ) -> Result<Settlement, StoreError> {
        if text.to.trim().is_empty() {
            return Ok(undeliverable("it has no number to go to"));
        }
        if let Some(person) = person
            && self.is_out_of(job, person, channel, &text.from).await?
        {
            return Ok(undeliverable("the person opted out of its sender"));
        }
        let content = match channel {
            TextChannel::Sms => Content::Sms(text.clone()),
            TextChannel::Whatsapp => Content::Whatsapp(text.clone()),
        };
        let Some(carrier) = &self.carriers.texts else {
            return Ok(Settlement::sent(content));
        };
        let point = LeasedPoint {
            deliveries: self,
            job,
            part: "",
        };
        let callback = carrier.callback(&delivery.id);
        let message = TextMessage {
            delivery_id: &delivery.id,
            channel,
            content: text,
            status_callback: callback.as_deref(),
        };
        let now = self.now_seconds();
        let handed = match carrier {
            Texts::Twilio { twilio, .. } => twilio.hand_over(&message, now, &point).await,
            Texts::Gateway(gateway) => gateway.hand_over(&message, now, &point).await,
        };
        Ok(self.settlement(job, handed, content))
    }

    async fn is_out_of(
        &self,
        job: &Job,
        person: &Person,
        channel: TextChannel,
        from: &str,
    ) -> Result<bool, StoreError> {
        let channel = match channel {
            TextChannel::Sms => OptOutChannel::Sms,
            TextChannel::Whatsapp => OptOutChannel::WhatsApp,
        };
        let cio_id = Identifier::CioId(person.identifiers.cio_id.to_string());
        let out_of = self.store.opt_outs_of(job.workspace, cio_id).await?;
        let from = bare(from);
        let is_it = |from_there: &str| bare(from_there).eq_ignore_ascii_case(from);
        Ok(out_of
            .unwrap_or_default()
            .iter()
            .any(|it| it.channel == channel && is_it(&it.from)))
    }
}

/// A sender as people are out of it: a carrier's prefix says only how it is reached.
fn bare(from: &str) -> &str {
    let from = from.trim();
    from.strip_prefix("whatsapp:").unwrap_or(from).trim()
}

#[cfg(test)]
mod tests;
