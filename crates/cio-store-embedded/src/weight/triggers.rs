//! The same of triggers.

use cio_domain::delivery::NewDelivery;
use cio_domain::trigger::{NewTrigger, Recipient, TriggerStep};

use super::{FIXED, of_delivery};

pub(crate) fn of_recipients(recipients: &[Recipient]) -> usize {
    let one = |it: &Recipient| it.data.as_ref().map_or(0, String::len) + size_of::<Recipient>();
    recipients.iter().map(one).sum::<usize>() + FIXED
}

pub(crate) fn of_trigger(trigger: &NewTrigger) -> usize {
    trigger.data.as_ref().map_or(0, String::len) + of_texts(&trigger.errors) + FIXED
}

/// A message takes most of its room while it is written.
pub(crate) fn of_step(step: &TriggerStep) -> usize {
    let messages = step.recipients.iter().flatten();
    let one = |it: &NewDelivery| of_delivery(it) + 4 * FIXED;
    messages.map(one).sum::<usize>() + of_texts(&step.errors) + FIXED
}

fn of_texts(texts: &[String]) -> usize {
    texts.iter().map(|it| it.len() + size_of::<String>()).sum()
}
