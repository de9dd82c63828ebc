//! Keys of counts, and of the links that are counted.

use cio_domain::WorkspaceId;
use cio_domain::delivery::Parent;
use cio_domain::message::Channel;
use cio_domain::series::Day;

use super::join;
use super::messages::parent_bytes;

/// All counts of messages that belong to something.
pub(crate) fn counts(workspace: WorkspaceId, parent: Parent) -> Vec<u8> {
    join(workspace, &[b"s", &parent_bytes(parent)])
}

/// Just before the counts of a day, below that prefix or another that days follow.
pub(crate) fn from_day(mut prefix: Vec<u8>, day: Day) -> Vec<u8> {
    prefix.extend_from_slice(&day_bytes(day));
    prefix
}

/// The counts of a day.
pub(crate) fn count(
    workspace: WorkspaceId,
    parent: Parent,
    day: Day,
    channel: Channel,
    metric: &str,
) -> Vec<u8> {
    let mut key = from_day(counts(workspace, parent), day);
    key.push(channel_byte(channel));
    key.extend_from_slice(metric.as_bytes());
    key
}

/// What stands behind the prefix of counts: the day, the byte of the channel, the metric.
pub(crate) fn read_count(rest: &[u8]) -> Option<(Day, u8, &str)> {
    let (day, rest) = rest.split_first_chunk::<8>()?;
    let (byte, metric) = rest.split_first()?;
    Some((read_day(*day), *byte, std::str::from_utf8(metric).ok()?))
}

/// The byte of a channel in keys.
pub(crate) const fn channel_byte(channel: Channel) -> u8 {
    match channel {
        Channel::Email => b'e',
        Channel::Push => b'p',
        Channel::Sms => b's',
        Channel::Whatsapp => b'w',
        Channel::InApp => b'a',
        Channel::Inbox => b'i',
    }
}

/// The sign bit is turned so that days before 1970 sort first.
fn day_bytes(day: Day) -> [u8; 8] {
    (day.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

fn read_day(bytes: [u8; 8]) -> Day {
    (u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()
}

/// The last number that a link of a workspace was given.
pub(crate) fn link_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"links/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// How many links messages that belong to something have.
pub(crate) fn links_counted(workspace: WorkspaceId, parent: Parent) -> Vec<u8> {
    join(workspace, &[b"n", &parent_bytes(parent)])
}

/// The number of a link, by where it leads.
pub(crate) fn link_number(workspace: WorkspaceId, parent: Parent, href: &str) -> Vec<u8> {
    join(workspace, &[b"h", &parent_bytes(parent), href.as_bytes()])
}

/// All links of messages that belong to something.
pub(crate) fn links(workspace: WorkspaceId, parent: Parent) -> Vec<u8> {
    join(workspace, &[b"l", &parent_bytes(parent)])
}

/// Where a link leads.
pub(crate) fn link(workspace: WorkspaceId, parent: Parent, link: u64) -> Vec<u8> {
    let parent = parent_bytes(parent);
    join(workspace, &[b"l", &parent, &link.to_be_bytes()])
}

/// All clicks on a link: each, or the first of each message.
pub(crate) fn clicks(workspace: WorkspaceId, link: u64, unique: bool) -> Vec<u8> {
    let kind = if unique { b"u" } else { b"a" };
    join(workspace, &[b"c", &link.to_be_bytes(), kind])
}

/// The clicks of a day.
pub(crate) fn clicks_of(
    workspace: WorkspaceId,
    link: u64,
    unique: bool,
    day: Day,
    metric: &str,
) -> Vec<u8> {
    let mut key = from_day(clicks(workspace, link, unique), day);
    key.extend_from_slice(metric.as_bytes());
    key
}

/// What stands behind the prefix of clicks: the day, and the metric.
pub(crate) fn read_clicks(rest: &[u8]) -> Option<(Day, &str)> {
    let (day, metric) = rest.split_first_chunk::<8>()?;
    Some((read_day(*day), std::str::from_utf8(metric).ok()?))
}

/// By whom the link of a message was followed.
pub(crate) fn followed(workspace: WorkspaceId, link: u64, delivery_id: &str) -> Vec<u8> {
    join(
        workspace,
        &[b"f", &link.to_be_bytes(), delivery_id.as_bytes()],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_sort_as_keys_and_read_back() {
        let days = [Day::MIN, -400, -1, 0, 1, 20_000, Day::MAX];
        let keys: Vec<Vec<u8>> = days
            .iter()
            .map(|day| clicks_of(WorkspaceId(1), 3, false, *day, "clicked"))
            .collect();
        assert!(keys.is_sorted());
        let prefix = clicks(WorkspaceId(1), 3, false).len();
        for (day, key) in days.iter().zip(&keys) {
            assert_eq!(read_clicks(&key[prefix..]), Some((*day, "clicked")));
        }
    }
}
