//! What takes people away, and lets them come back.

use serde_json::json;

use crate::args::people::{MergeArgs, RemoveArgs, UnsuppressArgs};
use crate::commands::exact;
use crate::context::Context;
use crate::exit::Failure;

pub(super) async fn delete(args: &RemoveArgs, context: &Context) -> Result<(), Failure> {
    let person = &args.person.0;
    let name = person.value();
    context.confirm(&args.confirm, &format!("Delete {name} with all data?"))?;
    let dry_run = &args.confirm.dry_run;
    let track = context.track(dry_run)?;
    let deleted = exact::call(
        person,
        |person| track.destroy(person),
        |exact| track.entity(exact.delete()),
    );
    deleted.await?;
    let done = json!({ person.id_type(): name, "deleted": true });
    dry_run.say(&context.output, &done, || format!("Deleted {name}."));
    Ok(())
}

pub(super) async fn suppress(args: &RemoveArgs, context: &Context) -> Result<(), Failure> {
    let person = &args.person.0;
    let name = person.value();
    let question = format!("Delete {name} with all data, and keep them out?");
    context.confirm(&args.confirm, &question)?;
    let dry_run = &args.confirm.dry_run;
    let track = context.track(dry_run)?;
    let suppressed = exact::call(
        person,
        |person| track.suppress(person),
        |exact| track.entity(exact.suppress()),
    );
    suppressed.await?;
    let done = json!({ person.id_type(): name, "suppressed": true });
    dry_run.say(&context.output, &done, || {
        format!("Suppressed {name}: whatever names them is ignored from now on.")
    });
    Ok(())
}

pub(super) async fn unsuppress(args: &UnsuppressArgs, context: &Context) -> Result<(), Failure> {
    let person = &args.person.0;
    let name = person.value();
    let track = context.track(&args.dry_run)?;
    let unsuppressed = exact::call(
        person,
        |person| track.unsuppress(person),
        |exact| track.entity(exact.unsuppress()),
    );
    unsuppressed.await?;
    let done = json!({ person.id_type(): name, "suppressed": false });
    args.dry_run.say(&context.output, &done, || {
        format!("{name} can be created again; what was deleted stays deleted.")
    });
    Ok(())
}

pub(super) async fn merge(args: &MergeArgs, context: &Context) -> Result<(), Failure> {
    let (primary, secondary) = (&args.primary.0, &args.secondary.0);
    let (stays, goes) = (primary.value(), secondary.value());
    let question = format!("Make {goes} part of {stays}, and delete {goes}?");
    context.confirm(&args.confirm, &question)?;
    let dry_run = &args.confirm.dry_run;
    let track = context.track(dry_run)?;
    track.merge_customers(primary, secondary).await?;
    let done = json!({
        "primary": { primary.id_type(): stays },
        "secondary": { secondary.id_type(): goes },
    });
    dry_run.say(&context.output, &done, || {
        format!("Merged {goes} into {stays}. If there is no {stays}, nothing happens.")
    });
    Ok(())
}
