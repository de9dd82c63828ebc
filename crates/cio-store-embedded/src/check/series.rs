//! Counts over time, and the links that are counted.

use std::collections::BTreeMap;

use cio_domain::WorkspaceId;
use cio_domain::delivery::{Origin, Parent};
use cio_domain::series::{LINK_METRICS, name_of};
use cio_store::StoreError;

use super::{CheckReport, Checked, Row, text};
use crate::apply::click_bit;
use crate::engine::Table;
use crate::keys::series as keys;
use crate::rows::{self, DayRow, DeliveryRow};

/// Counts of messages that belong to something, by metric.
type Totals = BTreeMap<(WorkspaceId, Parent, String), u64>;

/// As many deliveries are counted as have a metric.
pub(super) fn counts(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut expected = Totals::new();
    checked.walk(Table::Deliveries, report, |_, row| {
        if row.workspace.0 == 0 || row.kind != b'd' {
            return Ok(());
        }
        let delivery: DeliveryRow = rows::decode(Table::Deliveries, row.value)?;
        let metrics = delivery.metrics.keys().map(|metric| name_of(metric));
        for metric in metrics.chain(["created"]) {
            for parent in Origin::from(delivery.origin).parents() {
                let key = (row.workspace, parent, metric.to_owned());
                *expected.entry(key).or_default() += 1;
            }
        }
        Ok(())
    })?;
    let mut counted = Totals::new();
    checked.walk(Table::Series, report, |report, row| {
        if row.kind != b's' {
            return Ok(());
        }
        let total = DayRow::decode(row.value)?.total();
        let key = parent(&row).and_then(|(parent, rest)| {
            let (_, _, metric) = keys::read_count(rest)?;
            Some((row.workspace, parent, metric.to_owned()))
        });
        match key {
            Some(key) => *counted.entry(key).or_default() += total,
            None => report.find(Table::Series, "counts of nothing that is known"),
        }
        Ok(())
    })?;
    for (key, expected) in &expected {
        let counted = counted.remove(key).unwrap_or(0);
        if counted != *expected {
            let (workspace, parent, metric) = key;
            let number = workspace.0;
            report.find(
                Table::Series,
                format!("of {parent:?} in workspace {number} {expected} are {metric}, and {counted} are counted"),
            );
        }
    }
    for ((workspace, parent, metric), counted) in counted {
        let number = workspace.0;
        report.find(
            Table::Series,
            format!(
                "of {parent:?} in workspace {number} none are {metric}, and {counted} are counted"
            ),
        );
    }
    Ok(())
}

/// What is known of a link's clicks.
#[derive(Default)]
struct Clicks {
    /// Of each metric: all that are counted, the first of each delivery, and as many
    /// deliveries as it was noted of.
    by_metric: [[u64; 3]; LINK_METRICS.len()],
    is_link: bool,
}

