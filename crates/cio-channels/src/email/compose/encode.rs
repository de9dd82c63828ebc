//! Texts as they travel: as they are, quoted-printable, or base64 (RFC 2045).

use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;

/// Longest line of a text that travels as it is: SMTP takes 998 octets.
const LINE_BYTES_MAX: usize = 998;
/// Longest line of an encoded one, its `=` included.
const ENCODED_LINE_MAX: usize = 76;

/// A text, its lines ended with LF, as the body of a part.
pub(super) fn body(text: &str) -> Body {
    let bytes = text.as_bytes();
    let strange = bytes.iter().filter(|byte| !is_plain(**byte)).count();
    if strange == 0 && text.split('\n').all(|line| line.len() <= LINE_BYTES_MAX) {
        let plain = with_crlf(bytes);
        return Body::dangerous_pre_encoded(plain, ContentTransferEncoding::SevenBit);
    }
    // Three for one, or four for three of all of them.
    if strange > bytes.len() / 6 {
        let base64 = ContentTransferEncoding::Base64;
        return match Body::new_with_encoding(with_crlf(bytes), base64) {
            Ok(body) => body,
            Err(bytes) => Body::new(bytes),
        };
    }
    Body::dangerous_pre_encoded(
        quoted_printable(bytes),
        ContentTransferEncoding::QuotedPrintable,
    )
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n')
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(bytes.len() + bytes.len() / 32 + 16);
    let mut done = 0;
    for at in memchr::memchr_iter(b'\n', bytes) {
        made.extend_from_slice(&bytes[done..at]);
        made.extend_from_slice(b"\r\n");
        done = at + 1;
    }
    made.extend_from_slice(&bytes[done..]);
    made
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 16);
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if at > 0 {
            made.extend_from_slice(b"\r\n");
        }
        push_line(line, &mut made);
    }
    made
}

fn push_line(mut line: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let escape = |byte: u8| {
        [
            b'=',
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]
    };
    let mut room = ENCODED_LINE_MAX - 1;
    while let Some((&next, rest)) = line.split_first() {
        // Mail stores put a `>` before it, and a signature would be broken.
        let is_from = room == ENCODED_LINE_MAX - 1 && line.starts_with(b"From ");
        if !is_from && is_literal(next) && room > 0 {
            // As much as is as it should be goes in one piece.
            let of_line = &line[..room.min(line.len())];
            let clean = of_line.iter().take_while(|byte| is_literal(**byte)).count();
            out.extend_from_slice(&line[..clean]);
            room -= clean;
            line = &line[clean..];
        } else if room < 3 {
            out.extend_from_slice(b"=\r\n");
            room = ENCODED_LINE_MAX - 1;
        } else {
            out.extend_from_slice(&escape(next));
            room -= 3;
            line = rest;
        }
    }
    // A space at the end of a line would be lost.
    if let Some(last @ (b' ' | b'\t')) = out.last().copied() {
        out.pop();
        if room < 2 {
            out.extend_from_slice(b"=\r\n");
        }
        out.extend_from_slice(&escape(last));
    }
}

fn is_literal(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t') && byte != b'='
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    /// As RFC 2045 reads it.
    fn decoded(body: &Body) -> Vec<u8> {
        let text = String::from_utf8(body.as_ref().to_vec()).unwrap();
        assert!(text.is_ascii());
        match body.encoding() {
            ContentTransferEncoding::SevenBit => text.into_bytes(),
            ContentTransferEncoding::Base64 => STANDARD.decode(text.replace("\r\n", "")).unwrap(),
            ContentTransferEncoding::QuotedPrintable => {
                for line in text.split("\r\n") {
                    assert!(line.len() <= ENCODED_LINE_MAX, "{line}");
                    assert!(!line.ends_with([' ', '\t']), "{line:?}");
                    assert!(!line.starts_with("From "), "{line}");
                }
                let text = text.replace("=\r\n", "");
                let mut parts = text.split('=');
                let mut plain = parts.next().unwrap().as_bytes().to_vec();
                for part in parts {
                    plain.push(u8::from_str_radix(&part[..2], 16).unwrap());
                    plain.extend_from_slice(&part.as_bytes()[2..]);
                }
                plain
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_text_travels_as_it_is_if_it_can() {
        let of = |text: &str| body(text).encoding();
        assert_eq!(of("plain\ntext = text"), ContentTransferEncoding::SevenBit);
        assert_eq!(
            of("for 12 €, and that is all there is"),
            ContentTransferEncoding::QuotedPrintable
        );
        assert_eq!(
            of(&"x".repeat(999)),
            ContentTransferEncoding::QuotedPrintable
        );
        assert_eq!(of("日本語"), ContentTransferEncoding::Base64);
        let made = body(&format!("From x \n{}=\u{e9}", "y".repeat(72)));
        assert_eq!(
            made.as_ref(),
            format!("=46rom x=20\r\n{}=3D=\r\n=C3=A9", "y".repeat(72)).as_bytes()
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in "(From |[ -~]{1,60}|[ \t=.\n]|ä|€|\u{1}){0,40}") {
            let text = text.replace('\r', "");
            prop_assert_eq!(decoded(&body(&text)), text.replace('\n', "\r\n").into_bytes());
        }

        #[test]
        fn lines_of_any_length_are_broken(length in 60usize..90, end in "( |\t|=|ä|a){0,3}") {
            let text = format!("ä{}{end}\nnext {}", "x".repeat(length), "y".repeat(60));
            prop_assert_eq!(decoded(&body(&text)), text.replace('\n', "\r\n").into_bytes());
        }
    }
}
