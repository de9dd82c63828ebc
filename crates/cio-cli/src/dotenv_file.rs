//! Writing `.env`: readable by its owner only, never over an existing one, and never into
//! a repository.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use cio_server::Credentials;
use cio_wire::{Region, env_vars};

use crate::exit::Failure;
use crate::settings::DOTENV;

/// What keeps credentials and data out of a repository.
const IGNORED: [&str; 2] = [".env", ".customerio/"];

/// The lines of a `.env` for a server on this machine.
pub(crate) fn block(credentials: &Credentials, region: Region, url: &str) -> String {
    let Credentials {
        site_id,
        track_api_key,
        app_api_key,
        ..
    } = credentials;
    format!(
        "{}={site_id}\n{}={track_api_key}\n{}={app_api_key}\n{}={region}\n{}={url}\n",
        env_vars::SITE_ID,
        env_vars::TRACK_API_KEY,
        env_vars::APP_API_KEY,
        env_vars::REGION,
        env_vars::URL,
    )
}

/// The line of a `.env` with the operators' token.
pub(crate) fn admin_line(token: &str) -> String {
    format!("{}={token}\n", env_vars::ADMIN_TOKEN)
}

/// Before the day since which the values of a file are in use.
const CREATED: &str = "# created: ";

/// Before the name of a variable and the day since which its value is.
const CREATED_OF: &str = "# created ";

fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// The day since which a variable has its value, as far as a file's comments tell.
pub(crate) fn created(text: &str, name: &str) -> Option<jiff::civil::Date> {
    let of_this = format!("{CREATED_OF}{name}: ");
    let day = |prefix: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| line.trim().strip_prefix(prefix)?.trim().parse().ok())
    };
    day(&of_this).or_else(|| day(CREATED))
}

/// Writes `.env` with mode 0600. False if there is one already: it is left as it is.
pub(crate) fn create(content: &str) -> io::Result<bool> {
    create_at(Path::new(DOTENV), content)
}

/// Writes a file of variables with mode 0600. False if there is one already: it is left as it is.
pub(crate) fn create_at(path: &Path, content: &str) -> io::Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            let today = today();
            let text = format!(
                "# Credentials: keep this file out of version control.\n{CREATED}{today}\n{content}"
            );
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Adds what must not be committed to `.gitignore`, once.
pub(crate) fn ignore() -> io::Result<()> {
    let path = Path::new(".gitignore");
    let current = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let missing: Vec<&str> = IGNORED
        .into_iter()
        .filter(|name| {
            !current
                .lines()
                .any(|line| line.trim().trim_start_matches('/') == *name)
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let separator = if current.is_empty() || current.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{separator}{}\n", missing.join("\n")).as_bytes())
}

/// The value that a file of variables has for one; `None` if it has none.
pub(crate) fn value(path: &Path, name: &str) -> Result<Option<String>, Failure> {
    let variables = crate::settings::read(path)?;
    Ok(variables.get(name).cloned())
}

/// Gives a variable another value in a file of variables: in its line, or in a new one at the end.
/// Everything else stays, and the file is whole at any moment.
pub(crate) fn replace(path: &Path, name: &str, value: &str) -> io::Result<()> {
    let text = fs::read_to_string(path)?;
    let changed = dated(&with_value(&text, name, value), name, &today());
    let path = fs::canonicalize(path)?;
    let directory = path.parent().unwrap_or(Path::new("."));
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = directory.join(format!(".{file_name}.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&unfinished).and_then(|mut file| {
        file.write_all(changed.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        fs::File::open(directory)?.sync_all()
    });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn with_value(text: &str, name: &str, value: &str) -> String {
    let is_it = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        line.strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let mut found = false;
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| match is_it(line) {
            true => {
                found = true;
                format!("{name}={value}")
            }
            false => line.to_owned(),
        })
        .collect();
    if !found {
        lines.push(format!("{name}={value}"));
    }
    lines.join("\n") + "\n"
}

/// Notes since when a variable has its value, where the file notes such things.
fn dated(text: &str, name: &str, day: &str) -> String {
    if !text.lines().any(|line| line.trim().starts_with(CREATED)) {
        return text.to_owned();
    }
    let of_this = format!("{CREATED_OF}{name}: ");
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with(&of_this)) {
        if line.starts_with(&format!("{name}=")) {
            lines.push(format!("{of_this}{day}"));
        }
        lines.push(line.to_owned());
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_since_when_each_of_its_values_is() {
        let text = "# created: 2026-01-02\nA=1\nB=2\n";
        let changed = dated(&with_value(text, "A", "3"), "A", "2026-03-04");
        let again = dated(&with_value(&changed, "A", "4"), "A", "2026-05-06");
        assert_eq!(
            again,
            "# created: 2026-01-02\n# created A: 2026-05-06\nA=4\nB=2\n"
        );
        let day = |name| created(&again, name).map(|day| day.to_string());
        assert_eq!(day("A").as_deref(), Some("2026-05-06"));
        assert_eq!(day("B").as_deref(), Some("2026-01-02"));
        assert_eq!(created("A=1", "A"), None);
        assert_eq!(dated("A=1\n", "A", "2026-05-06"), "A=1\n");
    }

    #[test]
    fn a_value_is_replaced_and_the_rest_stays() {
        let text = "# mine\nexport A='x'\nAB=1\n\nC=2";
        assert_eq!(with_value(text, "A", "y"), "# mine\nA=y\nAB=1\n\nC=2\n");
        assert_eq!(with_value(text, "D", "3"), format!("{text}\nD=3\n"));
        assert_eq!(with_value("", "D", "3"), "D=3\n");
    }
}
