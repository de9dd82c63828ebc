//! What a mail server answers.

use std::fmt;

/// Longest line of a reply. RFC 5321 says 512 octets; some say more.
const LINE_BYTES_MAX: usize = 4 * 1024;
/// Most lines of one reply.
const LINES_MAX: usize = 128;
/// How much of a reply's text is kept.
const TEXT_CHARS_MAX: usize = 500;

/// An enhanced status code, RFC 3463: class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enhanced {
    /// 2, 4 or 5.
    pub class: u8,
    /// What it is about: 1 the address, 2 the mailbox, 7 policy …
    pub subject: u16,
    /// What exactly.
    pub detail: u16,
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

/// A whole reply, of one line or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The enhanced code, where the text begins with one of the same class.
    pub enhanced: Option<Enhanced>,
    /// The text of every line, in order, without codes.
    pub lines: Vec<String>,
}

/// What was read is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAReply;

impl Reply {
    /// Reads the reply that `bytes` begin with, and says how long it is. `None`: it has not
    /// arrived as a whole.
    ///
    /// # Errors
    /// [`NotAReply`]: whatever follows, it will not become one.
    pub fn read(bytes: &[u8]) -> Result<Option<(Reply, usize)>, NotAReply> {
        let mut lines = Vec::new();
        let mut code = None;
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                return match rest.len() {
                    0..=LINE_BYTES_MAX => Ok(None),
                    _ => Err(NotAReply),
                };
            };
            if end > LINE_BYTES_MAX || lines.len() == LINES_MAX {
                return Err(NotAReply);
            }
            at += end + 1;
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            let (its_code, is_last, text) = split(line)?;
            if *code.get_or_insert(its_code) != its_code {
                return Err(NotAReply);
            }
            lines.push(text);
            if is_last {
                return Ok(Some((Reply::made(its_code, lines), at)));
            }
        }
    }

    fn made(code: u16, mut lines: Vec<String>) -> Reply {
        let enhanced = lines
            .first()
            .and_then(|line| enhanced(line))
            .filter(|enhanced| u16::from(enhanced.class) == code / 100);
        if enhanced.is_some() {
            // Each line may repeat it.
            for line in &mut lines {
                if self::enhanced(line) == enhanced {
                    let after = line.find(' ').map_or(line.len(), |space| space + 1);
                    line.drain(..after);
                }
            }
        }
        Reply {
            code,
            enhanced,
            lines,
        }
    }

    /// 2xx.
    pub const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4xx.
    pub const fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// 5xx.
    pub const fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// The codes as they are shown: `550 5.1.1`.
    pub fn codes(&self) -> String {
        match self.enhanced {
            Some(enhanced) => format!("{} {enhanced}", self.code),
            None => self.code.to_string(),
        }
    }

    /// The text, on one line and not too long.
    pub fn text(&self) -> String {
        let text = self.lines.join(" ");
        text.trim().chars().take(TEXT_CHARS_MAX).collect()
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        match text.is_empty() {
            true => f.write_str(&self.codes()),
            false => write!(f, "{} {text}", self.codes()),
        }
    }
}

/// Code, whether the line is the last one, and its text.
fn split(line: &[u8]) -> Result<(u16, bool, String), NotAReply> {
    let (digits, rest) = line.split_at_checked(3).ok_or(NotAReply)?;
    if !matches!(digits, [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9']) {
        return Err(NotAReply);
    }
    let code = digits
        .iter()
        .fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    let (is_last, text) = match rest {
        [] => (true, rest),
        [b' ', text @ ..] => (true, text),
        [b'-', text @ ..] => (false, text),
        _ => return Err(NotAReply),
    };
    // It will stand in logs and in what the API shows.
    let text = String::from_utf8_lossy(text);
    let text = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it });
    Ok((code, is_last, text.collect()))
}

fn enhanced(line: &str) -> Option<Enhanced> {
    let mut parts = line.split(' ').next()?.split('.');
    let mut next = |digits_max: usize| {
        let part = parts.next()?;
        let is_number = part.len() <= digits_max && part.bytes().all(|it| it.is_ascii_digit());
        is_number.then(|| part.parse().ok()).flatten()
    };
    let (class, subject, detail) = (next(1)?, next(3)?, next(3)?);
    if parts.next().is_some() {
        return None;
    }
    Some(Enhanced {
        class: u8::try_from(class).ok()?,
        subject,
        detail,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Reply {
        let (reply, length) = Reply::read(text.as_bytes()).unwrap().unwrap();
        assert_eq!(length, text.len());
        reply
    }

    #[test]
    fn a_reply_has_a_code_perhaps_an_enhanced_one_and_lines() {
        let reply = read("550 5.1.1 <a@b.c>: no such user\r\n");
        assert_eq!(reply.to_string(), "550 5.1.1 <a@b.c>: no such user");
        assert!(reply.is_permanent());
        let reply = read("250-mail.example.com\r\n250-SIZE 1000\r\n250 PIPELINING\r\n");
        assert_eq!(reply.lines, ["mail.example.com", "SIZE 1000", "PIPELINING"]);
        let reply = read("451-4.7.1 Greylisted,\r\n451 4.7.1 come again\r\n");
        assert_eq!(reply.to_string(), "451 4.7.1 Greylisted, come again");
        assert_eq!(read("220\n").to_string(), "220");
        assert_eq!(read("550 4.1.1 x\r\n").enhanced, None, "of another class");
        assert_eq!(read("250 1.2.3.4 x\r\n").enhanced, None);
    }

    #[test]
    fn what_is_no_reply_is_refused_and_what_is_half_a_reply_is_waited_for() {
        for text in [
            "hello\r\n",
            "25\r\n",
            "199 x\r\n",
            "600 x\r\n",
            "250x\r\n",
            "\r\n",
        ] {
            assert_eq!(Reply::read(text.as_bytes()), Err(NotAReply), "{text}");
        }
        assert_eq!(Reply::read(b"250-a\r\n251 b\r\n"), Err(NotAReply));
        for text in ["", "2", "250 a", "250-a\r\n", "250-a\r\n250"] {
            assert_eq!(Reply::read(text.as_bytes()), Ok(None), "{text}");
        }
    }

    #[test]
    fn a_reply_without_an_end_is_refused() {
        assert_eq!(Reply::read(&[b'2'; LINE_BYTES_MAX + 1]), Err(NotAReply));
        let endless = "250-x\r\n".repeat(LINES_MAX + 1);
        assert_eq!(Reply::read(endless.as_bytes()), Err(NotAReply));
    }

    #[test]
    fn its_text_is_one_line_without_control_characters() {
        let reply = read("550 \x1b[31mno\tsuch\r\n");
        assert!(!reply.to_string().contains(char::is_control));
        assert_eq!(
            read(&format!("550 {}\r\n", "x".repeat(2_000))).text().len(),
            500
        );
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(Some((_, length))) = Reply::read(&bytes) {
                prop_assert!(length <= bytes.len());
            }
        }

        #[test]
        fn what_follows_a_reply_does_not_change_it(rest in "[0-9 \\-a-z\r\n]{0,60}") {
            let reply = "250-a\r\n250 b\r\n";
            let (read, length) = Reply::read(format!("{reply}{rest}").as_bytes()).unwrap().unwrap();
            prop_assert_eq!(length, reply.len());
            prop_assert_eq!(read.lines, ["a", "b"]);
        }
    }
}
