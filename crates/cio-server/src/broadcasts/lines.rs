//! The lines of a file: bounded in length, from any of them on.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use cio_domain::limits::TRIGGER_LINE_BYTES_MAX;
use cio_domain::trigger::LineEnd;

/// A line that is not empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number; the first is 1.
    pub(super) number: u64,
    /// `None`: it is too long.
    pub(super) text: Option<Vec<u8>>,
}

/// A file, and the line it is at.
pub(super) struct Lines {
    file: BufReader<File>,
    end: LineEnd,
}

/// What some programs put before the first line.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Lines {
    pub(super) fn open(path: &Path, from: LineEnd) -> io::Result<Lines> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from.offset))?;
        let file = BufReader::with_capacity(256 << 10, file);
        Ok(Lines { file, end: from })
    }

    /// Behind the line that was read last.
    pub(super) fn end(&self) -> LineEnd {
        self.end
    }

    /// The next line that is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let Some(text) = self.read()? else {
                return Ok(None);
            };
            let number = self.end.line;
            let text = match text {
                Some(text) if number == 1 && text.starts_with(MARK) => {
                    Some(text[MARK.len()..].to_vec())
                }
                text => text,
            };
            if text
                .as_ref()
                .is_none_or(|text| !text.trim_ascii().is_empty())
            {
                return Ok(Some(Line { number, text }));
            }
        }
    }

    /// The next line whatever it is, without its end; `None` in it if it is too long.
    fn read(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        // A line as long as may be, its end, and one more byte if it goes on.
        let limit = TRIGGER_LINE_BYTES_MAX as u64 + 2;
        let mut text = Vec::new();
        let mut read = self
            .file
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut text)? as u64;
        if read == 0 {
            return Ok(None);
        }
        let is_whole = text.pop_if(|last| *last == b'\n').is_some();
        if !is_whole && read == limit {
            read += self.file.skip_until(b'\n')? as u64;
        }
        self.end.offset += read;
        self.end.line += 1;
        text.pop_if(|last| *last == b'\r');
        Ok(Some((text.len() <= TRIGGER_LINE_BYTES_MAX).then_some(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_from_any_of_them_on() {
        let long = "x".repeat(TRIGGER_LINE_BYTES_MAX);
        let content = format!("\u{feff}one\r\n\n  \ntwo\n{long}\r\n{long}x\n{long}{long}\nlast");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &content).unwrap();
        let mut lines = Lines::open(file.path(), LineEnd::default()).unwrap();
        let mut all = Vec::new();
        let mut places = vec![lines.end()];
        while let Some(line) = lines.next().unwrap() {
            all.push(line);
            places.push(lines.end());
        }
        assert_eq!(lines.end().offset, content.len() as u64);
        let seen: Vec<_> = all
            .iter()
            .map(|it| (it.number, it.text.as_ref().map(Vec::len)))
            .collect();
        let whole = TRIGGER_LINE_BYTES_MAX;
        let expected = [
            (1, Some(3)),
            (4, Some(3)),
            (5, Some(whole)),
            (6, None),
            (7, None),
            (8, Some(4)),
        ];
        assert_eq!(seen, expected);
        assert_eq!(all[0].text.as_deref(), Some(&b"one"[..]));
        for (line, place) in all.iter().zip(places) {
            let mut from = Lines::open(file.path(), place).unwrap();
            assert_eq!(from.next().unwrap().as_ref(), Some(line));
        }
    }

    #[test]
    fn an_empty_file_has_no_lines() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut lines = Lines::open(file.path(), LineEnd::default()).unwrap();
        assert_eq!(lines.next().unwrap(), None);
    }
}
