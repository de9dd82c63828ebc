//! What a command is given beside its own arguments.

use cio_wire::env_vars;
use customerio::testing::Recorder;
use customerio::{ApiClient, RateLimits, TrackClient, TrackClientBuilder};

use crate::admin_client::AdminClient;
use crate::args::{Confirm, Habits, ServerArgs};
use crate::dry_run::DryRun;
use crate::exit::Failure;
use crate::output::Output;
use crate::settings::Variables;

/// Where to print, and whose credentials to use.
pub(crate) struct Context {
    pub(crate) output: Output,
    profile: Option<String>,
}

impl Context {
    pub(crate) fn new(habits: &Habits) -> Context {
        Context {
            output: Output::new(habits.json, habits.quiet),
            profile: habits.profile.clone(),
        }
    }

    /// The profile that was named among the arguments.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The variables of the place that is to be used.
    pub(crate) fn variables(&self) -> Result<Variables, Failure> {
        Variables::load(self.profile.as_deref())
    }

    /// The environment and `.env`, for what sets up or runs a server here: a profile is of
    /// those who call one.
    pub(crate) fn variables_of_here(&self, command: &str) -> Result<Variables, Failure> {
        match &self.profile {
            Some(_) => Err(Failure::config(format!(
                "{command} uses no profile: it reads the environment and .env of this directory"
            ))),
            None => Variables::here(),
        }
    }

    /// A Track client; in a dry run one that sends nothing.
    pub(crate) fn track(&self, dry_run: &DryRun) -> Result<TrackClient, Failure> {
        let builder = self.track_builder()?.rate_limits(RateLimits::documented());
        let builder = match dry_run.recorder() {
            Some(recorder) => builder.dry_run(recorder),
            None => builder,
        };
        Ok(builder.build()?)
    }

    /// Builds a Track client with settings of its own.
    pub(crate) fn track_builder(&self) -> Result<TrackClientBuilder, Failure> {
        let variables = self.variables()?;
        Ok(TrackClient::builder_from_vars(|name| variables.get(name))?)
    }

    /// An App API client, to read.
    pub(crate) fn app(&self) -> Result<ApiClient, Failure> {
        self.app_with(None)
    }

    /// An App API client, to change something; in a dry run one that sends nothing.
    pub(crate) fn app_writing(&self, dry_run: &DryRun) -> Result<ApiClient, Failure> {
        self.app_with(dry_run.recorder())
    }

    fn app_with(&self, recorder: Option<&Recorder>) -> Result<ApiClient, Failure> {
        let variables = self.variables()?;
        let builder = ApiClient::builder_from_vars(|name| variables.get(name))?
            .rate_limits(RateLimits::documented());
        let builder = match recorder {
            Some(recorder) => builder.dry_run(recorder),
            None => builder,
        };
        Ok(builder.build()?)
    }

    /// Asks before something is done that cannot be undone. Not in a dry run.
    pub(crate) fn confirm(&self, confirm: &Confirm, question: &str) -> Result<(), Failure> {
        if confirm.yes || confirm.dry_run.recorder().is_some() {
            return Ok(());
        }
        match self.output.asks(question) {
            Some(true) => Ok(()),
            Some(false) => Err(Failure::refused("nothing was changed")),
            None => Err(
                Failure::config("nothing was changed: there is no terminal to ask on").next(
                    "add --yes to do it without asking, or --dry-run to see what would be sent",
                ),
            ),
        }
    }

    /// A client of a server's `/admin/v1`.
    pub(crate) async fn admin(&self, args: &ServerArgs) -> Result<AdminClient, Failure> {
        let variables = self.variables()?;
        let variables = match args.token_stdin {
            true => variables,
            false => variables.revealed(&[env_vars::ADMIN_TOKEN]).await?,
        };
        AdminClient::new(args, &variables, &self.output)
    }
}
