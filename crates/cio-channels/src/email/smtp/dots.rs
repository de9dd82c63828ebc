//! The body between `354` and the dot that ends it.

/// Writes lines so that none of them is the dot that ends a message: a line that begins
/// with a dot gets another one. A message may come in pieces.
pub struct Stuffing {
    /// The next byte begins a line.
    at_line_start: bool,
}

impl Default for Stuffing {
    fn default() -> Stuffing {
        Stuffing {
            at_line_start: true,
        }
    }
}

impl Stuffing {
    /// Appends a piece to `out`.
    pub fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        let Some(last) = piece.last() else { return };
        if self.at_line_start && piece[0] == b'.' {
            out.push(b'.');
        }
        self.at_line_start = *last == b'\n';
        let mut done = 0;
        for at in memchr::memmem::find_iter(piece, b"\n.") {
            out.extend_from_slice(&piece[done..=at]);
            out.push(b'.');
            done = at + 1;
        }
        out.extend_from_slice(&piece[done..]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As a server reads it: up to the dot alone, a leading dot taken off each line.
    fn read_back(wire: &str) -> String {
        let mut message = String::new();
        for line in wire.split_inclusive("\r\n") {
            if line == ".\r\n" {
                return message;
            }
            message.push_str(line.strip_prefix('.').unwrap_or(line));
        }
        panic!("no end: {wire:?}");
    }

    proptest! {
        #[test]
        fn any_message_is_read_back_as_it_was(
            lines in prop::collection::vec("[.a]{0,4}", 0..10),
            cuts in prop::collection::vec(0usize..40, 0..4),
        ) {
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(message.len())).collect();
            cuts.extend([0, message.len()]);
            cuts.sort_unstable();
            let (mut stuffing, mut wire) = (Stuffing::default(), Vec::new());
            for piece in cuts.windows(2) {
                stuffing.push(&message.as_bytes()[piece[0]..piece[1]], &mut wire);
            }
            wire.extend_from_slice(b".\r\n");
            prop_assert_eq!(read_back(&String::from_utf8(wire).unwrap()), message);
        }
    }
}
