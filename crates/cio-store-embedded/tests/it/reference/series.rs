//! Counts over time, each counted anew.

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::UnixSeconds;
use cio_domain::delivery::Delivery;
use cio_store::series::Series;

use super::Model;

/// The period of a delivery: that which it was accepted in.
fn period(bounds: &[UnixSeconds], delivery: &Delivery) -> Option<usize> {
    let at = i64::try_from(delivery.created_at / 1_000).unwrap();
    let mut pairs = bounds.windows(2);
    pairs.position(|pair| pair[0] <= at && at < pair[1])
}

fn add(series: &mut Series, bounds: &[UnixSeconds], delivery: &Delivery, metric: &str) {
    let Some(period) = period(bounds, delivery) else {
        return;
    };
    let empty = vec![0; bounds.len() - 1];
    series.entry(metric.to_owned()).or_insert(empty)[period] += 1;
}

impl Model {
    pub(crate) fn series(&self, bounds: &[UnixSeconds]) -> Series {
        let mut series = Series::new();
        for delivery in self.deliveries.values() {
            add(&mut series, bounds, delivery, "created");
            for metric in delivery.metrics.keys() {
                let metric = metric.replace("prefetch_clicked", "machine_clicked");
                add(&mut series, bounds, delivery, &metric);
            }
        }
        series
    }

    /// By where they lead.
    pub(crate) fn links(&self, bounds: &[UnixSeconds], unique: bool) -> BTreeMap<String, Series> {
        let mut links: BTreeMap<String, Series> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for click in &self.clicks {
            let delivery = &self.deliveries[&click.delivery_id];
            let by = match click.by_machine {
                None => None,
                Some(true) => Some("machine_clicked"),
                Some(false) => Some("human_clicked"),
            };
            let series = links.entry(click.href.clone()).or_default();
            for metric in ["clicked"].into_iter().chain(by) {
                if seen.insert((&click.delivery_id, &click.href, metric)) || !unique {
                    add(series, bounds, delivery, metric);
                }
            }
        }
        links
    }
}
