//! Files with a thing on each line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::str::FromStr;

use crate::exit::Failure;

/// The lines of a file, or of stdin for `-`, each with its number. Empty ones are passed over.
pub(crate) fn lines(
    argument: &'static str,
    path: &str,
) -> Result<impl Iterator<Item = Result<(usize, String), Failure>>, Failure> {
    let failed =
        move |error: io::Error| Failure::config(format!("{argument}: cannot read it: {error}"));
    let reader: Box<dyn BufRead> = match path {
        "-" => Box::new(BufReader::new(io::stdin())),
        path => Box::new(BufReader::new(File::open(path).map_err(|error| {
            Failure::config(format!("{argument}: cannot open {path}: {error}"))
        })?)),
    };
    let lines = reader.lines().enumerate().map(move |(index, line)| {
        let line = line.map_err(failed)?;
        // Some editors begin a file with it.
        let line = line.trim_start_matches('\u{feff}').trim().to_owned();
        Ok((index + 1, line))
    });
    Ok(lines.filter(|line| !matches!(line, Ok((_, line)) if line.is_empty())))
}

/// The same, each line read as something.
pub(crate) fn parsed<T: FromStr<Err = String>>(
    argument: &'static str,
    path: &str,
) -> Result<impl Iterator<Item = Result<T, Failure>>, Failure> {
    Ok(lines(argument, path)?.map(move |line| {
        let (number, line) = line?;
        line.parse()
            .map_err(|why| Failure::config(format!("{argument}, line {number}: {why}")))
    }))
}
