//! Named profiles: credentials of one account each, a file in the user's configuration
//! directory, in the form of a `.env`.

use std::fs;
use std::path::PathBuf;

use super::environment;
use crate::exit::Failure;
use crate::suggest::nearest;

/// The profile that is used where nothing else says what to use.
pub(crate) const DEFAULT: &str = "default";

/// Where the profile of this name is kept, whether it is there or not.
pub(crate) fn path_of(name: &str) -> Result<PathBuf, Failure> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
        return Err(Failure::config(format!(
            "\"{name}\" is no name of a profile: use letters, digits, - and _"
        )));
    }
    let directory = directory().ok_or_else(nowhere)?;
    Ok(directory.join(format!("{name}.env")))
}

/// The names there are, sorted.
pub(crate) fn names() -> Vec<String> {
    let entries = directory().and_then(|directory| fs::read_dir(directory).ok());
    let mut names: Vec<String> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".env").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// There is no such profile: which there are, and which was meant.
pub(crate) fn unknown(name: &str) -> Failure {
    let names = names();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let hint = match nearest(name, &known) {
        Some(meant) => format!("did you mean {meant}?"),
        None if names.is_empty() => format!("make it with customerio init --profile {name}"),
        None => format!(
            "there are {}; make another with customerio init --profile {name}",
            names.join(", ")
        ),
    };
    Failure::config(format!("there is no profile \"{name}\"")).next(hint)
}

/// Makes the directory of profiles, for nobody but its owner.
pub(crate) fn make_directory() -> Result<(), Failure> {
    let directory = directory().ok_or_else(nowhere)?;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(&directory)
        .map_err(|error| Failure::config(format!("cannot make {}: {error}", directory.display())))
}

fn nowhere() -> Failure {
    Failure::config("profiles are kept below HOME or XDG_CONFIG_HOME, and neither is set")
}

fn directory() -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = PathBuf::from(environment(name)?);
        path.is_absolute().then_some(path)
    };
    let config = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
    Some(config.join("customerio").join("profiles"))
}
