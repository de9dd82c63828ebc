//! What rows become, by the requests that they make.

use customerio::TrackClient;
use customerio::testing::Recorder;
use proptest::prelude::*;

use super::*;
use crate::import::cell::CellType;
use crate::import::format::Format;
use crate::import::records::Records;

fn operations(kind: Kind) -> Operations {
    Operations {
        kind,
        mapping: Mapping::new(kind, [], []),
        columns: None,
        identifier: None,
        empty: Empty::Skip,
        update_only: false,
        name: None,
        import: "import".to_owned(),
    }
}

/// The body of each row, or why there is none.
fn bodies(operations: &Operations, format: Format, text: &str) -> Vec<Result<Value, String>> {
    let source = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
    let mut records = Records::open(source, format, None).unwrap().unwrap();
    let mut operations = operations.clone();
    let columns = records.header().map(|it| operations.mapping.columns(it));
    operations.columns = columns.transpose().unwrap();
    operations.check_columns().unwrap();
    std::iter::from_fn(|| records.next().unwrap())
        .map(|record| operations.operation(&record).map(|it| body(&it)))
        .collect()
}

fn body(operation: &Operation) -> Value {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(async { track.entity(operation.entity.clone()).await })
        .unwrap();
    let call = recorder.only_call();
    assert_eq!(call.body.len(), operation.size);
    call.json()
}

