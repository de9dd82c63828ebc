//! Whatever comes is read or refused.

use proptest::prelude::*;
use serde_json::Value;

use super::{operation, read_batch, read_item};

/// JSON that is nearly an operation.
fn nearly() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "type",
        "action",
        "identifiers",
        "id",
        "email",
        "cio_id",
        "anonymous_id",
        "name",
        "attributes",
        "data",
        "timestamp",
        "device",
        "token",
        "platform",
        "cio_relationships",
        "object_type_id",
        "object_id",
        "cio_object_id",
        "primary",
        "secondary",
        "batch",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,4}".prop_map(Value::from),
        prop::sample::select(vec![
            "person",
            "object",
            "delivery",
            "identify",
            "event",
            "page",
            "add_device",
            "add_relationships",
            "identify_anonymous",
            "merge",
            "delete",
            "ios",
            "opened",
            "1",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..9)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = operation::read(&bytes);
        let _ = read_batch(&bytes);
    }

    #[test]
    fn what_is_nearly_an_operation_is_read_or_refused(value in nearly()) {
        let text = value.to_string();
        if let Err(invalid) = operation::read(text.as_bytes()) {
            let item = invalid.into_item(Some(0));
            prop_assert!(!item.message.is_empty());
        }
        for item in read_batch(text.as_bytes()).unwrap_or_default() {
            let _ = read_item(item);
        }
    }
}
