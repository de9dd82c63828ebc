//! The devices that a person gets push messages on.

use customerio::Device;
use serde_json::json;

use crate::args::people::{AddDeviceArgs, DeleteDeviceArgs, DevicesCommand, Platform};
use crate::commands::exact;
use crate::context::Context;
use crate::exit::Failure;

pub(super) async fn run(command: &DevicesCommand, context: &Context) -> Result<(), Failure> {
    match command {
        DevicesCommand::Add(args) => add(args, context).await,
        DevicesCommand::Delete(args) => delete(args, context).await,
    }
}

async fn add(args: &AddDeviceArgs, context: &Context) -> Result<(), Failure> {
    let person = &args.person.0;
    let platform = match args.platform {
        Platform::Ios => customerio::Platform::Ios,
        Platform::Android => customerio::Platform::Android,
    };
    let mut device = Device::new(&args.token, platform);
    if let Some(last_used) = args.last_used {
        device = device.last_used(last_used.ago());
    }
    for (name, value) in &args.attributes {
        device = device.attribute(name, value);
    }
    let track = context.track(&args.dry_run)?;
    let added = exact::call(
        person,
        |person| track.add_device(person, &device),
        |exact| track.entity(exact.add_device(&device)),
    );
    added.await?;
    let done = json!({ person.id_type(): person.value(), "device": args.token });
    args.dry_run.say(&context.output, &done, || {
        format!("Added the device to {}.", person.value())
    });
    Ok(())
}

async fn delete(args: &DeleteDeviceArgs, context: &Context) -> Result<(), Failure> {
    let person = &args.person.0;
    let track = context.track(&args.dry_run)?;
    let deleted = exact::call(
        person,
        |person| track.delete_device(person, &args.token),
        |exact| track.entity(exact.delete_device(&args.token)),
    );
    deleted.await?;
    let done = json!({ person.id_type(): person.value(), "deleted_device": args.token });
    args.dry_run.say(&context.output, &done, || {
        format!("Deleted the device of {}.", person.value())
    });
    Ok(())
}
