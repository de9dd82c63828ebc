//! Taking the rows of an import in.

use cio_domain::job::Job;
use cio_domain::limits::IMPORT_ERRORS_MAX;
use cio_domain::operation::{RelatePerson, Subject};
use cio_domain::resolution::Claim;
use cio_domain::transfer::{DataToProcess, Import, ImportStep};
use cio_domain::{Operation, Outcome, PersonId, UnixMillis};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::{Context, Subjected, put, requeue, take_subject};
use crate::apply::{apply, names, objects};
use crate::engine::Table;
use crate::keys;
use crate::transaction::Transaction;

/// Takes in a part of an import, in the same commit with how far it is.
pub(crate) fn take_in(
    transaction: &mut Transaction<'_>,
    job: Job,
    at: UnixMillis,
    lease_until: UnixMillis,
    step: ImportStep,
) -> Result<Option<Job>, StoreError> {
    let Some(Subjected::Import(mut import, _)) = take_subject(transaction, &job)? else {
        return Ok(None);
    };
    let context = Context {
        workspace: job.workspace,
        at,
    };
    for row in step.rows {
        let refusal = match row.content {
            Err(reason) => Some(reason),
            Ok(operation) => {
                if !is_wanted(transaction, context, &import, &operation)? {
                    continue;
                }
                match apply(transaction, context, operation)? {
                    Outcome::Applied => None,
                    Outcome::Ignored(reason) => Some(reason.as_str().to_owned()),
                }
            }
        };
        match refusal {
            None => import.rows_imported += 1,
            Some(reason) => {
                if import.rows_failed < IMPORT_ERRORS_MAX {
                    let key = keys::import_error(context.workspace, import.id, row.number);
                    transaction.put(Table::Jobs, key, reason.into_bytes());
                }
                import.rows_failed += 1;
            }
        }
    }
    import.state = step.state;
    import.position = step.position;
    import.rows_to_import = step.rows_to_import.unwrap_or(import.rows_to_import);
    import.error = None;
    import.updated_at = at;
    // It goes on: what was tried before no longer counts.
    let place = requeue(transaction, &job, lease_until, 1)?;
    put(
        transaction,
        job.workspace,
        Subjected::Import(import, Some(place)),
    );
    Ok(Some(Job {
        attempts: 0,
        lease_until,
        ..job
    }))
}

/// Whether a row is one of those that are to be taken.
fn is_wanted(
    transaction: &mut Transaction<'_>,
    context: Context,
    import: &Import,
    operation: &Operation,
) -> Result<bool, StoreError> {
    Ok(match import.details.data_to_process {
        DataToProcess::All => true,
        DataToProcess::OnlyNew => !exists(transaction, context, operation)?,
        DataToProcess::OnlyExisting => exists(transaction, context, operation)?,
    })
}

/// Whether that which a row is about is there: a person, an object, or the relationship of
/// the two.
fn exists(
    transaction: &mut Transaction<'_>,
    context: Context,
    operation: &Operation,
) -> Result<bool, StoreError> {
    match operation {
        Operation::Identify(identify) => match &identify.person {
            Subject::Person(person) => Ok(person_of(transaction, context, person)?.is_some()),
            Subject::Visitor(_) => Ok(false),
        },
        Operation::Track { person, .. } => Ok(person_of(transaction, context, person)?.is_some()),
        Operation::IdentifyObject(identify) => {
            Ok(objects::find(transaction, context, &identify.object)?.is_some())
        }
        Operation::RelateObject { object, people } => {
            let Some(object) = objects::find(transaction, context, object)? else {
                return Ok(false);
            };
            let Some(RelatePerson::Add {
                person: Subject::Person(person),
                ..
            }) = people.first()
            else {
                return Ok(false);
            };
            let Some(person) = person_of(transaction, context, person)? else {
                return Ok(false);
            };
            let key = keys::person_of(context.workspace, object.cio_object_id, person);
            Ok(transaction.get(Table::Objects, &key)?.is_some())
        }
        _ => Ok(false),
    }
}

fn person_of(
    transaction: &mut Transaction<'_>,
    context: Context,
    person: &Identifier,
) -> Result<Option<PersonId>, StoreError> {
    Ok(match names::claim(transaction, context, person)? {
        Claim::Person(person) => Some(person),
        Claim::Free | Claim::Suppressed | Claim::UnknownCioId => None,
    })
}
