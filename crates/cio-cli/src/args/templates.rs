//! What can be typed about templates of transactional messages.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio templates list\n  \
    customerio templates show order_shipped\n\n\
    TEMPLATE is the number of a template, or its name. On a server of your own, \
    customerio apply makes them of files.")]
pub(crate) struct TemplatesArgs {
    #[command(subcommand)]
    pub(crate) command: TemplatesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TemplatesCommand {
    /// List the templates
    List,
    /// Show a template, and what it says in each language
    Show(TemplateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TemplateArgs {
    /// Which
    pub(crate) template: String,
}