fn one(operations: &Operations, format: Format, text: &str) -> Result<Value, String> {
    let mut all = bodies(operations, format, text);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn a_person_has_the_attributes_of_their_row() {
    let text = "id,email,plan,seats,active,created_at,zip,empty\n\
                42,ana@example.com,pro,5,true,2026-09-21,01234,\n";
    let body = one(&operations(Kind::People), Format::Csv, text).unwrap();
    assert_eq!(
        body,
        json!({
            "type": "person",
            "action": "identify",
            "identifiers": { "id": "42" },
            "attributes": {
                "email": "ana@example.com", "plan": "pro", "seats": 5, "active": true,
                "created_at": 1_789_948_800, "zip": "01234",
            },
        })
    );
}

#[test]
fn the_first_name_that_a_row_has_names_the_person() {
    let text = "id,email,cio_id\n42,a@example.com,x1\n,a@example.com,x1\n,,x1\n,,\n";
    let seen = bodies(&operations(Kind::People), Format::Csv, text);
    let named: Vec<_> = seen
        .iter()
        .flatten()
        .map(|body| &body["identifiers"])
        .collect();
    let expected = [
        json!({"id": "42"}),
        json!({"email": "a@example.com"}),
        json!({"cio_id": "x1"}),
    ];
    assert_eq!(named, expected.iter().collect::<Vec<_>>());
    // A cio_id is nobody's to set.
    assert_eq!(
        seen[0].as_ref().unwrap()["attributes"],
        json!({"email": "a@example.com"})
    );
    assert_eq!(seen[1].as_ref().unwrap()["attributes"], Value::Null);
    assert!(
        seen[3]
            .as_ref()
            .unwrap_err()
            .contains("nothing names the person")
    );
}

#[test]
fn the_name_that_is_asked_for_must_be_there() {
    let mut people = operations(Kind::People);
    people.identifier = Some(PersonKind::Email);
    let seen = bodies(&people, Format::Csv, "id,email\n42,a@example.com\n43, \n");
    let body = seen[0].as_ref().unwrap();
    assert_eq!(body["identifiers"], json!({"email": "a@example.com"}));
    assert_eq!(body["attributes"], json!({"id": "42"}));
    assert_eq!(seen[1].as_ref().unwrap_err(), "has no email");
}

#[test]
fn empty_cells_remove_attributes_only_if_asked_to() {
    let mut people = operations(Kind::People);
    let text = "id,plan,born\n42,,\n";
    assert_eq!(
        one(&people, Format::Csv, text).unwrap()["attributes"],
        Value::Null
    );
    people.empty = Empty::Clear;
    people.update_only = true;
    let body = one(&people, Format::Csv, text).unwrap();
    assert_eq!(
        body["attributes"],
        json!({"plan": "", "born": "", "_update": true})
    );
}

#[test]
fn an_event_has_a_name_a_time_an_id_and_data() {
    let text = "id,name,timestamp,total,sku\n42,order,2026-09-21T14:13:20Z,9.5,A-1\n";
    let body = one(&operations(Kind::Events), Format::Csv, text).unwrap();
    assert!(cio_wire::event_id::is_ulid(body["id"].as_str().unwrap()));
    assert_eq!(body["name"], "order");
    assert_eq!(body["timestamp"], 1_790_000_000);
    assert_eq!(body["identifiers"], json!({"id": "42"}));
    assert_eq!(body["attributes"], json!({"total": 9.5, "sku": "A-1"}));
}

#[test]
fn beside_an_email_the_id_is_the_event_s() {
    let mut events = operations(Kind::Events);
    let text = "id,email,name\n01HF0000000000000000000001,a@example.com,order\n";
    events.mapping = Mapping::new(Kind::Events, [], []);
    let mut unclear = events.clone();
    unclear.columns = Some(
        ["id", "email", "name"]
            .map(|name| events.mapping.column(name))
            .to_vec(),
    );
    assert_eq!(unclear.check_columns(), Err(AMBIGUOUS.to_owned()));
    let line = r#"{"id":"1","email":"a@example.com","name":"order"}"#;
    assert_eq!(one(&events, Format::Jsonl, line), Err(AMBIGUOUS.to_owned()));

    events.identifier = Some(PersonKind::Email);
    let body = one(&events, Format::Csv, text).unwrap();
    assert_eq!(body["id"], "01HF0000000000000000000001");
    assert_eq!(body["identifiers"], json!({"email": "a@example.com"}));
    events.identifier = Some(PersonKind::Id);
    let body = one(&events, Format::Csv, text).unwrap();
    assert_eq!(body["attributes"], json!({"email": "a@example.com"}));
}

#[test]
fn lines_of_json_are_rows() {
    let people = operations(Kind::People);
    let line =
        r#"{"id":42,"plan":null,"tags":["a"],"created_at":"2026-09-21","attributes":{"seats":5}}"#;
    let body = one(&people, Format::Jsonl, line).unwrap();
    assert_eq!(body["identifiers"], json!({"id": "42"}));
    let attributes = json!({"plan": null, "tags": ["a"], "created_at": 1_789_948_800, "seats": 5});
    assert_eq!(body["attributes"], attributes);

    let mut events = operations(Kind::Events);
    events.name = Some("order".to_owned());
    let line =
        r#"{"email":"a@example.com","timestamp":1790000000,"data":{"name":"chair","total":9}}"#;
    let body = one(&events, Format::Jsonl, line).unwrap();
    assert_eq!(body["name"], "order");
    assert_eq!(body["attributes"], json!({"name": "chair", "total": 9}));
}

#[test]
fn what_cannot_be_sent_says_why() {
    let people = operations(Kind::People);
    let events = operations(Kind::Events);
    let long = "x".repeat(1_001);
    let name = "n".repeat(101);
    for (operations, format, text, said) in [
        (
            &people,
            Format::Csv,
            "id,a\n1\n".to_owned(),
            "1 cells where there are 2",
        ),
        (
            &people,
            Format::Csv,
            format!("id,a\n1,{long}\n"),
            "a has 1001 bytes",
        ),
        (
            &people,
            Format::Csv,
            format!("id\n{}\n", "7".repeat(151)),
            "at most 150 bytes",
        ),
        (
            &people,
            Format::Csv,
            "id,created_at\n1,soon\n".into(),
            "created_at is no time",
        ),
        (&people, Format::Jsonl, "{\"id\":1".into(), "no JSON object"),
        (&people, Format::Jsonl, "[1]".into(), "no JSON object"),
        (
            &people,
            Format::Jsonl,
            "{\"id\":[1]}".into(),
            "id is neither",
        ),
        (
            &events,
            Format::Csv,
            "id,name\n1,\n".into(),
            "has no name of an event",
        ),
        (
            &events,
            Format::Csv,
            format!("id,name\n1,{name}\n"),
            "name of 101 bytes",
        ),
        (
            &events,
            Format::Csv,
            "id,name,timestamp\n1,a,1\n".into(),
            "Unix seconds",
        ),
        (
            &events,
            Format::Csv,
            "id,name,timestamp\n1,a,1790000000000\n".into(),
            "milliseconds",
        ),
    ] {
        let problem = one(operations, format, &text).unwrap_err();
        assert!(problem.contains(said), "{problem}");
    }
}

#[test]
fn a_cell_that_is_not_utf_8_is_named() {
    let record = Record {
        line: 2,
        bytes: b"1m\xfcller".to_vec(),
        ends: vec![1, 7],
        problem: None,
    };
    let mut people = operations(Kind::People);
    people.columns = Some(
        ["id", "name"]
            .map(|name| people.mapping.column(name))
            .to_vec(),
    );
    assert_eq!(
        people.operation(&record).err().unwrap(),
        "name is not UTF-8"
    );
    let line = Record {
        ends: vec![7],
        ..record
    };
    people.columns = None;
    assert_eq!(people.operation(&line).err().unwrap(), "is not UTF-8");
}

#[test]
fn people_under_way_are_known_by_all_their_names() {
    let people = operations(Kind::People);
    let key_of = |text: &str| {
        let source = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        let mut records = Records::open(source, Format::Jsonl, None).unwrap().unwrap();
        let record = records.next().unwrap().unwrap();
        people.operation(&record).unwrap().people
    };
    let both = key_of(r#"{"id":"1","email":"A@example.com"}"#);
    assert_eq!(both.len(), 2);
    assert!(both.contains(&key_of(r#"{"id":1}"#)[0]));
    assert!(both.contains(&key_of(r#"{"email":"a@example.com"}"#)[0]));
    assert!(!both.contains(&key_of(r#"{"id":"A@example.com"}"#)[0]));
}

proptest! {
    /// Whatever is in a file, a row is sent or has a reason.
    #[test]
    fn no_row_is_more_than_can_be_sent(cells in prop::collection::vec(".{0,40}", 1..6)) {
        let mut people = operations(Kind::People);
        people.mapping = Mapping::new(Kind::People, [], [("a".to_owned(), CellType::Auto)]);
        people.columns = Some(["id", "a"].map(|name| people.mapping.column(name)).to_vec());
        let bytes: Vec<u8> = cells.concat().into_bytes();
        let mut end = 0;
        let ends = cells.iter().map(|cell| { end += cell.len(); end }).collect();
        let record = Record { line: 2, bytes, ends, problem: None };
        match people.operation(&record) {
            Ok(operation) => prop_assert!(operation.size <= 32_000),
            Err(reason) => prop_assert!(!reason.is_empty()),
        }
    }
}
