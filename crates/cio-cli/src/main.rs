//! The command `customerio`: set up and verify credentials, run the server.
//!
//! Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 the service
//! refused, 2 bad usage, configuration or credentials, 3 unreachable or unexpected.

mod admin_client;
mod args;
mod commands;
mod config_file;
mod dotenv_file;
mod exit;
mod folder;
mod output;
mod serve_settings;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::output::Output;

/// What a request brings is allocated on one thread and freed on another. With the system's
/// allocator that is a quarter of the time it takes to store a batch.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.error(&format!("cannot start: {error}"));
            return exit::UNEXPECTED.into();
        }
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::Quickstart(args) => commands::quickstart::run(&args, &output).await,
            Command::Init(args) => commands::init::run(&args, &output),
            Command::Verify(args) => commands::verify::run(&args, &output).await,
            Command::Serve(args) => commands::serve::run(&args, &output).await,
            Command::Workspaces(args) => commands::workspaces::run(&args, &output).await,
            Command::Apply(args) => commands::apply::run(&args, &output).await,
            Command::Pull(args) => commands::pull::run(&args, &output).await,
            Command::Keys(args) => commands::keys::run(&args, &output).await,
            Command::Store(command) => commands::store::run(&command, &output).await,
        }
    });
    match result {
        Ok(code) => code.into(),
        Err(failure) => {
            output.error(&failure.to_string());
            failure.code().into()
        }
    }
}
