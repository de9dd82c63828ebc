//! Rows of JSON Lines.

use std::io;

use super::input::Input;
use super::{ROW_BYTES_MAX, Record};

/// The next line that is not blank.
pub(super) fn next(input: &mut Input) -> io::Result<Option<Record>> {
    loop {
        let line = input.line();
        let Some((bytes, is_too_long)) = read_line(input)? else {
            return Ok(None);
        };
        if is_too_long {
            return Ok(Some(Record::too_long(line, bytes, "")));
        }
        if !bytes.trim_ascii().is_empty() {
            let ends = vec![bytes.len()];
            return Ok(Some(Record {
                line,
                bytes,
                ends,
                problem: None,
            }));
        }
    }
}

/// The next line, and whether there was more of it than a row may hold; none at the end.
fn read_line(input: &mut Input) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut line = Vec::new();
    let (mut is_ended, mut is_too_long) = (false, false);
    while !is_ended {
        let used = input.take(|next| {
            let end = next.iter().position(|&byte| byte == b'\n');
            is_ended = end.is_some();
            let part = &next[..end.unwrap_or(next.len())];
            let room = ROW_BYTES_MAX - line.len();
            is_too_long |= part.len() > room;
            line.extend_from_slice(&part[..part.len().min(room)]);
            part.len() + usize::from(is_ended)
        })?;
        if used == 0 {
            return Ok((!line.is_empty()).then_some((line, is_too_long)));
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some((line, is_too_long)))
}
