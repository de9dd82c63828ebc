//! `customerio init`: write `.env`.

use cio_server::Credentials;
use cio_wire::env_vars;

use crate::args::{DEFAULT_LISTEN, InitArgs};
use crate::context::Context;
use crate::dotenv_file;
use crate::exit::{self, Failure};
use crate::settings::Variables;

/// Writes `.env` from the environment, with placeholders for what is not set, and adds it
/// to `.gitignore`. An existing `.env` is left alone and is a failure.
pub(crate) fn run(args: &InitArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let content = if args.local { local()? } else { template() };
    dotenv_file::ignore()
        .map_err(|error| Failure::unexpected(format!("cannot write .gitignore: {error}")))?;
    let created = dotenv_file::create(&content)
        .map_err(|error| Failure::unexpected(format!("cannot write .env: {error}")))?;
    if !created {
        return Err(Failure::config(
            ".env exists and was left as it is: edit it, or move it away and run this again",
        ));
    }
    output.note("Wrote .env (readable by you only) and added it to .gitignore.");
    if args.local {
        output.note(
            "Next: run `customerio serve` here, and `customerio verify` in another terminal.",
        );
    } else if content.contains("-here") {
        output.note("Next: put your credentials in .env (Settings > API & Webhook Credentials), then run `customerio verify`.");
    } else {
        output.note("Next: run `customerio verify`.");
    }
    Ok(exit::DONE)
}

fn template() -> String {
    let value = |name: &str, placeholder: &str| {
        format!(
            "{name}={}\n",
            Variables::given(name).as_deref().unwrap_or(placeholder)
        )
    };
    [
        value(env_vars::SITE_ID, "your-site-id-here"),
        value(env_vars::TRACK_API_KEY, "your-track-api-key-here"),
        value(env_vars::APP_API_KEY, "your-app-api-key-here"),
        "# \"us\" or \"eu\"\n".to_owned(),
        value(env_vars::REGION, "us"),
    ]
    .concat()
}

fn local() -> Result<String, Failure> {
    let key = || {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(Failure::unexpected)?;
        Ok::<String, Failure>(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    let credentials = Credentials {
        site_id: key()?[..20].to_owned(),
        track_api_key: key()?,
        app_api_key: key()?,
        pipelines_write_key: String::new(),
    };
    let url = format!("http://{DEFAULT_LISTEN}");
    let block = dotenv_file::block(&credentials, cio_wire::Region::Us, &url);
    Ok(block + &dotenv_file::admin_line(&key()?))
}
