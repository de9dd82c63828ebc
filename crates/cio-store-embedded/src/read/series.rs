//! Counts over time.

use cio_domain::series::{Day, day_and_hour, hour_start};
use cio_domain::{UnixSeconds, WorkspaceId};
use cio_store::StoreError;
use cio_store::series::{LinkQuery, LinkSeries, Series, SeriesQuery};

use crate::engine::{Scan, Table, View};
use crate::keys::series as keys;
use crate::rows::DayRow;

pub(crate) fn series(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &SeriesQuery,
) -> Result<Series, StoreError> {
    let channel = query.channel.map(keys::channel_byte);
    let mut periods = Periods::new(&query.bounds);
    periods.read(view, keys::counts(workspace, query.parent), |rest| {
        let (day, byte, metric) = keys::read_count(rest)?;
        let is_wanted = channel.is_none_or(|channel| channel == byte);
        Some((day, is_wanted.then_some(metric)))
    })?;
    Ok(periods.series)
}

pub(crate) fn links(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &LinkQuery,
) -> Result<Vec<LinkSeries>, StoreError> {
    let prefix = keys::links(workspace, query.parent);
    let mut links = Vec::new();
    view.scan(Table::Series, &Scan::forward(&prefix), &mut |key, href| {
        if let Some(id) = crate::keys::last_number(key) {
            links.push((id, String::from_utf8_lossy(href).into_owned()));
        }
        true
    })?;
    let of_link = |(id, href)| {
        let mut periods = Periods::new(&query.bounds);
        periods.read(view, keys::clicks(workspace, id, query.unique), |rest| {
            let (day, metric) = keys::read_clicks(rest)?;
            Some((day, Some(metric)))
        })?;
        let series = periods.series;
        Ok(LinkSeries { id, href, series })
    };
    links.into_iter().map(of_link).collect()
}

/// Counts of days, added up by period.
struct Periods<'a> {
    bounds: &'a [UnixSeconds],
    series: Series,
}

impl Periods<'_> {
    fn new(bounds: &[UnixSeconds]) -> Periods<'_> {
        Periods {
            bounds,
            series: Series::new(),
        }
    }

    /// Reads the days of the periods below a prefix. What is behind it in a key says the day,
    /// and the metric if it is wanted.
    fn read(
        &mut self,
        view: &dyn View,
        prefix: Vec<u8>,
        read_key: impl Fn(&[u8]) -> Option<(Day, Option<&str>)>,
    ) -> Result<(), StoreError> {
        let [first, .., end] = self.bounds else {
            return Ok(());
        };
        let (first, _) = day_and_hour(*first);
        let (last, _) = day_and_hour(end.saturating_sub(1));
        let from = keys::from_day(prefix.clone(), first);
        let mut result = Ok(());
        let scan = Scan::beyond(&prefix, &from);
        view.scan(Table::Series, &scan, &mut |key, row| {
            match read_key(&key[prefix.len()..]) {
                Some((day, _)) if day > last => return false,
                Some((day, Some(metric))) => match DayRow::decode(row) {
                    Ok(row) => self.add(day, metric, &row),
                    Err(error) => result = Err(error),
                },
                _ => {}
            }
            result.is_ok()
        })?;
        result
    }

    fn add(&mut self, day: Day, metric: &str, row: &DayRow) {
        let periods = self.bounds.len() - 1;
        for (hour, count) in row
            .0
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
        {
            let start = hour_start(day, hour);
            let behind = self.bounds.partition_point(|bound| *bound <= start);
            let Some(period) = behind.checked_sub(1).filter(|period| *period < periods) else {
                continue;
            };
            let counts = self.series.entry(metric.to_owned());
            counts.or_insert_with(|| vec![0; periods])[period] += count;
        }
    }
}
