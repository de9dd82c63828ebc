//! Rows of every kind.

use cio_domain::attribute::Change;
use cio_domain::transfer::DataToProcess;

use super::*;

fn columns(kind: ImportKind, person: Option<PersonName>, header: &str) -> Result<Columns, String> {
    let import = NewImport {
        name: String::new(),
        description: String::new(),
        kind,
        person,
        object_type: (kind == ImportKind::Object).then_some(ObjectTypeId(1)),
        data_to_process: DataToProcess::All,
        data_file_url: String::new(),
    };
    let names: Vec<String> = header.split(',').map(str::to_owned).collect();
    Columns::read(&import, &names)
}

fn row(columns: &Columns, cells: &[&[u8]]) -> Result<Operation, String> {
    columns.operation(&ByteRecord::from(cells.to_vec()))
}

fn texts(columns: &Columns, cells: &str) -> Result<Operation, String> {
    let cells: Vec<&[u8]> = cells.split(',').map(str::as_bytes).collect();
    row(columns, &cells)
}

const ID: Option<PersonName> = Some(PersonName::Id);
const EMAIL: Option<PersonName> = Some(PersonName::Email);

#[test]
fn people_get_the_attributes_of_their_row() {
    let people = columns(ImportKind::People, ID, "id,email,plan,,_timestamp").unwrap();
    let Operation::Identify(identify) = texts(&people, "1,a@b.c,=1+1,x,1700000000").unwrap() else {
        panic!("not an identify");
    };
    assert_eq!(identify.person, Identifier::Id("1".to_owned()).into());
    assert_eq!(identify.email.as_deref(), Some("a@b.c"));
    let plan = Change::Set("\"=1+1\"".to_owned());
    assert_eq!(identify.attributes, [("plan".to_owned(), plan)]);
    assert_eq!(identify.timestamp, Some(1_700_000_000));
    // Nothing is removed by a cell that is empty.
    let Operation::Identify(identify) = texts(&people, "1,,,,").unwrap() else {
        panic!("not an identify");
    };
    assert_eq!((identify.email, identify.attributes), (None, Vec::new()));
    let by_email = columns(ImportKind::People, EMAIL, "id,email").unwrap();
    let Operation::Identify(identify) = texts(&by_email, "7, a@b.c ").unwrap() else {
        panic!("not an identify");
    };
    assert_eq!(
        identify.person,
        Identifier::Email("a@b.c".to_owned()).into()
    );
    assert_eq!(identify.id.as_deref(), Some("7"));
}

#[test]
fn events_have_a_name_a_time_an_id_and_data() {
    let events = columns(ImportKind::Event, ID, "id,name,timestamp,event_id,price").unwrap();
    let bought = Operation::Track {
        person: Identifier::Id("1".to_owned()),
        event: Event {
            kind: EventKind::Event,
            name: "bought".to_owned(),
            id: Some("e1".to_owned()),
            timestamp: Some(1_700_000_000),
            data: Some("{\"price\":\"9\"}".to_owned()),
        },
    };
    assert_eq!(texts(&events, "1, bought ,1700000000,e1,9"), Ok(bought));
    let bare = columns(ImportKind::Event, EMAIL, "email,event,name,id").unwrap();
    let Operation::Track { event, .. } = texts(&bare, "a@b.c,bought,shoe,e1").unwrap() else {
        panic!("not an event");
    };
    assert_eq!(
        (event.name.as_str(), event.id.as_deref()),
        ("bought", Some("e1"))
    );
    assert_eq!(event.data.as_deref(), Some("{\"name\":\"shoe\"}"));
    let refused = texts(&events, "1,bought,today,,");
    assert_eq!(
        refused.unwrap_err(),
        "timestamp must be a Unix timestamp in seconds"
    );
    assert_eq!(texts(&events, "1,,,,").unwrap_err(), "name cannot be blank");
}

#[test]
fn objects_and_relationships_name_their_object() {
    let objects = columns(ImportKind::Object, None, "object_id,size").unwrap();
    let Operation::IdentifyObject(object) = texts(&objects, "acme,9").unwrap() else {
        panic!("not an object");
    };
    let acme = ObjectRef::Id(ObjectTypeId(1), "acme".to_owned());
    assert_eq!((object.object, object.attributes.len()), (acme, 1));
    let by_cio_id = Some(PersonName::CioId);
    let header = "cio_id,object_id,object_type_id,role";
    let related = columns(ImportKind::Relationship, by_cio_id, header).unwrap();
    let Operation::RelateObject { object, people } = texts(&related, "cio_5,acme,2,boss").unwrap()
    else {
        panic!("not a relationship");
    };
    assert_eq!(object, ObjectRef::Id(ObjectTypeId(2), "acme".to_owned()));
    let role = ("role".to_owned(), Change::Set("\"boss\"".to_owned()));
    let expected = RelatePerson::Add {
        person: Identifier::CioId("5".to_owned()).into(),
        attributes: vec![role],
    };
    assert_eq!(people, [expected]);
    assert!(
        texts(&related, "cio_5,acme,x,")
            .unwrap_err()
            .contains("object_type_id")
    );
    assert!(
        texts(&related, "cio_5,,1,")
            .unwrap_err()
            .contains("object_id")
    );
}

#[test]
fn a_header_without_what_is_needed_is_refused() {
    for (kind, person, header, text) in [
        (ImportKind::People, ID, "email,plan", "no column \"id\""),
        (ImportKind::People, EMAIL, "id", "no column \"email\""),
        (
            ImportKind::Event,
            ID,
            "id,price",
            "no column \"name\" or \"event\"",
        ),
        (
            ImportKind::Relationship,
            ID,
            "id,object_id",
            "no column \"object_type_id\"",
        ),
        (
            ImportKind::Object,
            None,
            "id,name",
            "no column \"object_id\"",
        ),
    ] {
        let error = columns(kind, person, header).unwrap_err();
        assert!(error.contains(text), "{error}");
    }
    assert!(
        columns(ImportKind::People, ID, "id,,").is_ok(),
        "nameless columns"
    );
}

#[test]
fn a_row_that_cannot_be_taken_says_why_and_not_what() {
    let people = columns(ImportKind::People, ID, "id,plan").unwrap();
    let long = "x".repeat(1_001);
    let long_id = "x".repeat(151);
    for (cells, text) in [
        (vec![b"1".as_slice()], "it has 1 cells, and the header 2"),
        (vec![b"1", b"2", b"3"], "it has 3 cells, and the header 2"),
        (vec![b"", b"x"], "id cannot be blank"),
        (vec![b"1", b"\xff\xfe"], "the cell in \"plan\" is not UTF-8"),
        (
            vec![b"1", long.as_bytes()],
            "value for attribute 'plan' cannot be longer than 1000 bytes",
        ),
        (
            vec![long_id.as_bytes(), b""],
            "id cannot be longer than 150 bytes",
        ),
    ] {
        assert_eq!(row(&people, &cells).unwrap_err(), text);
    }
}
