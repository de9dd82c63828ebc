//! `customerio completions` and `customerio man`: made from what can be typed.

use std::fs;

use clap::CommandFactory;

use crate::args::{Arguments, CompletionsArgs, ManArgs};
use crate::context::Context;
use crate::exit::{self, Failure};

pub(crate) fn completions(args: &CompletionsArgs, context: &Context) -> Result<u8, Failure> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(args.shell, &mut command, "customerio", &mut script);
    context.output.bytes(&script);
    Ok(exit::DONE)
}

pub(crate) fn man(args: &ManArgs, context: &Context) -> Result<u8, Failure> {
    let command = Arguments::command();
    let Some(directory) = &args.into else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(command).render(&mut page);
        rendered.map_err(Failure::unexpected)?;
        context.output.bytes(&page);
        return Ok(exit::DONE);
    };
    let shown = directory.display();
    fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(command, directory))
        .map_err(|error| Failure::config(format!("cannot write into {shown}: {error}")))?;
    context
        .output
        .note(&format!("Wrote the pages of all commands into {shown}."));
    Ok(exit::DONE)
}
