//! Objects: creating, updating and removing them.

use cio_domain::activity::ActivityKind;
use cio_domain::object::{ObjectId, ObjectIdentifiers, ObjectRef, ObjectTypeId};
use cio_domain::operation::IdentifyObject;
use cio_domain::{Ignored, Outcome};
use cio_store::StoreError;
use serde_json::{Value, json};

use super::attributes::{Changing, Noted};
use super::{Context, activities, relationships};
use crate::engine::Table;
use crate::keys::{self, ATTRIBUTE, NAMES, Owner};
use crate::rows::{self, ActivityRow, ObjectRow};
use crate::transaction::Transaction;

pub(super) fn identify(
    transaction: &mut Transaction<'_>,
    context: Context,
    identify: IdentifyObject,
) -> Result<Outcome, StoreError> {
    let Some(object) = find_or_create(transaction, context, &identify.object)? else {
        return refuse(transaction, context);
    };
    let changing = Changing {
        at: identify.timestamp.unwrap_or_else(|| context.seconds()),
        may_be_late: identify.timestamp.is_some(),
    };
    let mut noted = Noted::default();
    for change in identify.attributes {
        let (workspace, id) = (context.workspace, object.cio_object_id);
        let key = keys::object_row(workspace, id, ATTRIBUTE, &change.0);
        noted.write(transaction, (Table::Objects, key), changing, change)?;
    }
    for (change, attributes) in [
        ("attribute_change", noted.changed),
        ("failed_attribute_change", noted.skipped),
    ] {
        if !attributes.is_empty() {
            let kind = ActivityKind::object(object.type_id, change);
            let data = with_attributes(&object, attributes.into_value());
            record(transaction, context, &object, &kind, &data)?;
        }
    }
    relationships::relate_people(transaction, context, &identify.object, identify.people)?;
    Ok(Outcome::Applied)
}

/// Removes an object with its relationships and its history, and leaves a line that says
/// so. One that is not there is no error, unless its number names nothing.
pub(super) fn delete(
    transaction: &mut Transaction<'_>,
    context: Context,
    reference: &ObjectRef,
) -> Result<Outcome, StoreError> {
    let workspace = context.workspace;
    let Some(object) = find(transaction, context, reference)? else {
        return missing(transaction, context, reference);
    };
    relationships::forget_object(transaction, context, &object)?;
    let rows = keys::object(workspace, object.cio_object_id);
    transaction.remove_all(Table::Objects, &rows)?;
    transaction.next(&keys::removed_objects(workspace))?;
    let by_id = keys::object_id(workspace, object.type_id, &object.object_id);
    transaction.remove(Table::Objects, by_id);
    activities::remove_all(transaction, context, &Owner::Object(object.cio_object_id))?;
    let row = ActivityRow {
        data: Some(names(&object).to_string()),
        ..ActivityRow::of(&ActivityKind::object(object.type_id, "delete"))
    };
    activities::record(transaction, context, &Owner::Workspace, &row)?;
    Ok(Outcome::Applied)
}

/// The object a reference means.
pub(super) fn find(
    transaction: &mut Transaction<'_>,
    context: Context,
    reference: &ObjectRef,
) -> Result<Option<ObjectIdentifiers>, StoreError> {
    match reference {
        ObjectRef::Id(type_id, object_id) => {
            let key = keys::object_id(context.workspace, *type_id, object_id);
            let number = transaction.get(Table::Objects, &key)?;
            let number = number.map(|bytes| rows::number(Table::Objects, &bytes));
            Ok(number.transpose()?.map(|number| ObjectIdentifiers {
                type_id: *type_id,
                object_id: object_id.clone(),
                cio_object_id: ObjectId(number),
            }))
        }
        ObjectRef::CioId(text) => match text.parse() {
            Ok(object) => by_number(transaction, context, object),
            Err(_) => Ok(None),
        },
    }
}

