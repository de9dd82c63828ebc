//! How much room a disk has. A write that fails half way is worse than one that is not
//! begun, so that writing ends before the room does.

use std::io::{self, ErrorKind};
use std::path::Path;

use cio_store::StoreError;

/// What is kept free: for the tables that are flushed while nothing new is taken.
const RESERVE_BYTES: u64 = 64 << 20;
/// On a small disk, this part of it.
const RESERVE_PART: u64 = 8;

/// Whether there is more room than what is kept free.
pub(super) fn check(directory: &Path) -> Result<(), StoreError> {
    // A disk that cannot be asked is found out by writing to it.
    let Ok(Room { free, total }) = room(directory) else {
        return Ok(());
    };
    let reserve = RESERVE_BYTES.min(total / RESERVE_PART);
    if free >= reserve {
        return Ok(());
    }
    Err(StoreError::Unavailable(format!(
        "the disk is full: {} MiB are free and {} have to be; it goes on as soon as they are",
        free >> 20,
        reserve.div_ceil(1 << 20),
    )))
}

struct Room {
    free: u64,
    total: u64,
}

#[cfg(unix)]
fn room(directory: &Path) -> io::Result<Room> {
    let disk = rustix::fs::statvfs(directory)?;
    Ok(Room {
        free: disk.f_bavail.saturating_mul(disk.f_frsize),
        total: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}

#[cfg(not(unix))]
fn room(_: &Path) -> io::Result<Room> {
    Err(ErrorKind::Unsupported.into())
}

/// Whether a write failed for want of room, so that it can be tried again when there is
/// some. After any other failure nobody knows what the disk holds.
pub(super) fn is_lack_of_it(error: &fjall::Error) -> bool {
    let kind = match error {
        fjall::Error::Io(error) => error.kind(),
        // Something failed behind the scenes, and this write was not begun. The journal is
        // whole; if the disk is broken, the next write to it says so.
        fjall::Error::Poisoned => return true,
        _ => return false,
    };
    matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
}
