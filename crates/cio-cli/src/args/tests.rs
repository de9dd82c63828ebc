//! What can be typed, as a whole, and the page that shows it.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Command, CommandFactory};

use super::*;

#[test]
fn no_two_arguments_are_in_each_other_s_way() {
    Arguments::command().debug_assert();
}

/// After a change, write it anew: `UPDATE_DOCS=1 cargo test -p cio-cli help`.
#[test]
fn the_help_of_every_command_is_in_the_documentation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/commands.md");
    let mut page = "# Commands\n\nWhat `--help` says of each. Made by a test.\n".to_owned();
    let mut command = Arguments::command();
    command.build();
    describe(&mut command, &mut page);
    #[expect(
        clippy::disallowed_methods,
        reason = "the switch of a developer's tool"
    )]
    let update = std::env::var("UPDATE_DOCS").is_ok();
    if update {
        std::fs::write(&path, &page).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap();
    assert!(
        known == page,
        "docs/commands.md is out of date: UPDATE_DOCS=1 cargo test -p cio-cli help"
    );
}

fn describe(command: &mut Command, page: &mut String) {
    let name = command.get_bin_name().unwrap_or("customerio").to_owned();
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    write!(
        page,
        "\n## {name}\n\n```text\n{}\n```\n",
        lines.join("\n").trim_end()
    )
    .unwrap();
    for command in command.get_subcommands_mut() {
        if command.get_name() != "help" {
            describe(command, page);
        }
    }
}
