//! Looks at messages, told by what is in them.

use cio_domain::operation::{Look, Reader};
use cio_domain::{Ignored, Outcome};
use cio_store::StoreError;
use serde_json::{Map, Value};

use super::outbox::Metric;
use super::{Context, reports, series};
use crate::rows::DeliveryRow;
use crate::transaction::Transaction;

pub(super) fn look(
    transaction: &mut Transaction<'_>,
    context: Context,
    look: Look,
) -> Result<Outcome, StoreError> {
    let Look {
        delivery_id,
        href,
        reader,
    } = look;
    let Some(mut delivery) = reports::delivery(transaction, context, &delivery_id)? else {
        return Ok(Outcome::Ignored(Ignored::UnknownDelivery));
    };
    let was_opened = delivery.metrics.contains_key("opened");
    if href.is_none() || !was_opened {
        // A link cannot be followed unopened, whether or not the picture was fetched.
        set(
            transaction,
            context,
            &mut delivery,
            ["opened", reader.opened()],
        )?;
        let data = opened(reader, href.is_some());
        let message = (delivery_id.as_str(), &delivery);
        note(transaction, context, message, ("opened", !was_opened), data)?;
    }
    if let Some(href) = href {
        let is_first = !delivery.metrics.contains_key("clicked");
        set(
            transaction,
            context,
            &mut delivery,
            ["clicked", reader.clicked()],
        )?;
        let message = (delivery_id.as_str(), &delivery);
        let link = series::click(transaction, context.workspace, message, &href, Some(reader))?;
        let data = clicked(reader, href, link);
        note(transaction, context, message, ("clicked", is_first), data)?;
    }
    reports::put(transaction, context, &delivery_id, &delivery);
    Ok(Outcome::Applied)
}

fn set(
    transaction: &mut Transaction<'_>,
    context: Context,
    delivery: &mut DeliveryRow,
    metrics: [&str; 2],
) -> Result<(), StoreError> {
    for metric in metrics {
        let at = context.seconds();
        series::set(transaction, context.workspace, delivery, metric, at)?;
    }
    Ok(())
}

fn note(
    transaction: &mut Transaction<'_>,
    context: Context,
    (delivery_id, delivery): (&str, &DeliveryRow),
    (name, is_first): (&str, bool),
    data: Map<String, Value>,
) -> Result<(), StoreError> {
    let metric = Metric {
        delivery_id,
        delivery,
        name,
        at: context.seconds(),
        is_first,
        recipient: None,
    };
    reports::note_metric(transaction, context, metric, data)
}

/// What is true of an open, by the names that webhooks have for it.
fn opened(reader: Reader, is_inferred: bool) -> Map<String, Value> {
    let all = [
        ("proxied", reader.is_proxy),
        ("prefetched", reader.is_machine),
        ("synthetic", is_inferred),
    ];
    let what_is = all.into_iter().filter(|(_, is)| *is);
    what_is
        .map(|(name, is)| (name.to_owned(), is.into()))
        .collect()
}

fn clicked(reader: Reader, href: String, link: Option<u64>) -> Map<String, Value> {
    let mut data = Map::from_iter([("href".to_owned(), href.into())]);
    data.extend(link.map(|link| ("link_id".to_owned(), link.into())));
    if reader.is_machine {
        data.insert("machine".to_owned(), true.into());
    }
    data
}
