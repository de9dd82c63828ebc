//! The rows of a collection, as they are kept: JSON texts, many in a piece.

use std::collections::HashSet;
use std::fmt;

use crate::limits::{
    COLLECTION_BYTES_MAX, COLLECTION_COLUMN_BYTES_MAX, COLLECTION_COLUMNS_MAX,
    COLLECTION_ROW_BYTES_MAX,
};

/// How large a piece is before the next row begins another: small enough to be read for
/// one row, large enough that a whole collection is not many of them.
const PIECE_BYTES: usize = 64 << 10;

/// All rows of a collection.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Rows {
    pieces: Vec<String>,
    count: u64,
    bytes: u64,
    schema: Vec<String>,
}

impl Rows {
    /// Rows one after the other as JSON, commas between them; each piece has whole rows.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// The same, to be kept.
    pub fn into_pieces(self) -> Vec<String> {
        self.pieces
    }

    /// How many rows there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How large the JSON of all rows is, as a list.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The columns, in the order they were first seen.
    pub fn schema(&self) -> &[String] {
        &self.schema
    }

    /// The list of all rows, of its pieces.
    pub fn join<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let mut list = "[".to_owned();
        for piece in pieces {
            if list.len() > 1 {
                list.push(',');
            }
            list.push_str(piece);
        }
        list.push(']');
        list
    }
}

/// Not the rows themselves: there may be a lot of them.
impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("count", &self.count)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

/// Why a row is not added, to be said after the name of what does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// The row itself.
    Row(String),
    /// All rows with this one.
    Rows(String),
}

/// Takes rows one by one, so that no list of them is needed beside the text they are in.
#[derive(Debug)]
pub struct RowsBuilder {
    rows: Rows,
    columns: HashSet<String>,
}

impl Default for RowsBuilder {
    fn default() -> RowsBuilder {
        let rows = Rows {
            bytes: "[]".len() as u64,
            ..Rows::default()
        };
        let columns = HashSet::new();
        RowsBuilder { rows, columns }
    }
}

impl RowsBuilder {
    /// Adds a row: the JSON text of an object, and the names in it.
    ///
    /// # Errors
    /// A row or a name that is too long, too many names, or too much altogether.
    pub fn push<'a>(
        &mut self,
        json: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<(), Unfit> {
        let row = compact(json);
        if row.len() > COLLECTION_ROW_BYTES_MAX {
            return Err(Unfit::Row(format!(
                "cannot be larger than {COLLECTION_ROW_BYTES_MAX} bytes"
            )));
        }
        for name in names {
            if self.columns.contains(name) {
                continue;
            }
            if name.len() > COLLECTION_COLUMN_BYTES_MAX {
                return Err(Unfit::Row(format!(
                    "cannot have a name longer than {COLLECTION_COLUMN_BYTES_MAX} bytes"
                )));
            }
            if self.columns.len() == COLLECTION_COLUMNS_MAX {
                return Err(Unfit::Rows(format!(
                    "cannot have more than {COLLECTION_COLUMNS_MAX} different names"
                )));
            }
            self.columns.insert(name.to_owned());
            self.rows.schema.push(name.to_owned());
        }
        let comma = u64::from(self.rows.count > 0);
        self.rows.bytes += row.len() as u64 + comma;
        if self.rows.bytes > COLLECTION_BYTES_MAX {
            return Err(Unfit::Rows(format!(
                "cannot be larger than {COLLECTION_BYTES_MAX} bytes"
            )));
        }
        self.rows.count += 1;
        match self.rows.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE_BYTES => {
                piece.push(',');
                piece.push_str(&row);
            }
            _ => self.rows.pieces.push(row),
        }
        Ok(())
    }

    /// All rows that were added.
    pub fn finish(self) -> Rows {
        self.rows
    }
}

/// The same JSON without white space between its parts. Numbers stay as they are written.
fn compact(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    json.chars()
        .filter(|&character| {
            if is_text {
                is_text = is_escaped || character != '"';
                is_escaped = !is_escaped && character == '\\';
                return true;
            }
            is_text = character == '"';
            !character.is_ascii_whitespace()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(texts: &[&str]) -> Rows {
        let mut builder = RowsBuilder::default();
        for text in texts {
            builder.push(text, ["a", "b"].into_iter()).unwrap();
        }
        builder.finish()
    }

    #[test]
    fn rows_are_kept_without_white_space_and_as_they_are() {
        let rows = rows(&["{ \"a\" : 1.10,\n\"b\": \" x \\\" {\" }", "{\"b\":[1, 2]}"]);
        let list = Rows::join(rows.pieces().iter().map(String::as_str));
        assert_eq!(list, r#"[{"a":1.10,"b":" x \" {"},{"b":[1,2]}]"#);
        assert_eq!((rows.count(), rows.bytes()), (2, list.len() as u64));
        assert_eq!(rows.schema(), ["a", "b"]);
        let none = RowsBuilder::default().finish();
        assert_eq!(Rows::join([]), "[]");
        assert_eq!((none.count(), none.bytes()), (0, 2));
    }

    #[test]
    fn a_large_collection_is_a_few_pieces_of_whole_rows() {
        let row = format!("{{\"a\":\"{}\"}}", "x".repeat(1_000));
        let rows = rows(&vec![row.as_str(); 1_000]);
        assert!(rows.pieces().len() > 10, "{}", rows.pieces().len());
        for piece in rows.pieces() {
            assert!(piece.len() <= PIECE_BYTES + row.len());
            assert!(piece.starts_with('{') && piece.ends_with('}'));
        }
        let list = Rows::join(rows.pieces().iter().map(String::as_str));
        assert_eq!(list.len() as u64, rows.bytes());
        assert_eq!(list.matches("},{").count(), 999);
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let text = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
        let mut builder = RowsBuilder::default();
        let largest = text(COLLECTION_ROW_BYTES_MAX);
        builder.push(&largest, ["a"].into_iter()).unwrap();
        let too_large = text(COLLECTION_ROW_BYTES_MAX + 1);
        let unfit = builder.push(&too_large, ["a"].into_iter()).unwrap_err();
        let text = "cannot be larger than 10240 bytes".to_owned();
        assert_eq!(unfit, Unfit::Row(text));
        while builder.push(&largest, ["a"].into_iter()).is_ok() {}
        assert!(builder.finish().bytes() > COLLECTION_BYTES_MAX - largest.len() as u64);

        let names: Vec<String> = (0..=COLLECTION_COLUMNS_MAX)
            .map(|n| n.to_string())
            .collect();
        let mut builder = RowsBuilder::default();
        let all = names.iter().map(String::as_str);
        builder
            .push("{}", all.clone().take(COLLECTION_COLUMNS_MAX))
            .unwrap();
        assert!(builder.push("{}", all).is_err());
        let long = "n".repeat(COLLECTION_COLUMN_BYTES_MAX + 1);
        let mut builder = RowsBuilder::default();
        assert!(builder.push("{}", [long.as_str()].into_iter()).is_err());
    }
}
