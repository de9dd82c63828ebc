//! The bytes of an input, counted and hashed as they are used up.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use sha2::{Digest, Sha256};

use super::{Place, ROW_BYTES_MAX};

const BUFFER_BYTES: usize = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) struct Input {
    reader: Box<dyn BufRead + Send>,
    /// As much of the first line as a row may be long.
    first_line: Vec<u8>,
    hash: Sha256,
    bytes: u64,
    lines: u64,
}

impl Input {
    pub(super) fn open(source: Box<dyn Read + Send>) -> io::Result<Input> {
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, source);
        let mut first_line = Vec::new();
        let limited = &mut (&mut reader).take(ROW_BYTES_MAX as u64);
        limited.read_until(b'\n', &mut first_line)?;
        if first_line.starts_with(BYTE_ORDER_MARK) {
            first_line.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(Input {
            reader: Box::new(Cursor::new(first_line.clone()).chain(reader)),
            first_line,
            hash: Sha256::new(),
            bytes: 0,
            lines: 0,
        })
    }

    pub(super) fn first_line(&self) -> &[u8] {
        &self.first_line
    }

    /// Whether it begins as UTF-16 does.
    pub(super) fn is_utf16(&self) -> bool {
        let marked = [b"\xff\xfe", b"\xfe\xff"].map(|mark| self.first_line.starts_with(mark));
        marked.contains(&true) || self.first_line.get(1) == Some(&0)
    }

    /// Shows what comes next, nothing at the end, and uses up as much as `used` says.
    pub(super) fn take(&mut self, used: impl FnOnce(&[u8]) -> usize) -> io::Result<usize> {
        let next = loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        let count = used(next);
        let used = &next[..count];
        self.hash.update(used);
        self.bytes += count as u64;
        self.lines += used.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.reader.consume(count);
        Ok(count)
    }

    /// The line that comes next, from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines + 1
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn skip_to(&mut self, bytes: u64) -> io::Result<()> {
        while self.bytes < bytes {
            let left = usize::try_from(bytes - self.bytes).unwrap_or(usize::MAX);
            if self.take(|next| next.len().min(left))? == 0 {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn place(&self) -> Place {
        let mut digest = String::with_capacity(64);
        for byte in self.hash.clone().finalize() {
            let _ = write!(digest, "{byte:02x}");
        }
        Place {
            bytes: self.bytes,
            lines: self.lines,
            digest,
        }
    }
}