/// Links are found both ways, are as many as is kept, and were followed as often as is counted.
pub(super) fn links(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut clicks: BTreeMap<(WorkspaceId, u64), Clicks> = BTreeMap::new();
    let mut links: BTreeMap<(WorkspaceId, Parent), [u64; 2]> = BTreeMap::new();
    checked.walk(Table::Series, report, |report, row| {
        let workspace = row.workspace;
        let number = workspace.0;
        let mut find = |what: &str| {
            report.find(Table::Series, format!("{what} in workspace {number}"));
        };
        match row.kind {
            b's' => {}
            b'h' => {
                let link = rows::number(Table::Series, row.value)?;
                let Some((parent, href)) = parent(&row) else {
                    find("a link of nothing that is known");
                    return Ok(());
                };
                let leads_to = keys::link(workspace, parent, link);
                let leads_to = checked.view.get(Table::Series, &leads_to)?;
                if leads_to.is_none_or(|it| *it != *href) {
                    find(&format!("link {link} does not lead where it is found"));
                }
                if link > checked.counter(&keys::link_counter(workspace))? {
                    find(&format!("link {link} has a number that was not given out"));
                }
            }
            b'l' => {
                let Some((parent, link)) = link_of(&row) else {
                    find("a link of nothing that is known");
                    return Ok(());
                };
                links.entry((workspace, parent)).or_default()[0] += 1;
                clicks.entry((workspace, link)).or_default().is_link = true;
                let by_href = keys::link_number(workspace, parent, &text(row.value));
                let found = checked.view.get(Table::Series, &by_href)?;
                if found.is_none_or(|it| *it != link.to_be_bytes()) {
                    find(&format!("link {link} is not found by where it leads"));
                }
            }
            b'n' => {
                let kept = rows::number(Table::Series, row.value)?;
                match parent(&row) {
                    Some((parent, [])) => links.entry((workspace, parent)).or_default()[1] = kept,
                    _ => find("links of nothing that is known"),
                }
            }
            b'c' => {
                let total = DayRow::decode(row.value)?.total();
                match clicks_of(&row) {
                    Some((link, metric, unique)) => {
                        let clicks = clicks.entry((workspace, link)).or_default();
                        clicks.by_metric[metric][usize::from(unique)] += total;
                    }
                    None => find("clicks on nothing that is known"),
                }
            }
            b'f' => {
                let (link, id) = row.rest.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
                let link = u64::from_be_bytes(*link);
                let bits = row.value.first().copied().unwrap_or(0);
                let clicks = clicks.entry((workspace, link)).or_default();
                for (metric, of_metric) in LINK_METRICS.iter().zip(&mut clicks.by_metric) {
                    of_metric[2] += u64::from(bits & click_bit(metric) != 0);
                }
                let id = text(id);
                if !checked.has(Table::Deliveries, &crate::keys::delivery(workspace, &id))? {
                    find(&format!(
                        "link {link} was followed in delivery {id}, which is not there,"
                    ));
                }
            }
            _ => find("a row of no known kind"),
        }
        Ok(())
    })?;
    for ((workspace, parent), [found, kept]) in links {
        if found != kept {
            let number = workspace.0;
            report.find(
                Table::Series,
                format!(
                    "{parent:?} in workspace {number} has {found} links, and {kept} are counted"
                ),
            );
        }
    }
    for ((workspace, link), clicks) in clicks {
        let number = workspace.0;
        if !clicks.is_link {
            let what = format!("clicks on link {link} in workspace {number}, which is not there");
            report.find(Table::Series, what);
        }
        for (metric, [all, unique, noted]) in LINK_METRICS.iter().zip(clicks.by_metric) {
            if unique != noted || all < unique {
                report.find(
                    Table::Series,
                    format!("link {link} in workspace {number} is {metric} in {noted} deliveries, and {unique} of {all} are counted"),
                );
            }
        }
    }
    Ok(())
}

/// What a row belongs to, and what is behind that in its key.
fn parent<'a>(row: &Row<'a>) -> Option<(Parent, &'a [u8])> {
    let (kind, rest) = row.rest.split_first()?;
    let (number, rest) = rest.split_first_chunk::<8>()?;
    let number = u64::from_be_bytes(*number);
    let parent = match kind {
        b'c' => Parent::Campaign(number),
        b'n' => Parent::Newsletter(number),
        b'a' => Parent::Action(number),
        b't' => Parent::Transactional(number),
        b'b' => Parent::Broadcast(number),
        _ => return None,
    };
    Some((parent, rest))
}

fn link_of(row: &Row<'_>) -> Option<(Parent, u64)> {
    let (parent, link) = parent(row)?;
    Some((parent, u64::from_be_bytes(link.try_into().ok()?)))
}

/// The link of a row of clicks, which of the metrics it has, and whether it is of the first
/// clicks.
fn clicks_of(row: &Row<'_>) -> Option<(u64, usize, bool)> {
    let (link, rest) = row.rest.split_first_chunk::<8>()?;
    let (kind, rest) = rest.split_first()?;
    let (_, metric) = keys::read_clicks(rest)?;
    let metric = LINK_METRICS.iter().position(|it| *it == metric)?;
    let unique = match kind {
        b'a' => false,
        b'u' => true,
        _ => return None,
    };
    Some((u64::from_be_bytes(*link), metric, unique))
}
