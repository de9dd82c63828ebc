//! The Rust half of `bench/sdk/run`: the server that takes the load, and the clients.
//!
//! ```text
//! cio-bench-sdk serve AUTHORITY_FILE
//! cio-bench-sdk load CLIENT URL CALLS WARM_UP CONCURRENCY
//! ```
//!
//! `CLIENT` is one of `calls::client`. Both print one line of JSON.

mod calls;
mod load;
mod server;

use std::error::Error;
use std::io::Write as _;

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "serve AUTHORITY_FILE | load CLIENT URL CALLS WARM_UP CONCURRENCY";

/// One worker thread, as the official SDKs run their own code on one thread: the client has
/// a core and the server has the other, and no time goes into sharing them.
#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", authority_file] => server::serve(authority_file.as_ref()).await,
        ["load", name, url, calls, warm_up, concurrency] => {
            let client = calls::client(name, url)?;
            let concurrency = concurrency.parse()?;
            load::run(&client, warm_up.parse()?, concurrency).await?;
            let spent = load::run(&client, calls.parse()?, concurrency).await?;
            say(&spent)
        }
        _ => Err(USAGE.into()),
    }
}

/// What the runner reads.
fn say(line: &serde_json::Value) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}
