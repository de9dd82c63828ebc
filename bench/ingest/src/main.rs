//! The Rust half of `bench/ingest/run`: the load, and what to compare with.
//!
//! ```text
//! cio-bench-ingest baseline     reads its credentials from stdin, serves until killed
//! cio-bench-ingest load         reads a plan from stdin (`load::Plan`), says what it saw
//! cio-bench-ingest append       reads a plan from stdin (`append::Plan`), says what it saw
//! ```
//!
//! Each prints one line of JSON.

mod append;
mod baseline;
mod bodies;
mod http;
mod load;

use std::error::Error;
use std::io::Write as _;

type Failure = Box<dyn Error + Send + Sync>;

/// As the command has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Failure> {
    let command = std::env::args().nth(1).unwrap_or_default();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    match command.as_str() {
        // As many threads as the real server has.
        "baseline" => tokio::runtime::Runtime::new()?.block_on(baseline::serve(line.trim())),
        "load" => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let seen = runtime.block_on(load::run(serde_json::from_str(&line)?))?;
            say(&seen)
        }
        "append" => say(&append::run(&serde_json::from_str(&line)?)?),
        _ => Err("append | baseline | load".into()),
    }
}

/// What the runner reads.
fn say(line: &serde_json::Value) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}
