//! Files that fjall takes the absence of for a store that was never finished, and then
//! makes a new one over what there is.

use std::fs;
use std::io;
use std::path::Path;

/// What says that a database was made.
const DATABASE_MARK: &str = "version";
/// What says that a table was made.
const TABLE_MARK: &str = "current";

/// What is missing of a directory that holds data, if anything is.
pub(crate) fn missing(directory: &Path) -> io::Result<Option<String>> {
    let mut tables = Vec::new();
    for table in entries(&directory.join("keyspaces"))? {
        if !entries(&table.join("tables"))?.is_empty() {
            tables.push(table);
        }
    }
    for table in &tables {
        if !table.join(TABLE_MARK).try_exists()? {
            let mark = table.join(TABLE_MARK);
            return Ok(Some(mark.display().to_string()));
        }
    }
    let mark = directory.join(DATABASE_MARK);
    if tables.is_empty() || mark.try_exists()? {
        return Ok(None);
    }
    Ok(Some(mark.display().to_string()))
}

/// None where there is no directory.
fn entries(directory: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    match fs::read_dir(directory) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        // A file where a directory could be is none.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
