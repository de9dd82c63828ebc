//! Renders the cases it reads, one JSON object a line, and prints what came of each: an object
//! with `output` or `error`. `conformance/liquid/run` compares it with the references.
//!
//! ```sh
//! echo '{"template": "{{ a | upcase }}", "data": {"a": "x"}}' |
//!     cargo run -p cio-liquid --example render_cases
//! ```

#[path = "../tests/it/case.rs"]
mod case;

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?) {
            Ok(case) => case::render(&case),
            Err(error) => Err(error.to_string()),
        };
        let answer = match answer {
            Ok(output) => serde_json::json!({ "output": output }),
            Err(error) => serde_json::json!({ "error": error }),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
