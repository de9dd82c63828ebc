//! What was asked for, looked at as a whole before anything is read.

use std::fmt::Write as _;
use std::io;

use cio_wire::env_vars;
use sha2::{Digest, Sha256};

use super::at;
use crate::args::ImportFileArgs;
use crate::context::Context;
use crate::exit::Failure;
use crate::import::{Format, Journal, Kind, Mapping, Operations, Places, Records, Rejects, Survey};
use crate::output::Unit;

pub(super) struct Plan<'a> {
    pub(super) args: &'a ImportFileArgs,
    pub(super) places: Places,
    format: Format,
    /// Without the columns, which are the input's.
    operations: Operations,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        kind: Kind,
        args: &'a ImportFileArgs,
        set: impl FnOnce(&mut Operations),
    ) -> Result<Plan<'a>, Failure> {
        let Some(format) = args.format.or_else(|| Format::of(&args.input)) else {
            let input = args.input.display();
            return Err(
                Failure::config(format!("{input}: what it is cannot be seen by its name"))
                    .next("say --format csv or --format jsonl"),
            );
        };
        let rejects = args.rejects.as_deref();
        let places = Places::new(kind, format, &args.input, rejects, args.state.as_deref());
        if places.overlap() {
            return Err(Failure::config(
                "--rejects names the input: rejected rows would overwrite it",
            ));
        }
        if args.strict && !places.can_be_read_twice() {
            return Err(Failure::config(
                "--strict needs a file: what comes from a pipe is sent while it is read",
            ));
        }
        let maps = args.maps.iter();
        let types = args.types.iter();
        let mut operations = Operations {
            kind,
            mapping: Mapping::new(
                kind,
                maps.map(|it| (it.column.clone(), it.field.clone())),
                types.map(|it| (it.column.clone(), it.cells)),
            ),
            columns: None,
            identifier: args.identifier,
            empty: args.empty,
            update_only: false,
            name: None,
            import: String::new(),
        };
        set(&mut operations);
        Ok(Plan {
            args,
            places,
            format,
            operations,
        })
    }

    /// The input, read up to its first row.
    pub(super) fn open(&self) -> Result<(Records, Operations), Failure> {
        let input = self
            .places
            .open()
            .map_err(|error| self.unreadable(&error))?;
        let records = Records::open(input, self.format, self.args.delimiter)
            .map_err(|error| self.unreadable(&error))?
            .map_err(|problem| self.unusable(&problem))?;
        let mut operations = self.operations.clone();
        if let Some(header) = records.header() {
            let columns = operations.mapping.columns(header);
            operations.columns = Some(columns.map_err(|problem| self.unusable(&problem))?);
        }
        let checked = operations.check_columns();
        checked.map_err(|problem| self.unusable(&problem))?;
        Ok((records, operations))
    }

    /// Looks through the input.
    pub(super) fn survey(
        &self,
        context: &Context,
        rejects: Option<&mut Rejects>,
    ) -> Result<Survey, Failure> {
        let (records, operations) = self.open()?;
        self.survey_of(records, &operations, context, rejects)
    }

    /// The same, and keeps the rows that cannot be sent.
    pub(super) fn survey_into_rejects(&self, context: &Context) -> Result<Survey, Failure> {
        let (records, operations) = self.open()?;
        let mut rejects = self.rejects(&records, 0)?;
        self.survey_of(records, &operations, context, Some(&mut rejects))
    }

    fn survey_of(
        &self,
        records: Records,
        operations: &Operations,
        context: &Context,
        rejects: Option<&mut Rejects>,
    ) -> Result<Survey, Failure> {
        let input = self.places.input.as_ref();
        let length = input.and_then(|path| Some(path.metadata().ok()?.len()));
        let mut progress = context.output.progress("Checking", Unit::Bytes, length, 0);
        Survey::run(records, operations, rejects, &mut progress)
            .map_err(|error| self.unreadable(&error))
    }

    pub(super) fn rejects(&self, records: &Records, bytes: u64) -> Result<Rejects, Failure> {
        let path = &self.places.rejects;
        let opened = Rejects::open(path, records.layout(), bytes);
        opened.map_err(|error| {
            let failure = at(path.display(), &error);
            match bytes {
                0 => failure,
                _ => failure.next("what was rejected before is not there; --restart begins anew"),
            }
        })
    }

    /// Looks whether what is where rejected rows go may be overwritten.
    pub(super) fn check_rejects(&self) -> Result<(), Failure> {
        let path = &self.places.rejects;
        let checked = Rejects::check(path);
        checked
            .map(drop)
            .map_err(|error| at(path.display(), &error))
    }

    pub(super) fn journal(&self) -> Result<Journal, Failure> {
        let path = &self.places.journal;
        Journal::open(path).map_err(|error| at(path.display(), &error))
    }

    /// Whether an earlier run was not finished.
    pub(super) fn is_under_way(&self) -> bool {
        let journal = self.places.journal.metadata();
        journal.is_ok_and(|it| it.len() > 0)
    }

    /// What must stay the same for an import to go on: what rows mean, and whose they become.
    pub(super) fn settings(&self, context: &Context) -> Result<String, Failure> {
        let site = context.variables()?.filled(env_vars::SITE_ID);
        let said = format!(
            "{} {:?} {:?} {:?} {:?} {} {:?} {site:?}",
            self.operations.mapping.signature(),
            self.format,
            self.args.delimiter,
            self.operations.identifier,
            self.operations.empty,
            self.operations.update_only,
            self.operations.name,
        );
        let mut text = String::with_capacity(64);
        for byte in Sha256::digest(said.as_bytes()) {
            let _ = write!(text, "{byte:02x}");
        }
        Ok(text)
    }

    pub(super) fn unreadable(&self, error: &io::Error) -> Failure {
        at(self.places.name(), error)
    }

    pub(super) fn unwritable(&self, error: &io::Error) -> Failure {
        at(self.places.journal.display(), error)
    }

    fn unusable(&self, problem: &str) -> Failure {
        Failure::config(format!("{}: {problem}", self.places.name()))
    }

    pub(super) fn cannot_go_on(&self, why: &str) -> Failure {
        let name = self.places.name();
        Failure::config(format!("an import of {name} was not finished, and {why}"))
            .next("--restart begins anew; to go on, give the same file and options as before")
    }

    pub(super) fn how_to_go_on(&self) -> String {
        let again = match self.places.can_be_read_twice() {
            true => "the same command goes on from there",
            false => "the same command, with the same input from its beginning, goes on from there",
        };
        format!("{again}; --restart begins anew")
    }
}

/// What the ids of events are made of where there is no file to make them of.
pub(super) fn a_name_of_its_own() -> String {
    ulid::Ulid::generate().to_string()
}
