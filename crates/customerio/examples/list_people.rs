//! Finds people by a filter, one page at a time and all of them, and shows one in full.
//!
//! ```sh
//! export CUSTOMERIO_APP_API_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example list_people -- plan pro
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;

use customerio::{ApiClient, Error, Filter, Identifier, RateLimits};

#[tokio::main]
async fn main() -> Result<ExitCode, Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(attribute), Some(value)) = (arguments.next(), arguments.next()) else {
        println!("usage: list_people <attribute> <value>");
        return Ok(ExitCode::from(2));
    };
    // Reads share 10 requests a second, so a loop over many pages had better keep to them.
    let api = ApiClient::builder_from_env()?
        .rate_limits(RateLimits::documented())
        .build()?;
    let filter = Filter::attribute(attribute, value).and(Filter::has_attribute("email"));

    let first = api.customers().search(&filter).limit(10).await?;
    println!(
        "{} on the first page, more: {}",
        first.items.len(),
        first.next.is_some()
    );

    let mut count = 0;
    let mut people = api.customers().search(&filter).limit(1000).stream();
    while let Some(person) = people.next().await {
        let person = person?;
        if count == 0 {
            show(&api, &person.cio_id).await?;
        }
        count += 1;
    }
    println!("{count} in all");
    Ok(ExitCode::SUCCESS)
}

async fn show(api: &ApiClient, cio_id: &str) -> Result<(), Error> {
    let person = Identifier::CioId(cio_id.to_owned());
    let customer = api.customers().attributes(person.clone()).await?;
    println!("{:#?}", customer.attributes);
    for segment in api.customers().segments(person).await? {
        println!("in segment {} ({})", segment.name, segment.id);
    }
    Ok(())
}
