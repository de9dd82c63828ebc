//! What can be typed to import a file.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};

use crate::import::{CellType, Delimiter, Empty, Field, Format, PersonKind};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio import people people.csv --dry-run\n  \
    customerio import people people.csv --map 'E-Mail=email' --map note=\n  \
    customerio import events orders.jsonl --name order\n  \
    zcat people.csv.gz | customerio import people - --format csv\n\n\
    A file is looked through as a whole before anything is sent. Rows that cannot be sent, and \
    rows that the service refuses, go to a file of their own with their line and the reason, and \
    the others are sent. Stopped by Ctrl-C, by a failure or by a crash, the same command goes on \
    where it was.")]
pub(crate) struct ImportArgs {
    #[command(subcommand)]
    pub(crate) what: ImportCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Create and update people: one in each row, their attributes in the columns
    People(ImportPeopleArgs),
    /// Record events: one in each row, its data in the columns
    Events(ImportEventsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio import people people.csv --dry-run\n  \
    customerio import people people.csv --identifier email --type zip=text --type born=time\n  \
    customerio import people crm.csv --map 'Customer No=id' --map 'E-Mail=email' --map note=\n\n\
    Columns: id, email and cio_id name the person, the first of them that is there; created_at is \
    a time; any other is an attribute of its name.")]
pub(crate) struct ImportPeopleArgs {
    #[command(flatten)]
    pub(crate) file: ImportFileArgs,
    /// Create nobody: change people that are there already
    #[arg(long)]
    pub(crate) update_only: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio import events events.csv --dry-run\n  \
    customerio import events orders.jsonl --name order --map 'placed_at=timestamp'\n\n\
    Columns: id, email and cio_id name the person, the first of them that is there; name (or event) \
    is the event's name, timestamp when it happened, event_id what a repeat is known by; any other is \
    data of the event. In JSON Lines, an object \"data\" holds data too.")]
pub(crate) struct ImportEventsArgs {
    #[command(flatten)]
    pub(crate) file: ImportFileArgs,
    /// Name of all events, where no column holds it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportFileArgs {
    /// CSV with a header, or JSON Lines; - for stdin
    #[arg(value_name = "FILE")]
    pub(crate) input: PathBuf,
    /// What the input is [default: by the ending of its name]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// What separates the cells of CSV: a character, or `tab` [default: what the header has most
    /// of among , ; | and tab]
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) delimiter: Option<Delimiter>,
    /// What names the person [default: the first of id, email and cio_id that a row has]
    #[arg(long, value_enum)]
    pub(crate) identifier: Option<PersonKind>,
    /// Take a column for a field or an attribute of another name; for nothing, leave it out
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    pub(crate) maps: Vec<Mapped>,
    /// What a column holds: text, number, boolean, time, json or auto; * is every other column
    #[arg(long = "type", value_name = "COLUMN=TYPE")]
    pub(crate) types: Vec<Typed>,
    /// What an empty cell does to an attribute
    #[arg(long, value_enum, default_value = "skip")]
    pub(crate) empty: Empty,
    /// Look through the input, report what is wrong, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Send nothing unless every row can be sent
    #[arg(long)]
    pub(crate) strict: bool,
    /// Requests under way at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) concurrency: u8,
    /// Most requests in a second, each of up to 500 kB [default: as many as the service takes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rate: Option<u32>,
    /// Where rows go that were not taken [default: FILE with .rejected before its ending]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Where to note how far it is [default: beside the rejected rows]
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Begin anew, whatever was sent before
    #[arg(long)]
    pub(crate) restart: bool,
}

/// What a column is taken for.
#[derive(Debug, Clone)]
pub(crate) struct Mapped {
    pub(crate) column: String,
    pub(crate) field: Field,
}

impl FromStr for Mapped {
    type Err = String;

    fn from_str(text: &str) -> Result<Mapped, String> {
        // A column's name may hold what a field's cannot.
        let (column, field) = text.rsplit_once('=').ok_or("write COLUMN=FIELD")?;
        Ok(Mapped {
            column: named(column)?,
            field: Field::named(field.trim()),
        })
    }
}

/// What a column holds.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) column: String,
    pub(crate) cells: CellType,
}

impl FromStr for Typed {
    type Err = String;

    fn from_str(text: &str) -> Result<Typed, String> {
        let (column, cells) = text.rsplit_once('=').ok_or("write COLUMN=TYPE")?;
        let unknown = |_| "the types are text, number, boolean, time, json and auto".to_owned();
        Ok(Typed {
            column: named(column)?,
            cells: CellType::from_str(cells.trim(), true).map_err(unknown)?,
        })
    }
}

fn named(column: &str) -> Result<String, String> {
    match column.is_empty() {
        true => Err("the column has no name".to_owned()),
        false => Ok(column.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_equals_sign_separates() {
        let mapped: Mapped = "a=b=email".parse().unwrap();
        assert_eq!(mapped.column, "a=b");
        assert!("email".parse::<Mapped>().is_err());
        assert!("=email".parse::<Mapped>().is_err());
        assert!("note=".parse::<Mapped>().is_ok());
        assert!("zip=text".parse::<Typed>().is_ok());
        assert!("zip=string".parse::<Typed>().is_err());
    }
}
