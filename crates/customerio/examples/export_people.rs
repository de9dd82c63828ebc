//! Exports the people of a segment, waits for the file and says where it is.
//!
//! ```sh
//! export CUSTOMERIO_APP_API_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example export_people -- 7 plan country
//! ```
//!
//! 7 is the number of the segment, the rest are attributes to have as columns.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;
use std::time::Duration;

use customerio::{ApiClient, Error, Filter};

#[tokio::main]
async fn main() -> Result<ExitCode, Error> {
    let mut arguments = std::env::args().skip(1);
    let Some(segment) = arguments.next().and_then(|number| number.parse().ok()) else {
        println!("usage: export_people <number of a segment> <attribute>…");
        return Ok(ExitCode::from(2));
    };
    let api = ApiClient::from_env()?;
    let members = api.segments().customer_count(segment).await?;
    println!("{members} people are in it");

    let mut export = api
        .exports()
        .customers(Filter::segment(segment), arguments)
        .await?;
    while !export.is_done() && !export.failed {
        tokio::time::sleep(Duration::from_secs(2)).await;
        export = api.exports().get(export.id).await?;
    }
    if export.failed {
        println!("export {} failed", export.id);
        return Ok(ExitCode::FAILURE);
    }
    let link = api.exports().download(export.id).await?;
    println!("{} rows, for 15 minutes at {link}", export.total);
    Ok(ExitCode::SUCCESS)
}
