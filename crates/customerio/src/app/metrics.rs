//! How messages do: counts over time, and the links that were followed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ApiClient;
use super::lenient::{Lenient, answer};
use crate::operations::Operation;
use crate::request::{Parts, Unreadable, field, list};
use crate::{Error, Request, Timestamp};

answer! {
    /// Counts over time, oldest first, by metric: `sent`, `delivered`, `opened` and so on.
    pub struct MetricSeries shows (series) {
        /// By metric, one count for each period.
        pub series: BTreeMap<String, Vec<u64>>,
    }
}

answer! {
    /// A link and how often it was followed.
    pub struct LinkMetrics shows (id, metric) {
        /// Number of the link.
        pub id: u64,
        /// Where it leads.
        pub href: String,
        /// How often it was followed: `clicked`, `human_clicked`, `machine_clicked`.
        pub metric: MetricSeries,
    }
}

/// The periods of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Period {
    /// Up to 24.
    Hours,
    /// Up to 45, the service's default. They begin at midnight, US Eastern time.
    Days,
    /// Up to 12. They begin on Sunday.
    Weeks,
    /// Up to 121.
    Months,
}

impl Period {
    const fn as_str(self) -> &'static str {
        match self {
            Period::Hours => "hours",
            Period::Days => "days",
            Period::Weeks => "weeks",
            Period::Months => "months",
        }
    }
}

/// The time that the metrics of a campaign or of one of its actions are of.
///
/// ```
/// use customerio::app::{MetricsWindow, Period};
///
/// let last_month = MetricsWindow::Last { period: Period::Days, steps: 30 };
/// let september = MetricsWindow::Between {
///     start: 1_788_220_800.into(),
///     end: 1_790_812_799.into(),
///     resolution: Period::Days,
///     time_zone: Some("Europe/Lisbon".into()),
/// };
/// # drop((last_month, september));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MetricsWindow {
    /// The last `steps` periods. 0 steps mean as many as there can be; 1 gives two
    /// periods.
    Last {
        /// How long a period is.
        period: Period,
        /// How many.
        steps: u32,
    },
    /// From one point in time to another, both included: `version=2` on the wire, the
    /// newer form of the service.
    Between {
        /// The first second, in Unix seconds.
        start: Timestamp,
        /// The last second, in Unix seconds.
        end: Timestamp,
        /// How long a period is. How many there are follows from the two times.
        resolution: Period,
        /// Where periods begin at midnight, `Europe/Lisbon` for example. Default: the
        /// service's.
        time_zone: Option<String>,
    },
}

impl MetricsWindow {
    pub(super) fn add_to(&self, parts: Parts) -> Result<Parts, Error> {
        match self {
            MetricsWindow::Last { period, steps } => Ok(last(parts, *period, *steps)),
            MetricsWindow::Between {
                start,
                end,
                resolution,
                time_zone,
            } => {
                let parts = parts.query("version", 2);
                let parts = between(parts, *start, *end)?.query("res", resolution.as_str());
                Ok(match time_zone {
                    Some(time_zone) => parts.query("tz", time_zone),
                    None => parts,
                })
            }
        }
    }
}

/// The last periods.
fn last(parts: Parts, period: Period, steps: u32) -> Parts {
    parts.query("period", period.as_str()).query("steps", steps)
}

/// The two ends of a time.
fn between(parts: Parts, start: Timestamp, end: Timestamp) -> Result<Parts, Error> {
    start.check("start")?;
    end.check("end")?;
    if end < start {
        return Err(Error::invalid_input("end", "must not be before the start"));
    }
    let parts = parts.query("start", start.unix_seconds());
    Ok(parts.query("end", end.unix_seconds()))
}

impl ApiClient {
    /// Counts over a time, of the messages of one channel or of all.
    pub(super) fn series(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        window: &MetricsWindow,
        channel: Option<&str>,
    ) -> Request<MetricSeries> {
        let parts = parts
            .and_then(|parts| window.add_to(parts))
            .map(|parts| match channel {
                Some(channel) => parts.query("type", channel),
                None => parts,
            });
        self.ask(operation, parts, |body| field(&body, "metric"))
    }

    /// Counts over the last periods, of the messages of all channels.
    pub(super) fn last_series(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        period: Period,
        steps: u32,
    ) -> Request<MetricSeries> {
        self.series(
            operation,
            parts,
            &MetricsWindow::Last { period, steps },
            None,
        )
    }

    /// Counts of journeys between two points in time.
    pub(super) fn journey_series(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        (start, end): (Timestamp, Timestamp),
        resolution: Period,
    ) -> Request<MetricSeries> {
        let parts = parts
            .and_then(|parts| between(parts, start, end))
            .map(|parts| parts.query("resolution", resolution.as_str()));
        self.ask(operation, parts, |body| {
            let series = Lenient::from_json(field(&body, "journey_metric")?)?;
            Ok(MetricSeries { series })
        })
    }

    /// Links over the last periods; `unique` counts each person once.
    pub(super) fn link_series(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        (period, steps): (Period, u32),
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = parts.map(|parts| last(parts, period, steps).query("unique", unique));
        self.ask(operation, parts, |body| links(&body))
    }
}

/// `{"link":{"id","href"},"metric":{"series"}}`, each flat.
fn links(body: &[u8]) -> Result<Vec<LinkMetrics>, Unreadable> {
    let items: Vec<Value> = list(body, "links")?;
    Ok(items.into_iter().map(link).collect::<Result<_, _>>()?)
}

fn link(mut item: Value) -> Result<LinkMetrics, serde_json::Error> {
    let metric = item.get_mut("metric").map(Value::take).unwrap_or_default();
    let named = item.get_mut("link").map(Value::take).unwrap_or_default();
    Ok(LinkMetrics {
        metric: MetricSeries::from_json(metric)?,
        ..LinkMetrics::from_json(named)?
    })
}
