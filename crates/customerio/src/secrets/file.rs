//! Secrets in files: what Docker, Kubernetes and systemd hand to a program.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::field::Field;
use super::{
    Fetching, Found, Putting, Reference, SecretError, SecretErrorKind, SecretSource, Store,
};
use crate::Secret;

/// Largest file that is taken for a secret.
const BYTES_MAX: u64 = 1 << 20;

/// One file, or a field of one that is a JSON object.
pub(crate) struct File {
    path: PathBuf,
    field: Field,
    place: String,
}

impl File {
    pub(super) fn of(reference: &Reference) -> File {
        File {
            path: PathBuf::from(reference.path()),
            field: Field::of(reference),
            place: reference.to_string(),
        }
    }

    /// The file itself, whatever is in its name.
    pub(crate) fn at(path: PathBuf) -> File {
        File {
            place: format!("{}://{}", Store::File.scheme(), path.display()),
            field: Field::whole(),
            path,
        }
    }

    fn error(&self, kind: SecretErrorKind, problem: impl Into<String>) -> SecretError {
        SecretError::new(&self.place, kind, problem)
    }

    fn read(&self) -> Result<Option<Found>, SecretError> {
        let Some(text) = self.text()? else {
            return Ok(None);
        };
        let value = self.field.of_text(text.trim());
        let value = value.map_err(|why| self.error(SecretErrorKind::Unreadable, why))?;
        Ok(value.map(Found::new))
    }

    fn text(&self) -> Result<Option<String>, SecretError> {
        let file = match fs::File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.unreadable(error)),
        };
        // Not by its size: what is no regular file has none, and no end either.
        let mut text = String::new();
        let read = file.take(BYTES_MAX + 1).read_to_string(&mut text);
        read.map_err(|error| self.unreadable(error))?;
        if text.len() as u64 > BYTES_MAX {
            let problem = "it is larger than a megabyte, so it is no secret";
            return Err(self.error(SecretErrorKind::Unreadable, problem));
        }
        Ok(Some(text))
    }

    fn unreadable(&self, error: io::Error) -> SecretError {
        let kind = match error.kind() {
            io::ErrorKind::PermissionDenied => SecretErrorKind::Denied,
            _ => SecretErrorKind::Unreadable,
        };
        let problem = format!("it cannot be read ({error}): check its owner and its mode");
        self.error(kind, problem)
    }

    fn write(&self, value: &Secret) -> Result<(), SecretError> {
        let current = self.text()?;
        let text = self.field.replaced(current.as_deref(), value.expose());
        let text = text.map_err(|why| self.error(SecretErrorKind::Unreadable, why))?;
        // A link stays one: what it leads to is replaced.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        replace(&path, &text).map_err(|error| {
            let problem = format!("it cannot be written ({error})");
            self.error(SecretErrorKind::ReadOnly, problem)
        })
    }
}

/// Puts a whole new file in a file's place: readable by the owner only, or as the old one was.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = directory.join(format!(".{name}.{:016x}", fastrand::u64(..)));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&unfinished).and_then(|mut file| {
        if let Ok(old) = fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        fs::File::open(directory)?.sync_all()
    });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

impl SecretSource for File {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async { self.read() })
    }

    fn put<'a>(&'a self, value: &'a Secret) -> Putting<'a> {
        Box::pin(async { self.write(value) })
    }
}

/// Where a variable that is not set may be all the same: what `NAME_FILE` names, systemd's
/// credentials, Docker's secrets.
pub(crate) fn of_variable(
    name: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Option<PathBuf> {
    if let Some(path) = variable(&format!("{name}_FILE")).filter(|path| !path.trim().is_empty()) {
        return Some(PathBuf::from(path.trim()));
    }
    let directories = variable("CREDENTIALS_DIRECTORY")
        .into_iter()
        .map(PathBuf::from);
    let directories = directories.chain([PathBuf::from("/run/secrets")]);
    find(directories, name)
}

fn find(directories: impl Iterator<Item = PathBuf>, name: &str) -> Option<PathBuf> {
    let names = [name.to_owned(), name.to_lowercase()];
    directories
        .flat_map(|directory| names.each_ref().map(|name| directory.join(name)))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_found_in_the_files_of_the_system() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("customerio_app_api_key");
        fs::write(&path, "key\n").unwrap();
        let in_it = || [directory.path().to_owned()].into_iter();
        assert_eq!(find(in_it(), "CUSTOMERIO_APP_API_KEY"), Some(path.clone()));
        assert_eq!(find(in_it(), "CUSTOMERIO_SITE_ID"), None);
        let of_systemd = |name: &str| {
            let here = directory.path().display().to_string();
            (name == "CREDENTIALS_DIRECTORY").then_some(here)
        };
        let found = of_variable("CUSTOMERIO_APP_API_KEY", &of_systemd);
        assert_eq!(found, Some(path));
        let named = |name: &str| (name == "X_FILE").then(|| "/there".to_owned());
        assert_eq!(of_variable("X", &named), Some(PathBuf::from("/there")));
    }
}
