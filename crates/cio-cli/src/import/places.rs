//! Where an import reads, and where it writes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::format::Format;
use super::operation::Kind;

/// What stands for stdin.
const STDIN: &str = "-";

pub(crate) struct Places {
    /// None for stdin.
    pub(crate) input: Option<PathBuf>,
    pub(crate) rejects: PathBuf,
    pub(crate) journal: PathBuf,
}

impl Places {
    pub(crate) fn new(
        kind: Kind,
        format: Format,
        input: &Path,
        rejects: Option<&Path>,
        state: Option<&Path>,
    ) -> Places {
        let input = (input != Path::new(STDIN)).then(|| input.to_owned());
        let beside = || match &input {
            Some(input) if is_file(input) => input.with_extension(match input.extension() {
                Some(ending) => format!("rejected.{}", ending.display()),
                None => format!("rejected.{}", format.ending()),
            }),
            _ => PathBuf::from(format!("{}.rejected.{}", kind.as_str(), format.ending())),
        };
        let rejects = rejects.map_or_else(beside, Path::to_owned);
        let name = rejects
            .file_name()
            .unwrap_or_default()
            .display()
            .to_string();
        let folder = state.or(rejects.parent()).unwrap_or(Path::new(""));
        Places {
            journal: folder.join(format!("{name}.journal")),
            input,
            rejects,
        }
    }

    /// Whether the input can be looked through before it is sent: a pipe cannot.
    pub(crate) fn can_be_read_twice(&self) -> bool {
        self.input.as_deref().is_some_and(is_file)
    }

    /// Opens the input.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match &self.input {
            Some(path) => Box::new(File::open(path)?),
            None => Box::new(io::stdin()),
        })
    }

    /// The input as it is called.
    pub(crate) fn name(&self) -> String {
        match &self.input {
            Some(path) => path.display().to_string(),
            None => "stdin".to_owned(),
        }
    }

    /// Whether rejected rows would overwrite the input.
    pub(crate) fn overlap(&self) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        let Some(input) = self.input.as_deref().and_then(real) else {
            return false;
        };
        real(&self.rejects).is_some_and(|rejects| rejects == input)
    }
}

/// What is not there would be one.
fn is_file(path: &Path) -> bool {
    path.metadata().map_or(true, |it| it.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_beside_what_is_read() {
        let places = |input: &str, rejects: Option<&str>, state: Option<&str>| {
            let rejects = rejects.map(Path::new);
            let state = state.map(Path::new);
            let input = Path::new(input);
            let places = Places::new(Kind::People, Format::Csv, input, rejects, state);
            let shown = |path: PathBuf| path.display().to_string();
            (shown(places.rejects), shown(places.journal))
        };
        let pair = |rejects: &str, journal: &str| (rejects.to_owned(), journal.to_owned());
        assert_eq!(
            places("data/people.csv", None, None),
            pair(
                "data/people.rejected.csv",
                "data/people.rejected.csv.journal"
            )
        );
        assert_eq!(
            places("people", None, None),
            pair("people.rejected.csv", "people.rejected.csv.journal")
        );
        assert_eq!(
            places("-", None, Some("state")),
            pair("people.rejected.csv", "state/people.rejected.csv.journal")
        );
        // A pipe that has a name.
        assert_eq!(
            places("/dev/null", None, None),
            pair("people.rejected.csv", "people.rejected.csv.journal")
        );
        assert_eq!(
            places("a.csv", Some("out/bad.csv"), None),
            pair("out/bad.csv", "out/bad.csv.journal")
        );
    }
}
