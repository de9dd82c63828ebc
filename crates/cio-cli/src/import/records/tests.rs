//! What is read of an input, whatever it is.

use std::io::Read;

use proptest::prelude::*;

use super::*;

/// Gives a few bytes at a time, as a pipe may.
struct Trickle(Vec<u8>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0.drain(..count);
        Ok(count)
    }
}

fn open(bytes: &[u8], format: Format) -> Result<Records, String> {
    let source = Box::new(Trickle(bytes.to_vec(), usize::MAX));
    Records::open(source, format, None).unwrap()
}

fn rest(records: &mut Records) -> Vec<Record> {
    std::iter::from_fn(|| records.next().unwrap()).collect()
}

/// Line and cells of every row.
fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
    let records = rest(&mut open(text.as_bytes(), Format::Csv).unwrap());
    let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
    records
        .iter()
        .map(|record| (record.line, record.cells().map(text).collect()))
        .collect()
}

#[test]
fn cells_and_lines_are_those_of_the_file() {
    let text = "\u{feff}id,note\r\n1,\"a, \"\"b\"\"\nc\"\r\n\r\n2,\n\n3,5\" pipe\n4";
    let cells = |cells: &[&str]| {
        cells
            .iter()
            .map(|&cell| cell.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rows(text),
        [
            (2, cells(&["1", "a, \"b\"\nc"])),
            (5, cells(&["2", ""])),
            (7, cells(&["3", "5\" pipe"])),
            (8, cells(&["4"])),
        ]
    );
}

#[test]
fn the_header_separates_as_the_rows_do() {
    let mut records = open(b"id;name\n1;a,b\n", Format::Csv).unwrap();
    assert_eq!(records.header().unwrap(), ["id", "name"]);
    assert_eq!(rest(&mut records)[0].ends, [1, 4]);
}

#[test]
fn an_input_without_a_header_that_can_be_used_is_refused() {
    for (bytes, said) in [
        (b"".as_slice(), "empty"),
        (b"\n\n", "empty"),
        (b"id,id\n1,2\n", "two columns have the name \"id\""),
        (b",,\n1,2,3\n", "names of the columns"),
        (b"\xff\xfei\0d\0", "UTF-16"),
        (b"i\0d\0\n\0", "UTF-16"),
        (b"n\xe4me\n1\n", "not UTF-8"),
    ] {
        let problem = open(bytes, Format::Csv).err().unwrap();
        assert!(problem.contains(said), "{problem}");
    }
}

#[test]
fn a_row_without_end_is_one_row_that_is_too_long() {
    let mut text = b"id,note\n1,\"never closed\n".to_vec();
    text.resize(3 * ROW_BYTES_MAX, b'x');
    let rows = rest(&mut open(&text, Format::Csv).unwrap());
    let [row] = rows.as_slice() else {
        panic!("{} rows", rows.len())
    };
    assert_eq!((row.line, row.bytes.len()), (2, KEPT_BYTES));
    let problem = row.problem.as_ref().unwrap();
    assert!(problem.contains("a quote is not closed"), "{problem}");
}

#[test]
fn after_a_row_that_is_too_long_comes_the_next() {
    let long = "x".repeat(ROW_BYTES_MAX + 1);
    let rows = rest(&mut open(format!("id\n{long}\n2\n").as_bytes(), Format::Csv).unwrap());
    assert!(rows[0].problem.is_some());
    assert_eq!((rows[1].line, rows[1].bytes.as_slice()), (3, &b"2"[..]));

    let cells = ",".repeat(20_000);
    let rows = rest(&mut open(format!("id\n{cells}\n2\n").as_bytes(), Format::Csv).unwrap());
    assert!(rows[0].problem.is_some());
    assert_eq!(rows[1].bytes, b"2");

    let text = format!("{long}\n\n  \n{{}}\r\n{long}");
    let rows = rest(&mut open(text.as_bytes(), Format::Jsonl).unwrap());
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (row.line, row.bytes.len(), row.problem.is_some()))
        .collect();
    let kept = KEPT_BYTES;
    assert_eq!(seen, [(1, kept, true), (4, 2, false), (5, kept, true)]);
}

#[test]
fn a_row_of_the_greatest_length_is_read() {
    let exact = "x".repeat(ROW_BYTES_MAX);
    for (text, format) in [
        (format!("id\n{exact}\n"), Format::Csv),
        (format!("{exact}\n"), Format::Jsonl),
        (exact, Format::Jsonl),
    ] {
        let rows = rest(&mut open(text.as_bytes(), format).unwrap());
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].bytes.len(), &rows[0].problem),
            (ROW_BYTES_MAX, &None)
        );
    }
}

#[test]
fn reading_goes_on_at_a_place_only_if_what_is_before_it_is_the_same() {
    let text = b"id,a\n1,x\n2,y\n3,z\n";
    let mut records = open(text, Format::Csv).unwrap();
    records.next().unwrap();
    let place = records.place();
    let expected = rest(&mut records);
    let mut again = open(text, Format::Csv).unwrap();
    assert!(again.skip_to(&place).unwrap());
    assert_eq!(rest(&mut again), expected);
    for other in [&b"id,a\n1,X\n2,y\n3,z\n"[..], b"id,a\n1,x"] {
        assert!(!open(other, Format::Csv).unwrap().skip_to(&place).unwrap());
    }
}

proptest! {
    #[test]
    fn however_it_trickles_in_the_rows_are_the_same(
        text in "[a,\"\n\r;]{0,60}", at_once in 1_usize..5, is_csv: bool,
    ) {
        let format = if is_csv { Format::Csv } else { Format::Jsonl };
        let bytes = format!("id,b\n{text}").into_bytes();
        let trickle = Box::new(Trickle(bytes.clone(), at_once));
        let mut slow = Records::open(trickle, format, None).unwrap().unwrap();
        let mut fast = open(&bytes, format).unwrap();
        prop_assert_eq!(rest(&mut slow), rest(&mut fast));
        prop_assert_eq!(slow.place(), fast.place());
        prop_assert_eq!(fast.bytes() as usize, bytes.len());
    }

    #[test]
    fn reading_goes_on_behind_any_row(text in "[a,\"\n\r]{0,60}", rows in 0_usize..10) {
        let bytes = format!("id,b\n{text}").into_bytes();
        let mut first = open(&bytes, Format::Csv).unwrap();
        for _ in 0..rows {
            first.next().unwrap();
        }
        let mut second = open(&bytes, Format::Csv).unwrap();
        prop_assert!(second.skip_to(&first.place()).unwrap());
        prop_assert_eq!(rest(&mut second), rest(&mut first));
    }
}
