//! The relaxed form of fields and bodies, RFC 6376 3.4: what survives a relay that folds
//! lines or takes spaces away.

use ring::digest::{Context, SHA256};

/// A field of a header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    name: &'a [u8],
    /// Behind the colon, folds included, without the CRLF at the end.
    value: &'a [u8],
}

impl Field<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// The fields of a header, in order.
pub(super) fn fields(header: &[u8]) -> Vec<Field<'_>> {
    let mut found = Vec::with_capacity(16);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', header) {
        // A line that begins with a space goes on with the field before.
        if matches!(header.get(end + 1), Some(b' ' | b'\t')) {
            continue;
        }
        found.extend(field(&header[start..end]));
        start = end + 1;
    }
    found.extend(field(&header[start..]));
    found
}

/// One field. `None`: it is none.
pub(super) fn field(text: &[u8]) -> Option<Field<'_>> {
    let colon = memchr::memchr(b':', text)?;
    Some(Field {
        name: text[..colon].trim_ascii_end(),
        value: text[colon + 1..]
            .strip_suffix(b"\r")
            .unwrap_or(&text[colon + 1..]),
    })
}

/// Appends the relaxed form of a field, without a CRLF.
pub(super) fn push_field(field: &Field<'_>, out: &mut Vec<u8>) {
    out.extend(field.name.iter().map(u8::to_ascii_lowercase));
    out.push(b':');
    let start = out.len();
    let mut gap = false;
    for &byte in field.value {
        match byte {
            b' ' | b'\t' => gap = true,
            b'\r' | b'\n' => {}
            other => {
                if gap && out.len() > start {
                    out.push(b' ');
                }
                gap = false;
                out.push(other);
            }
        }
    }
}

/// The SHA-256 of the relaxed form of a body whose lines end with CRLF. The form itself is
/// never made.
pub(super) fn hash_of_body(body: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    feed_body(body, &mut |bytes| context.update(bytes));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// What is known to be at the end of lines, in one piece.
const EMPTY_LINES: &[u8] = b"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";

fn feed_body(body: &[u8], feed: &mut dyn FnMut(&[u8])) {
    // Empty lines count once something follows them.
    let mut empty_lines = 0;
    // A stretch that is as it should be already, across lines.
    let mut clean = 0..0;
    let mut at = 0;
    while at < body.len() {
        let end = memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |end| at + end + 1);
        let line = &body[at..end];
        let text = line.strip_suffix(b"\r\n").unwrap_or(line);
        let is_whole = text.len() + 2 == line.len();
        if is_blank(text) {
            empty_lines += 1;
        } else if is_whole && is_relaxed(text) && empty_lines == 0 {
            if clean.end != at {
                feed(&body[clean.clone()]);
                clean.start = at;
            }
            clean.end = end;
        } else {
            feed(&body[clean.clone()]);
            clean = end..end;
            while empty_lines > 0 {
                let now = empty_lines.min(EMPTY_LINES.len() / 2);
                feed(&EMPTY_LINES[..now * 2]);
                empty_lines -= now;
            }
            feed_line(text, feed);
            feed(b"\r\n");
        }
        at = end;
    }
    feed(&body[clean]);
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// Whether a line without its end is in the relaxed form.
fn is_relaxed(text: &[u8]) -> bool {
    text.last() != Some(&b' ')
        && memchr::memchr(b'\t', text).is_none()
        && memchr::memmem::find(text, b"  ").is_none()
}

fn feed_line(text: &[u8], feed: &mut dyn FnMut(&[u8])) {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let mut words = text.split(is_space).filter(|word| !word.is_empty());
    if text.first().is_some_and(is_space) {
        feed(b" ");
    }
    if let Some(first) = words.next() {
        feed(first);
    }
    for word in words {
        feed(b" ");
        feed(word);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(text: &str) -> String {
        let mut fed = Vec::new();
        feed_body(text.as_bytes(), &mut |bytes| fed.extend_from_slice(bytes));
        String::from_utf8(fed).unwrap()
    }

    fn header(text: &str) -> String {
        let mut out = Vec::new();
        for field in fields(text.as_bytes()) {
            push_field(&field, &mut out);
            out.extend_from_slice(b"\r\n");
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_example_of_the_standard_comes_out_as_it_says() {
        assert_eq!(header("A: X\r\nB : Y\t\r\n\tZ  \r\n"), "a:X\r\nb:Y Z\r\n");
        assert_eq!(body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(body(""), "");
        assert_eq!(body("\r\n\r\n"), "");
        assert_eq!(body("a\r\n\r\n \r\nb\r\n"), "a\r\n\r\n\r\nb\r\n");
    }

    /// Line by line, as the standard tells it.
    fn slowly(text: &str) -> String {
        let mut lines: Vec<String> = text
            .split_terminator("\r\n")
            .map(|line| {
                let mut made = String::new();
                for character in line.trim_end_matches([' ', '\t']).chars() {
                    let is_space = matches!(character, ' ' | '\t');
                    if !is_space {
                        made.push(character);
                    } else if !made.ends_with(' ') {
                        made.push(' ');
                    }
                }
                made
            })
            .collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.iter().map(|line| format!("{line}\r\n")).collect()
    }

    proptest! {
        #[test]
        fn a_body_is_relaxed_as_the_standard_says(lines in prop::collection::vec("[ab \t]{0,5}", 0..40)) {
            let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            prop_assert_eq!(body(&text), slowly(&text));
        }

        #[test]
        fn folding_a_field_anew_does_not_change_it(words in prop::collection::vec("[a-z]{1,5}", 1..8), folds in prop::collection::vec("( |\t|\r\n |  \r\n\t)", 8)) {
            let folded: String = words.iter().zip(&folds).map(|(word, fold)| format!("{fold}{word}")).collect();
            prop_assert_eq!(header(&format!("Subject:{folded}\r\nX: y\r\n")), format!("subject:{}\r\nx:y\r\n", words.join(" ")));
        }
    }
}
