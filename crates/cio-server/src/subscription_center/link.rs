//! Links to the page: who may choose for whom, and until when, under the server's own
//! signature. Nothing is stored of them.

use cio_domain::limits::{PREFERENCE_LINK_HOURS, PREFERENCE_LINK_IN_MESSAGES_DAYS};
use cio_domain::{PersonId, UnixMillis, WorkspaceId};

use crate::credentials::Hasher;
use crate::signed::{self, Purpose};

/// Workspace, person and end.
const CLAIM_BYTES: usize = 4 + 8 + 8;
const HOUR: UnixMillis = 60 * 60 * 1_000;

/// Whose choices a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) workspace: WorkspaceId,
    pub(crate) person: PersonId,
    /// It works before this.
    ends_at: UnixMillis,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkProblem {
    /// It was not made here.
    Forged,
    /// It worked once.
    Expired,
}

impl Link {
    /// A link that works from now on, for a day.
    pub(crate) fn new(workspace: WorkspaceId, person: PersonId, now: UnixMillis) -> Link {
        Link {
            workspace,
            person,
            ends_at: now + PREFERENCE_LINK_HOURS * HOUR,
        }
    }

    /// The same in a message, which is read when there is time.
    pub(crate) fn in_message(workspace: WorkspaceId, person: PersonId, now: UnixMillis) -> Link {
        Link {
            ends_at: now + PREFERENCE_LINK_IN_MESSAGES_DAYS * 24 * HOUR,
            ..Link::new(workspace, person, now)
        }
    }

    /// The token of its URL.
    pub(crate) fn seal(&self, hasher: &Hasher) -> String {
        signed::seal(hasher, Purpose::Preferences, &self.claim())
    }

    /// The link of a token.
    pub(crate) fn open(hasher: &Hasher, token: &str, now: UnixMillis) -> Result<Link, LinkProblem> {
        let claim = signed::open(hasher, Purpose::Preferences, token);
        let claim: [u8; CLAIM_BYTES] = claim
            .and_then(|claim| claim.try_into().ok())
            .ok_or(LinkProblem::Forged)?;
        let number = |at: usize| -> u64 {
            let bytes = claim[at..].first_chunk::<8>().copied();
            u64::from_be_bytes(bytes.unwrap_or_default())
        };
        let workspace = claim.first_chunk::<4>().copied().unwrap_or_default();
        let link = Link {
            workspace: WorkspaceId(u32::from_be_bytes(workspace)),
            person: PersonId(number(4)),
            ends_at: number(12),
        };
        if now < link.ends_at {
            Ok(link)
        } else {
            Err(LinkProblem::Expired)
        }
    }

    fn claim(&self) -> [u8; CLAIM_BYTES] {
        let mut claim = [0; CLAIM_BYTES];
        claim[..4].copy_from_slice(&self.workspace.0.to_be_bytes());
        claim[4..12].copy_from_slice(&self.person.0.to_be_bytes());
        claim[12..].copy_from_slice(&self.ends_at.to_be_bytes());
        claim
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = 1_790_000_000_000;
    const DAY: UnixMillis = 24 * 60 * 60 * 1_000;

    #[test]
    fn a_link_works_for_a_day_on_the_server_that_made_it() {
        let hasher = Hasher::new([7; 32]);
        let link = Link::new(WorkspaceId(3), PersonId(9), NOW);
        let token = link.seal(&hasher);
        assert_eq!(Link::open(&hasher, &token, NOW), Ok(link));
        assert_eq!(Link::open(&hasher, &token, NOW + DAY - 1), Ok(link));
        let expired = Link::open(&hasher, &token, NOW + DAY);
        assert_eq!(expired, Err(LinkProblem::Expired));
        let elsewhere = Hasher::new([8; 32]);
        let forged = Link::open(&elsewhere, &token, NOW);
        assert_eq!(forged, Err(LinkProblem::Forged));
    }

    #[test]
    fn a_link_in_a_message_works_for_ninety_days() {
        let hasher = Hasher::new([7; 32]);
        let link = Link::in_message(WorkspaceId(3), PersonId(9), NOW);
        let token = link.seal(&hasher);
        assert_eq!(Link::open(&hasher, &token, NOW + 90 * DAY - 1), Ok(link));
        let expired = Link::open(&hasher, &token, NOW + 90 * DAY);
        assert_eq!(expired, Err(LinkProblem::Expired));
    }

    #[test]
    fn no_changed_token_works() {
        let hasher = Hasher::new([7; 32]);
        let token = Link::new(WorkspaceId(3), PersonId(9), NOW).seal(&hasher);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let opened = Link::open(&hasher, &changed, NOW);
            assert_eq!(opened, Err(LinkProblem::Forged), "{at}");
        }
        for token in ["", "AAAA", &token[1..], &format!("{token}A"), "%00"] {
            assert_eq!(Link::open(&hasher, token, NOW), Err(LinkProblem::Forged));
        }
    }
}
