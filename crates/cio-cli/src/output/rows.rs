//! Lists on stdout: a table for people, tabs for programs, JSON for those who ask for it.

use serde_json::Value;

use super::{Output, Tone};

/// A list that comes page by page.
pub(crate) struct Rows<'a> {
    output: &'a Output,
    heading: &'static [&'static str],
    row: fn(&Value) -> Vec<String>,
    /// Columns do not get narrower from page to page.
    widths: Vec<usize>,
    count: usize,
}

impl Output {
    /// A list that comes page by page: one object a line, or a table.
    pub(crate) fn rows<'a>(
        &'a self,
        heading: &'static [&'static str],
        row: fn(&Value) -> Vec<String>,
    ) -> Rows<'a> {
        Rows {
            output: self,
            heading,
            row,
            widths: Vec::new(),
            count: 0,
        }
    }
}

impl Rows<'_> {
    /// Shows some more, and says whether somebody still reads: a list may be long.
    pub(crate) fn add(&mut self, items: &[&Value]) -> bool {
        let is_first = self.count == 0;
        self.count += items.len();
        if self.output.json {
            let mut lines = items.iter().map(ToString::to_string);
            return lines.all(|line| self.output.is_read(&line));
        }
        let rows: Vec<Vec<String>> = items.iter().map(|item| (self.row)(item)).collect();
        aligned(self.output, self.heading, &rows, &mut self.widths, is_first)
    }

    /// How many were shown.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }
}

/// Rows: aligned and with a heading on a terminal, for programs separated by tabs. Whether
/// somebody still reads.
pub(super) fn aligned(
    output: &Output,
    heading: &[&str],
    rows: &[Vec<String>],
    widths: &mut Vec<usize>,
    with_heading: bool,
) -> bool {
    if rows.is_empty() {
        return true;
    }
    let rows: Vec<Vec<String>> = rows.iter().map(|row| one_line_each(row)).collect();
    if !output.terminal_out {
        return rows.iter().all(|row| output.is_read(&row.join("\t")));
    }
    let heading: Vec<String> = heading.iter().map(|&name| name.to_owned()).collect();
    let mut lines = columns(&heading, &rows, widths).into_iter();
    let first = lines.next().filter(|_| with_heading);
    let first = first.is_none_or(|line| output.is_read(&output.out(Tone::Strong, &line)));
    first && lines.all(|line| output.is_read(&line))
}

/// Names come from elsewhere: they must not move the cursor.
fn one_line_each(row: &[String]) -> Vec<String> {
    let plain = |cell: &String| cell.replace(char::is_control, " ");
    row.iter().map(plain).collect()
}

/// Columns as wide as their widest cell and at least as wide as before.
fn columns(heading: &[String], rows: &[Vec<String>], widths: &mut Vec<usize>) -> Vec<String> {
    let all = || std::iter::once(heading).chain(rows.iter().map(Vec::as_slice));
    widths.resize(heading.len(), 0);
    for row in all() {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    all()
        .map(|row| {
            let cells = row.iter().zip(&*widths);
            let line: String = cells
                .map(|(cell, width)| format!("{cell:<width$}  "))
                .collect();
            line.trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let cells = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let rows = [cells(["1", "Größe"]), cells(["10", "b"])];
        let mut widths = Vec::new();
        let lines = columns(&cells(["ID", "NAME"]), &rows, &mut widths);
        assert_eq!(lines, ["ID  NAME", "1   Größe", "10  b"]);
        let lines = columns(&cells(["ID", "NAME"]), &[cells(["7", "c"])], &mut widths);
        assert_eq!(lines, ["ID  NAME", "7   c"]);
        let wider = columns(&cells(["ID", "NAME"]), &[cells(["100", "c"])], &mut widths);
        assert_eq!(wider, ["ID   NAME", "100  c"]);
        assert_eq!(one_line_each(&cells(["a\tb", "\x1b[2J"])), ["a b", " [2J"]);
    }
}
