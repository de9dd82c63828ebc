//! Whatever comes is read or refused.

use proptest::prelude::*;
use serde_json::Value;

use super::{Kind, read_batch, read_one};

/// JSON that is nearly a message.
fn nearly() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "type",
        "userId",
        "anonymousId",
        "previousId",
        "groupId",
        "event",
        "name",
        "category",
        "traits",
        "properties",
        "context",
        "device",
        "token",
        "timestamp",
        "messageId",
        "email",
        "createdAt",
        "objectId",
        "objectTypeId",
        "relationshipAttributes",
        "batch",
        "url",
        "deliveryId",
        "metric",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,4}".prop_map(Value::from),
        prop::sample::select(vec![
            "identify",
            "track",
            "page",
            "group",
            "alias",
            "2024-02-29T00:00:00Z",
            "a@b.c",
            "Device Created or Updated",
            "Object Deleted",
            "Report Delivery Event",
            "ios",
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

const KINDS: [Kind; 6] = [
    Kind::Identify,
    Kind::Track,
    Kind::Page,
    Kind::Screen,
    Kind::Group,
    Kind::Alias,
];

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        for kind in KINDS {
            let _ = read_one(kind, &bytes);
        }
        let _ = read_batch(&bytes);
    }

    #[test]
    fn what_is_nearly_a_message_is_read_or_refused(value in nearly()) {
        let text = value.to_string();
        for kind in KINDS {
            if let Err(invalid) = read_one(kind, text.as_bytes()) {
                prop_assert!(!invalid.message().is_empty());
            }
        }
        let _ = read_batch(text.as_bytes());
    }
}
