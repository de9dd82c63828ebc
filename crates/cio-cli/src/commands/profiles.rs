//! `customerio profiles`: which there are, and what they set.

use std::fs;

use serde_json::{Map, Value, json};

use crate::args::{ProfileRemoveArgs, ProfilesArgs, ProfilesCommand};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::masked;
use crate::settings::{self, profiles};

pub(crate) fn run(args: &ProfilesArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        ProfilesCommand::List => list(context),
        ProfilesCommand::Show(args) => show(&args.name, context),
        ProfilesCommand::Remove(args) => remove(args, context),
    }?;
    Ok(exit::DONE)
}

fn list(context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let mut found = Vec::new();
    for name in profiles::names() {
        let path = profiles::path_of(&name)?;
        found.push(json!({ "name": name, "file": path.display().to_string() }));
    }
    if found.is_empty() {
        output.note("There are none: customerio init --profile NAME makes one.");
    }
    output.list(&found, &["NAME", "FILE"], |profile| {
        vec![super::text(&profile["name"]), super::text(&profile["file"])]
    });
    Ok(())
}

fn show(name: &str, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let path = profiles::path_of(name)?;
    if !path.exists() {
        return Err(profiles::unknown(name));
    }
    let variables = settings::read(&path)?;
    let mut names: Vec<&String> = variables.keys().collect();
    names.sort();
    let shown = |name: &str| masked::shown(name, variables.get(name).map_or("", String::as_str));
    let values: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).clone(), shown(name).into()))
        .collect();
    let answer = json!({ "name": name, "file": path.display().to_string(), "variables": values });
    output.answer(&answer, || {
        let rows: Vec<Vec<String>> = names
            .iter()
            .map(|name| vec![(*name).clone(), shown(name)])
            .collect();
        output.table(&["VARIABLE", "VALUE"], &rows);
    });
    Ok(())
}

fn remove(args: &ProfileRemoveArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let name = &args.name;
    let path = profiles::path_of(name)?;
    if !path.exists() {
        return Err(profiles::unknown(name));
    }
    if !args.yes {
        match output.asks(&format!("Remove the profile {name}, credentials included?")) {
            Some(true) => {}
            Some(false) => return Err(Failure::config("nothing was removed")),
            None => {
                return Err(Failure::config(
                    "without a terminal there is nobody to ask whether to remove it",
                )
                .next("say so: --yes"));
            }
        }
    }
    fs::remove_file(&path)
        .map_err(|error| Failure::config(format!("cannot remove {}: {error}", path.display())))?;
    output.answer(&json!({ "removed": name }), || {
        output.note(&format!("Removed the profile {name}."));
    });
    Ok(())
}