pub(super) fn by_number(
    transaction: &mut Transaction<'_>,
    context: Context,
    object: ObjectId,
) -> Result<Option<ObjectIdentifiers>, StoreError> {
    let key = keys::object_row(context.workspace, object, NAMES, "");
    let row = transaction.get(Table::Objects, &key)?;
    row.map(|bytes| {
        let row: ObjectRow = rows::decode(Table::Objects, &bytes)?;
        Ok(row.into_identifiers(object))
    })
    .transpose()
}

/// The object a reference means, created if it is named by type and id and unknown.
pub(super) fn find_or_create(
    transaction: &mut Transaction<'_>,
    context: Context,
    reference: &ObjectRef,
) -> Result<Option<ObjectIdentifiers>, StoreError> {
    match (find(transaction, context, reference)?, reference) {
        (None, ObjectRef::Id(type_id, object_id)) => {
            create(transaction, context, *type_id, object_id).map(Some)
        }
        (found, _) => Ok(found),
    }
}

fn create(
    transaction: &mut Transaction<'_>,
    context: Context,
    type_id: ObjectTypeId,
    object_id: &str,
) -> Result<ObjectIdentifiers, StoreError> {
    let workspace = context.workspace;
    let id = ObjectId(transaction.next(&keys::object_counter(workspace))?);
    let row = ObjectRow {
        type_id: type_id.0,
        object_id: object_id.to_owned(),
        created_at: context.seconds(),
    };
    let names_key = keys::object_row(workspace, id, NAMES, "");
    transaction.put(Table::Objects, names_key, rows::encode(&row));
    let by_id = keys::object_id(workspace, type_id, object_id);
    transaction.put(Table::Objects, by_id, id.0.to_be_bytes().to_vec());
    let type_key = keys::object_type(workspace, type_id);
    if transaction.get(Table::Objects, &type_key)?.is_none() {
        transaction.put(Table::Objects, type_key, Vec::new());
        transaction.next(&keys::object_type_counter(workspace))?;
    }
    let object = row.into_identifiers(id);
    let kind = ActivityKind::object(type_id, "create");
    record(transaction, context, &object, &kind, &names(&object))?;
    Ok(object)
}

/// Something that happened to an object, in its log.
pub(super) fn record(
    transaction: &mut Transaction<'_>,
    context: Context,
    object: &ObjectIdentifiers,
    kind: &ActivityKind,
    data: &Value,
) -> Result<(), StoreError> {
    let row = ActivityRow {
        data: Some(data.to_string()),
        ..ActivityRow::of(kind)
    };
    let owner = Owner::Object(object.cio_object_id);
    activities::record(transaction, context, &owner, &row)
}

/// An object as the activity log names it.
pub(super) fn names(object: &ObjectIdentifiers) -> Value {
    json!({
        "object_type_id": object.type_id.to_string(),
        "object_id": object.object_id,
        "cio_object_id": object.cio_object_id.to_string(),
    })
}

pub(super) fn with_attributes(object: &ObjectIdentifiers, attributes: Value) -> Value {
    let mut data = names(object);
    data["attributes"] = attributes;
    data
}

/// Nothing to do for an object that is not there; a number that names nothing is refused.
pub(super) fn missing(
    transaction: &mut Transaction<'_>,
    context: Context,
    reference: &ObjectRef,
) -> Result<Outcome, StoreError> {
    match reference {
        ObjectRef::Id(..) => Ok(Outcome::Applied),
        ObjectRef::CioId(_) => refuse(transaction, context),
    }
}

pub(super) fn refuse(
    transaction: &mut Transaction<'_>,
    context: Context,
) -> Result<Outcome, StoreError> {
    let reason = Ignored::UnknownObject;
    let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
    let name = Some("object".to_owned());
    activities::refusal(transaction, context, &kind, name, reason)?;
    Ok(Outcome::Ignored(reason))
}
