//! What fjall's journals must look like before fjall may open them.
//!
//! fjall takes the first frame it cannot read for the torn end of its journal and cuts
//! there, whatever comes behind it. Here the journals are read first, and the two are told
//! apart. Only the last batch can be torn: every batch before it was synced before the
//! next one was begun. So a journal may end in
//!
//! - a prefix of a batch: the process was killed while it wrote;
//! - a batch with a hole, a whole sector of zeros: the power went before the sync, and the
//!   disk had taken later sectors first.
//!
//! Neither was answered to anybody, and both are cut. All else is damage: something that
//! cannot be read with a complete batch behind it, and a last batch that was written to its
//! end and does not have its checksum.
//!
//! The checksum leaves the batch's own number out, by which fjall orders it and decides
//! whether its tables have it already. Numbers have to rise, and not by leaps.
//!
//! A journal is a row of batches, and behind them zeros that were allocated ahead. Numbers
//! are little-endian.
//!
//! | frame | bytes |
//! |---|---|
//! | start | `1`, count of items: 4, sequence number: 8 |
//! | item | `2`, kind: 1, compression: 1, table: 8, length of the key: 2, of the value: 4, of the value as stored: 4, key, value |
//! | clear | `4`, table: 8 |
//! | end | `3`, XXH3 of the items' bytes: 8, `FJL`, `3` |

mod batch;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use batch::{Parsed, ends_like_a_batch, parse};

/// How much is read at a time.
const READ_BYTES: usize = 256 << 10;
/// What a disk writes at once: a part of a batch that was not written is made of these.
const SECTOR_BYTES: u64 = 512;

/// Furthest that two batches' numbers are apart: flushes and compactions take numbers, too,
/// a few at a time.
const NUMBERS_APART_MAX: u64 = 1 << 20;

/// Where a journal is damaged: the batch that cannot be read starts there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    file: PathBuf,
    offset: u64,
    reason: &'static str,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Damage {
            file,
            offset,
            reason,
        } = self;
        write!(f, "{} at byte {offset}: {reason}", file.display())
    }
}

/// Why the journals may not be opened.
#[derive(Debug)]
pub(crate) enum Refusal {
    Damaged(Damage),
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal::Io(error)
    }
}

/// Reads all journals of a directory and cuts what is torn off the end of the last one.
/// Nobody else may have the directory open.
pub(crate) fn check(directory: &Path) -> Result<(), Refusal> {
    let journals = journals(directory)?;
    let mut last_seqno = None;
    for (position, path) in journals.iter().enumerate() {
        let is_last = position + 1 == journals.len();
        let mut file = File::open(path)?;
        let end = valid_end(&mut file, u64::MAX, &mut last_seqno)?;
        let tail = written_from(&mut file, end)?;
        if tail.is_empty() {
            continue;
        }
        match judge(&tail, end, is_last) {
            Ok(()) => cut(path, end)?,
            Err(reason) => {
                return Err(Refusal::Damaged(Damage {
                    file: path.clone(),
                    offset: end,
                    reason,
                }));
            }
        }
    }
    Ok(())
}

/// Cuts off the last journal what a commit that failed may have left of itself: everything
/// from this sequence number on. What is torn behind it goes, too.
pub(crate) fn forget_from(directory: &Path, seqno: u64) -> Result<(), Refusal> {
    if let Some(path) = journals(directory)?.last() {
        let end = valid_end(&mut File::open(path)?, seqno, &mut None)?;
        cut(path, end)?;
    }
    Ok(())
}

/// By number: the last one is being written.
fn journals(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let number = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_suffix(".jnl")?.parse::<u64>().ok());
        if let Some(number) = number {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// Where the last batch ends of those that are whole, follow one another from the start
/// and from the last number before, and come before a number.
fn valid_end(file: &mut File, before: u64, last_seqno: &mut Option<u64>) -> io::Result<u64> {
    let mut window = Vec::new();
    let mut window_at = 0;
    let mut next = 0;
    loop {
        match parse(&window[next..]) {
            Parsed::Batch { length, seqno } if seqno < before && follows(seqno, *last_seqno) => {
                next += length;
                *last_seqno = Some(seqno);
            }
            Parsed::Batch { .. } | Parsed::Broken(_) => break,
            Parsed::Incomplete => {
                window.drain(..next);
                window_at += next as u64;
                next = 0;
                // At least as much again, so that a large batch is not read over and over.
                let more = window.len().max(READ_BYTES) as u64;
                if file.by_ref().take(more).read_to_end(&mut window)? == 0 {
                    break;
                }
            }
        }
    }
    Ok(window_at + next as u64)
}

fn follows(seqno: u64, last: Option<u64>) -> bool {
    last.is_none_or(|last| seqno > last && seqno - last <= NUMBERS_APART_MAX)
}

/// What is written from an offset on, without the zeros behind it.
fn written_from(file: &mut File, offset: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut end = 0;
    let mut seen = 0;
    let mut chunk = vec![0; READ_BYTES];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        if let Some(last) = chunk[..read].iter().rposition(|byte| *byte != 0) {
            end = seen + last as u64 + 1;
        }
        seen += read as u64;
    }
    let mut written = Vec::new();
    file.seek(SeekFrom::Start(offset))?;
    file.take(end).read_to_end(&mut written)?;
    Ok(written)
}

/// Whether what follows the last whole batch is a write that was cut short; if not, how
/// the damage is known.
fn judge(tail: &[u8], tail_at: u64, is_last: bool) -> Result<(), &'static str> {
    if (1..tail.len()).any(|start| matches!(parse(&tail[start..]), Parsed::Batch { .. })) {
        return Err("a batch cannot be read, and complete ones lie behind it");
    }
    if !is_last {
        return Err("a batch cannot be read, and later journals follow");
    }
    if has_hole(tail, tail_at) {
        return Ok(());
    }
    match parse(tail) {
        Parsed::Incomplete if ends_like_a_batch(tail) => {
            Err("the last batch was written to its end, and its lengths are wrong")
        }
        Parsed::Broken(reason) => Err(reason),
        Parsed::Incomplete => Ok(()),
        Parsed::Batch { .. } => Err("a batch has a number that does not follow the last one"),
    }
}

/// Whether a sector, or what the tail has of its first one, was never written. No row has
/// as many zeros.
fn has_hole(tail: &[u8], tail_at: u64) -> bool {
    let first = (SECTOR_BYTES - tail_at % SECTOR_BYTES).min(tail.len() as u64);
    let (first, rest) = tail.split_at(usize::try_from(first).unwrap_or(tail.len()));
    let is_zero = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
    is_zero(first) || rest.chunks(SECTOR_BYTES as usize).any(is_zero)
}

fn cut(path: &Path, end: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(end)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
