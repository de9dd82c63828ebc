//! The command `customerio`: set up and verify credentials, run the server.
//!
//! Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 the service
//! refused, 2 bad usage, configuration or credentials, 3 unreachable or unexpected.

mod admin_client;
mod args;
mod commands;
mod config_file;
mod context;
mod dotenv_file;
mod dry_run;
mod exit;
mod folder;
mod git;
mod http;
mod import;
mod masked;
mod output;
mod pages;
mod patience;
mod prompt;
mod serve_settings;
mod settings;
mod suggest;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::context::Context;
use crate::exit::Failure;

/// What a request brings is allocated on one thread and freed on another. With the system's
/// allocator that is a quarter of the time it takes to store a batch.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Most threads that read the store or render at once. Each keeps memory of its own, and more
/// of them do no more work: left to themselves, they held half a gigabyte in a broadcast.
const BLOCKING_THREADS_MAX: usize = 32;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let context = Context::new(&arguments.habits);
    let output = &context.output;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::unexpected(format!("cannot start: {error}"));
            output.error(&failure);
            return failure.code().into();
        }
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::Quickstart(args) => commands::quickstart::run(&args, &context).await,
            Command::Init(args) => commands::init::run(&args, &context).await,
            Command::Doctor(args) => commands::doctor::run(&args, &context).await,
            Command::Profiles(args) => commands::profiles::run(&args, &context),
            Command::Verify => commands::verify::run(&context).await,
            Command::People(args) => commands::people::run(&args, &context).await,
            Command::Events(args) => commands::events::run(&args, &context).await,
            Command::Send(args) => commands::send::run(&args, &context).await,
            Command::Broadcast(args) => commands::broadcast::run(&args, &context).await,
            Command::Segments(args) => commands::segments::run(&args, &context).await,
            Command::Messages(args) => commands::messages::run(&args, &context).await,
            Command::Templates(args) => commands::templates::run(&args, &context).await,
            Command::Export(args) => commands::export::run(&args, &context).await,
            Command::Api(args) => commands::api::run(&args, &context).await,
            Command::Import(args) => commands::import::run(&args, &context).await,
            Command::Serve(args) => commands::serve::run(&args, &context).await,
            Command::Workspaces(args) => commands::workspaces::run(&args, &context).await,
            Command::Apply(args) => commands::apply::run(&args, &context).await,
            Command::Pull(args) => commands::pull::run(&args, &context).await,
            Command::Keys(args) => commands::keys::run(&args, &context).await,
            Command::Completions(args) => commands::shell::completions(&args, &context),
            Command::Man(args) => commands::shell::man(&args, &context),
            Command::Store(command) => commands::store::run(&command, &context).await,
        }
    });
    match result {
        Ok(code) => code.into(),
        Err(failure) => {
            output.error(&failure);
            failure.code().into()
        }
    }
}
