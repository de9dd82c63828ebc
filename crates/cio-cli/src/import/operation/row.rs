//! The parts of a row, whatever it was written in.

use serde_json::{Map, Value};

use super::{Empty, Kind, Operations};
use crate::import::cell::CellType;
use crate::import::mapping::{Column, Field, PersonKind};
use crate::import::records::Record;
use crate::import::time;

/// What a row says.
#[derive(Default)]
pub(super) struct Row {
    id: Option<String>,
    email: Option<String>,
    cio_id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) timestamp: Option<i64>,
    pub(super) event_id: Option<String>,
    pub(super) data: Map<String, Value>,
}

impl Row {
    pub(super) fn name_of(&self, kind: PersonKind) -> Option<&str> {
        match kind {
            PersonKind::Id => self.id.as_deref(),
            PersonKind::Email => self.email.as_deref(),
            PersonKind::CioId => self.cio_id.as_deref(),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (PersonKind, &str)> {
        let kinds = [PersonKind::Id, PersonKind::Email, PersonKind::CioId];
        kinds
            .into_iter()
            .filter_map(|kind| Some((kind, self.name_of(kind)?)))
    }

    pub(super) fn take_name(&mut self, kind: PersonKind) -> Option<String> {
        self.slot(kind).take()
    }

    fn slot(&mut self, kind: PersonKind) -> &mut Option<String> {
        match kind {
            PersonKind::Id => &mut self.id,
            PersonKind::Email => &mut self.email,
            PersonKind::CioId => &mut self.cio_id,
        }
    }

    /// Sets what a column is for. `text` is what it says as text, if it says something.
    fn set(&mut self, column: &Column, text: Option<String>) -> Result<(), String> {
        let name = &column.name;
        match &column.field {
            Field::Person(kind) => *self.slot(*kind) = text,
            Field::Name => self.name = text,
            Field::EventId => self.event_id = text,
            Field::Timestamp => {
                let seconds = text.map(|text| time::seconds_of(&text)).transpose();
                self.timestamp = seconds.map_err(|problem| format!("{name} {problem}"))?;
            }
            Field::Named(_) | Field::Ignored => {}
        }
        Ok(())
    }
}

impl Operations {
    pub(super) fn row(&self, record: &Record) -> Result<Row, String> {
        if let Some(problem) = &record.problem {
            return Err(problem.clone());
        }
        match &self.columns {
            Some(columns) => self.row_of_cells(columns, record),
            None => self.row_of_json(record),
        }
    }

    fn row_of_cells(&self, columns: &[Column], record: &Record) -> Result<Row, String> {
        let (has, needs) = (record.ends.len(), columns.len());
        if has != needs {
            return Err(format!("has {has} cells where there are {needs} columns"));
        }
        let mut row = Row::default();
        for (column, cell) in columns.iter().zip(record.cells()) {
            let name = &column.name;
            let text = std::str::from_utf8(cell).map_err(|_| format!("{name} is not UTF-8"))?;
            let trimmed = text.trim();
            let Field::Named(field) = &column.field else {
                let said = (!trimmed.is_empty()).then(|| trimmed.to_owned());
                row.set(column, said)?;
                continue;
            };
            let value = match (trimmed.is_empty(), self.empty) {
                (true, Empty::Skip) => continue,
                (true, Empty::Clear) => "".into(),
                (false, _) => column
                    .cells
                    .read(text)
                    .map_err(|it| format!("{name} {it}"))?,
            };
            row.data.insert(field.clone(), value);
        }
        Ok(row)
    }

    fn row_of_json(&self, record: &Record) -> Result<Row, String> {
        let text = std::str::from_utf8(&record.bytes).map_err(|_| "is not UTF-8".to_owned())?;
        let object: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| format!("is no JSON object: {}", in_words(&error)))?;
        let mut row = Row::default();
        for (name, value) in object {
            match value {
                Value::Object(fields) if self.holds_data(&name) => {
                    for (name, value) in fields {
                        let cells = self.mapping.column(&name).cells;
                        insert(&mut row, &name, &name, cells, value)?;
                    }
                }
                value => {
                    let column = self.mapping.column(&name);
                    match &column.field {
                        Field::Named(field) => insert(&mut row, &name, field, column.cells, value)?,
                        _ => row.set(&column, text_of(&name, value)?)?,
                    }
                }
            }
        }
        Ok(row)
    }

    /// Whether a field holds what is in a row beside the names, as it is in calls.
    fn holds_data(&self, name: &str) -> bool {
        let column = self.mapping.column(name);
        let is_plain = column.field == Field::Named(name.to_owned());
        let is_it = name == "attributes" || (name == "data" && self.kind == Kind::Events);
        is_it && is_plain && column.cells == CellType::Auto
    }
}

fn insert(
    row: &mut Row,
    name: &str,
    field: &str,
    cells: CellType,
    value: Value,
) -> Result<(), String> {
    let value = cells.convert(value).map_err(|it| format!("{name} {it}"))?;
    row.data.insert(field.to_owned(), value);
    Ok(())
}

/// A name or a time as text; none if it says nothing.
fn text_of(name: &str, value: Value) -> Result<Option<String>, String> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(format!("{name} is neither a text nor a number")),
    };
    Ok((!text.is_empty()).then_some(text))
}

/// The parser's own words, without the place in a text that is one line of many.
fn in_words(error: &serde_json::Error) -> String {
    let said = error.to_string();
    match said.rsplit_once(" at line ") {
        Some((words, _)) => format!("{words}, at character {}", error.column()),
        None => said,
    }
}
