//! Links to the files of exports: signed, and good for a while.

use cio_domain::transfer::ExportId;
use cio_domain::{UnixMillis, WorkspaceId};

use crate::credentials::Hasher;
use crate::signed::{self, Purpose};

/// Workspace, export, and when it ends.
const CLAIM_BYTES: usize = 4 + 8 + 8;

/// What a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) workspace: WorkspaceId,
    pub(crate) export: ExportId,
    /// When it ends.
    pub(crate) until: UnixMillis,
}

impl Link {
    /// The token that stands in a URL.
    pub(crate) fn token(self, hasher: &Hasher) -> String {
        signed::seal(hasher, Purpose::Export, &self.claim())
    }

    fn claim(self) -> [u8; CLAIM_BYTES] {
        let mut claim = [0; CLAIM_BYTES];
        claim[..4].copy_from_slice(&self.workspace.0.to_be_bytes());
        claim[4..12].copy_from_slice(&self.export.0.to_be_bytes());
        claim[12..].copy_from_slice(&self.until.to_be_bytes());
        claim
    }

    /// Reads a token that this server made, also one whose time is over.
    pub(crate) fn read(token: &str, hasher: &Hasher) -> Option<Link> {
        let claim = signed::open(hasher, Purpose::Export, token)?;
        let claim: [u8; CLAIM_BYTES] = claim.try_into().ok()?;
        let (workspace, rest) = claim.split_first_chunk::<4>()?;
        let (export, until) = rest.split_first_chunk::<8>()?;
        Some(Link {
            workspace: WorkspaceId(u32::from_be_bytes(*workspace)),
            export: ExportId(u64::from_be_bytes(*export)),
            until: u64::from_be_bytes(until.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_no_other_does() {
        let hasher = Hasher::new([7; 32]);
        let link = Link {
            workspace: WorkspaceId(3),
            export: ExportId(110),
            until: 1_790_000_000_000,
        };
        let token = link.token(&hasher);
        assert_eq!(Link::read(&token, &hasher), Some(link));
        assert_eq!(Link::read(&token, &Hasher::new([8; 32])), None);
        for position in [0, 5, 20, token.len() - 2] {
            let mut changed = token.clone().into_bytes();
            changed[position] = if changed[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Link::read(&changed, &hasher), None, "{position}");
        }
        for token in ["", "AAAA", "no token", &token[..token.len() - 4]] {
            assert_eq!(Link::read(token, &hasher), None);
        }
    }
}
