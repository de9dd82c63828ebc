//! `~/.aws/config` and `~/.aws/credentials`.

use std::collections::HashMap;
use std::path::PathBuf;

/// The settings of all profiles, those of the credentials file over those of the other.
#[derive(Default)]
pub(super) struct SharedConfig {
    profiles: HashMap<String, HashMap<String, String>>,
    problem: Option<String>,
}

impl SharedConfig {
    /// Files that are not there say nothing. One that is there and cannot be read is a problem for
    /// who needs it.
    pub(super) fn load(variable: &dyn Fn(&str) -> Option<String>) -> SharedConfig {
        let path = |name: &str, default: &str| {
            let of_home = || Some(PathBuf::from(variable("HOME")?).join(".aws").join(default));
            variable(name).map(PathBuf::from).or_else(of_home)
        };
        let mut config = SharedConfig::default();
        for (name, default) in [
            ("AWS_CONFIG_FILE", "config"),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
        ] {
            let Some(path) = path(name, default).filter(|path| path.is_file()) else {
                continue;
            };
            match std::fs::read_to_string(&path) {
                Ok(text) => config.add(&text),
                Err(error) => {
                    let problem = format!("{} cannot be read: {error}", path.display());
                    config.problem = Some(problem);
                }
            }
        }
        config
    }

    fn add(&mut self, text: &str) {
        let mut section = None;
        for line in text.lines() {
            // What is indented belongs to a setting that has some of its own.
            if line.starts_with([' ', '\t']) {
                continue;
            }
            let line = line.split(" #").next().unwrap_or_default();
            let line = line.split(" ;").next().unwrap_or_default().trim();
            if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
                let name = name.trim();
                section = match name.split_once(char::is_whitespace) {
                    Some(("profile", name)) => Some(name.trim().to_owned()),
                    // `sso-session` and others.
                    Some(_) => None,
                    None => Some(name.to_owned()),
                };
            } else if let (Some(section), Some((name, value))) = (&section, line.split_once('=')) {
                let settings = self.profiles.entry(section.clone()).or_default();
                settings.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }

    /// What keeps it from being known whole.
    pub(super) fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    pub(super) fn profile(&self, name: &str) -> Option<&HashMap<String, String>> {
        self.profiles.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_are_read_the_way_aws_writes_them() {
        let mut config = SharedConfig::default();
        config.add(
            "# mine\n[default]\nregion = eu-west-1 # here\n[profile work]\nregion=us-east-2\ns3 =\n  \
             max = 1\n[sso-session x]\nsso_region = us-east-1\n",
        );
        config.add("[work]\naws_access_key_id = AK\naws_secret_access_key = a=b+c/d\n");
        let value = |profile: &str, name: &str| config.profile(profile)?.get(name).cloned();
        assert_eq!(value("default", "region").as_deref(), Some("eu-west-1"));
        assert_eq!(value("work", "region").as_deref(), Some("us-east-2"));
        assert_eq!(
            value("work", "aws_secret_access_key").as_deref(),
            Some("a=b+c/d")
        );
        assert_eq!(value("work", "max"), None);
        assert_eq!(value("x", "sso_region"), None);
    }
}
