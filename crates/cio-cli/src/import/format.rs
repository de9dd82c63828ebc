//! What an input is, as far as it can be seen.

use std::path::Path;
use std::str::FromStr;

use clap::ValueEnum;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Cells, with a header
    Csv,
    /// An object in each line
    Jsonl,
}

impl Format {
    /// By the ending of the name.
    pub(crate) fn of(path: &Path) -> Option<Format> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "csv" | "tsv" | "txt" => Some(Format::Csv),
            "jsonl" | "ndjson" | "json" => Some(Format::Jsonl),
            _ => None,
        }
    }

    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
        }
    }
}

/// What separates cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delimiter(pub(crate) u8);

impl FromStr for Delimiter {
    type Err = String;

    fn from_str(text: &str) -> Result<Delimiter, String> {
        match text.as_bytes() {
            b"tab" | b"\\t" => Ok(Delimiter(b'\t')),
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => {
                Ok(Delimiter(*byte))
            }
            _ => Err("say one character, or tab".to_owned()),
        }
    }
}

impl Delimiter {
    const KNOWN: [u8; 4] = [b',', b';', b'\t', b'|'];

    /// What a header has most of, outside of quotes; a comma if there is one column.
    pub(crate) fn of(header: &[u8]) -> Delimiter {
        let mut counts = [0_usize; Delimiter::KNOWN.len()];
        let mut is_quoted = false;
        for byte in header {
            is_quoted ^= *byte == b'"';
            let known = Delimiter::KNOWN.iter().position(|known| known == byte);
            if let Some(place) = known.filter(|_| !is_quoted) {
                counts[place] += 1;
            }
        }
        let most = counts.into_iter().max().unwrap_or_default();
        let first = counts.iter().position(|&count| count == most);
        Delimiter(Delimiter::KNOWN[first.unwrap_or_default()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_tells_the_format() {
        for (name, format) in [
            ("a.CSV", Some(Format::Csv)),
            ("a.tsv", Some(Format::Csv)),
            ("a.jsonl", Some(Format::Jsonl)),
            ("a.ndjson", Some(Format::Jsonl)),
            ("a.xlsx", None),
            ("a", None),
        ] {
            assert_eq!(Format::of(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn the_header_tells_the_delimiter() {
        for (header, delimiter) in [
            ("id,email\n", b','),
            ("id;email;plan, old\n", b';'),
            ("id\temail\n", b'\t'),
            ("\"a,b,c\"|d\n", b'|'),
            ("id\n", b','),
            ("", b','),
        ] {
            let found = Delimiter::of(header.as_bytes());
            assert_eq!(found, Delimiter(delimiter), "{header}");
        }
    }

    #[test]
    fn one_character_separates() {
        assert_eq!("tab".parse(), Ok(Delimiter(b'\t')));
        assert_eq!(";".parse(), Ok(Delimiter(b';')));
        for text in ["", "\"", "::", "ü"] {
            assert!(text.parse::<Delimiter>().is_err(), "{text}");
        }
    }
}
