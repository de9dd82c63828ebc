//! What can be typed for the shell's own sake.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio completions bash > ~/.local/share/bash-completion/completions/customerio\n  \
    customerio completions zsh > ~/.zfunc/_customerio      # with fpath+=~/.zfunc in .zshrc\n  \
    customerio completions fish > ~/.config/fish/completions/customerio.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell they are for
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio man | man -l -\n  \
    customerio man --into ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this directory, one file each
    #[arg(long, value_name = "DIR")]
    pub(crate) into: Option<PathBuf>,
}
