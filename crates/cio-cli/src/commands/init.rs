//! `customerio init`: credentials asked for, tried, and written where nobody else can read them.

mod check;
mod gather;
mod git_state;
mod values;

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use cio_server::Credentials;
use cio_wire::env_vars;

use crate::args::{DEFAULT_LISTEN, InitArgs};
use crate::context::Context;
use crate::dotenv_file;
use crate::exit::{self, Failure};
use crate::settings::{DOTENV, Variables, profiles};
use values::Values;

/// Where credentials are found.
const PLACE: &str = "Settings > Workspace Settings > API & Webhook Credentials";

pub(crate) async fn run(args: &InitArgs, context: &Context) -> Result<u8, Failure> {
    let target = Target::of(context)?;
    if target.profile.is_none() {
        dotenv_file::ignore()
            .map_err(|error| Failure::unexpected(format!("cannot write .gitignore: {error}")))?;
    }
    // Nobody should type keys for nothing.
    if target.path.exists() {
        return Err(target.is_taken());
    }
    let (content, values) = content(args, context, &target).await?;
    write(&target, &content)?;
    let output = &context.output;
    let done = serde_json::json!({ "written": target.path.display().to_string() });
    output.answer(&done, || {});
    output.note(&match &target.profile {
        None => "Wrote .env (readable by you only) and added it to .gitignore.".to_owned(),
        Some(name) => format!(
            "Wrote profile {name} to {} (readable by you only).",
            target.path.display()
        ),
    });
    let profile = match &target.profile {
        Some(name) => format!(" --profile {name}"),
        None => String::new(),
    };
    if args.local {
        output.note(
            "Next: run `customerio serve` here, and `customerio verify` in another terminal.",
        );
    } else if content.contains("-here\n") {
        output.note("Next: put your credentials in .env (Settings > API & Webhook Credentials), then run `customerio verify`.");
    } else {
        output.note(&format!("Next: run `customerio verify{profile}`."));
    }
    for warning in git_state::warnings(&target, &values).await {
        output.note(&format!("warning: {warning}"));
    }
    Ok(exit::DONE)
}

/// The file to be written.
struct Target {
    path: PathBuf,
    profile: Option<String>,
}

impl Target {
    fn of(context: &Context) -> Result<Target, Failure> {
        Ok(match context.profile() {
            Some(name) => Target {
                path: profiles::path_of(name)?,
                profile: Some(name.to_owned()),
            },
            None => Target {
                path: DOTENV.into(),
                profile: None,
            },
        })
    }

    fn is_taken(&self) -> Failure {
        let path = self.path.display();
        Failure::config(format!("{path} exists and was left as it is")).next(match &self.profile {
            None => {
                "edit it, move it away and run this again, or keep others beside it: --profile NAME"
                    .to_owned()
            }
            Some(name) => {
                format!("edit it, or `customerio profiles remove {name}` and run this again")
            }
        })
    }
}

/// The lines to be written, and the values in them.
async fn content(
    args: &InitArgs,
    context: &Context,
    target: &Target,
) -> Result<(String, Values), Failure> {
    if args.local {
        return Ok((local()?, Values::default()));
    }
    let interactive = io::stdin().is_terminal() && !args.stdin && !args.from_env;
    let asked = args.stdin || args.from_env || interactive;
    if !asked {
        return match target.profile {
            None => Ok((template(), Values::default())),
            Some(_) => Err(
                Failure::config("there is no terminal to ask for the credentials")
                    .next("give them with --stdin, as lines of NAME=value, or take --from-env"),
            ),
        };
    }
    loop {
        let values = match (args.stdin, interactive) {
            (true, _) => gather::from_stdin()?,
            (_, true) => gather::by_asking(context)?,
            _ => gather::from_environment()?,
        };
        if args.no_check {
            return Ok((values.lines(), values));
        }
        context.output.passing("Trying the credentials…");
        let checked = check::checked(values).await;
        context.output.passing("");
        match checked {
            Ok(values) => {
                let region = values.get(env_vars::REGION).unwrap_or_default();
                context
                    .output
                    .note(&format!("The credentials work. Region: {region}."));
                return Ok((values.lines(), values));
            }
            Err(failure) if interactive => {
                context.output.error(&failure);
                if context
                    .output
                    .asks("Nothing was written. Enter them again?")
                    != Some(true)
                {
                    return Err(Failure::config("nothing was written"));
                }
            }
            Err(failure) => return Err(failure.of("nothing was written")),
        }
    }
}

fn write(target: &Target, content: &str) -> Result<(), Failure> {
    if target.profile.is_some() {
        profiles::make_directory()?;
    }
    let path = &target.path;
    let created = dotenv_file::create_at(path, content).map_err(|error| {
        Failure::unexpected(format!("cannot write {}: {error}", path.display()))
    })?;
    match created {
        true => Ok(()),
        false => Err(target.is_taken()),
    }
}

fn template() -> String {
    let value = |name: &str, placeholder: &str| {
        let given = Variables::given(name);
        values::line(name, given.as_deref().unwrap_or(placeholder))
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
