//! Who else can read the files that hold credentials.

use std::path::Path;

use cio_wire::env_vars;
use customerio::secrets::{Reference, Store};

use super::finding::{Findings, Problem};
use crate::settings::Variables;

pub(super) fn examine(variables: &Variables, findings: &mut Findings) {
    if let Some(path) = variables.file() {
        permissions(path, findings);
    }
    for name in env_vars::SECRETS {
        for reference in variables.get(name).iter().flat_map(|it| it.split(" || ")) {
            let reference = reference.trim().parse::<Reference>();
            let file = reference.ok().filter(|it| it.store() == Store::File);
            if let Some(file) = file {
                permissions(Path::new(file.path()), findings);
            }
        }
    }
}

#[cfg(unix)]
fn permissions(path: &Path, findings: &mut Findings) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = std::fs::metadata(path) else {
        // What is not there is told by what reads it.
        return;
    };
    let mode = metadata.permissions().mode() & 0o777;
    let shown = path.display();
    if mode & 0o077 == 0 {
        findings.pass("files", format!("{shown} can be read by you only"));
        return;
    }
    let problem = Problem::new(
        "readable_by_others",
        format!("{shown} can be read by other users of this machine (mode {mode:03o})"),
        format!("chmod 600 {shown}"),
    );
    findings.warn("files", problem);
}

#[cfg(not(unix))]
fn permissions(_path: &Path, _findings: &mut Findings) {}
