//! Folders that are read, written and read back.

mod messages;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;

/// A folder with these files. A name that ends in `/` is a folder.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn problems(files: &[(&str, &str)]) -> Vec<String> {
    read(folder(files).path(), Strangers::Refused).unwrap_err()
}

fn example() -> Folder {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/workspace");
    read(&root, Strangers::Refused).unwrap()
}

/// Does what a plan says.
fn make(root: &Path, steps: &BTreeMap<PathBuf, Step>) {
    for (file, step) in steps {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match step {
            Step::Write(text) => fs::write(path, text).unwrap(),
            Step::WriteRows(key) => fs::write(path, rows_text(&rows(key)).unwrap()).unwrap(),
            Step::Remove => fs::remove_file(path).unwrap(),
        }
    }
}

/// The rows that collections of these tests have.
fn rows(key: &Key) -> String {
    let name = Value::from(key.name.as_str());
    format!(r#"[{{"of":{name}}},{{"price":1.10}}]"#)
}

/// A definition of each kind by its JSON, added to a state.
fn put(state: &mut State, kind: Kind, name: &str, json: &Value) {
    let definition = Definition::from_json(kind, name, &json.to_string()).unwrap();
    state.insert(definition.key(), definition.summary());
}

/// Texts that a format may trip over.
const ODD: [&str; 8] = [
    "plain",
    "quo\"te",
    "back\\slash",
    "# no comment",
    "{{ liquid }} [[x]]",
    "ünïcödé ✓",
    "a = 'b'",
    "\u{7f}\u{1b}".trim_ascii(),
];

fn odd_state() -> State {
    let mut state = State::new();
    put(
        &mut state,
        Kind::Workspace,
        "",
        &json!({ "name": "A \"B\" # C" }),
    );
    for (place, text) in ODD.into_iter().enumerate() {
        let line = text.replace(char::is_control, "");
        let line = if line.is_empty() { "x" } else { &line };
        let center = json!({
            "title": text,
            "translations": { "de": { "title": "", "subtitle": text } },
        });
        put(&mut state, Kind::PreferenceCenter, "", &center);
        let email = format!("a{place}@x.io");
        let sender = json!({ "name": line, "email": email, "hidden": place % 2 == 0 });
        put(&mut state, Kind::Sender, "", &sender);
        let topic = json!({
            "name": line,
            "description": text,
            "subscribed_by_default": place % 2 == 0,
            "translations": { "pt-br": { "name": line } },
        });
        put(
            &mut state,
            Kind::Topic,
            &format!("topic_{}", place + 1),
            &topic,
        );
        let segment = json!({
            "description": format!("{text}\nsecond line"),
            "condition": { "or": [
                { "attribute": { "field": text, "operator": "eq", "value": text } },
                { "not": { "and": [{ "attribute": {
                    "field": "n", "operator": "gt", "value": 1.5,
                } }] } },
                { "event": { "name": text, "at_least": 2, "in_last_days": 3, "data": [
                    { "field": "d", "operator": "exists" },
                ] } },
            ] },
        });
        put(&mut state, Kind::Segment, text, &segment);
        put(&mut state, Kind::Segment, &format!("{text}!"), &json!({}));
        put(
            &mut state,
            Kind::Snippet,
            line,
            &json!({ "value": format!("{text}\n\n  {text}") }),
        );
        let key = Key::new(Kind::Collection, line);
        let rows = format!(r#"{{"rows":{}}}"#, rows(&key));
        let definition = Definition::from_json(Kind::Collection, line, &rows).unwrap();
        state.insert(key, definition.summary());
        put_messages(&mut state, text, line);
    }
    state
}

/// Messages that say a text on every channel.
fn put_messages(state: &mut State, text: &str, line: &str) {
    let layout = json!({ "body": format!("{{{{content}}}}{text}") });
    put(state, Kind::Layout, line, &layout);
    let email = json!({
        "from": line,
        "subject": line,
        "headers": [{ "name": "X-A", "value": line }, { "name": "X-A", "value": "" }],
        "body": format!("  {text}\n\n  {text}"),
        "body_plain": text,
        "fake_bcc": false,
    });
    let push = json!({
        "title": line,
        "message": text,
        "custom_data": { text: line, "b c": text },
        "custom_payload": format!("{{\"a\":\n{}}}", Value::from(text)),
    });
    let said = [
        ("email", email),
        ("push", push),
        ("sms", json!({ "body": text })),
        (
            "whatsapp",
            json!({ "from": line, "body": format!("{text}\n{text}") }),
        ),
        ("in_app", json!({ "title": line, "body": text })),
        ("inbox", json!({})),
    ];
    let mut actions = Vec::new();
    for (channel, content) in said {
        let message = json!({
            "description": format!("{text}\nsecond line"),
            "channel": channel,
            "queue_drafts": true,
            "open_tracking": false,
            "content": content,
            "translations": { "de": content, "pt-br": {} },
        });
        let name = format!("{line} {channel}");
        put(state, Kind::TransactionalMessage, &name, &message);
        let mut action = message;
        let fields = action.as_object_mut().unwrap();
        fields.retain(|name, _| !["description", "queue_drafts"].contains(&name.as_str()));
        action["name"] = name.into();
        action["sending_state"] = "off".into();
        actions.push(action);
    }
    let broadcast = json!({
        "description": text,
        "active": false,
        "tags": [line, "b"],
        "audience": { "segment": { "name": text } },
        "actions": actions,
    });
    put(state, Kind::Broadcast, line, &broadcast);
}

#[test]
fn what_is_written_is_read_back_and_stays() {
    let state = odd_state();
    let kinds = BTreeSet::from(Kind::ALL);
    let root = tempfile::tempdir().unwrap();
    make(root.path(), &plan(&Folder::default(), &kinds, &state));
    let written = read(root.path(), Strangers::Refused).unwrap();
    assert_eq!(written.state(), state);
    assert_eq!(written.managed, kinds);
    assert_eq!(plan(&written, &kinds, &state), BTreeMap::new());

    // What is gone on the server goes here, and an empty list stays looked after.
    let mut fewer = state.clone();
    fewer.retain(|key, _| key.kind.is_single() || key.name == "plain");
    make(root.path(), &plan(&written, &kinds, &fewer));
    let written = read(root.path(), Strangers::Refused).unwrap();
    assert_eq!((&written.state(), &written.managed), (&fewer, &kinds));
}

#[test]
fn the_example_is_read_and_nothing_of_it_is_written_anew() {
    let example = example();
    assert_eq!(example.definitions.len(), 18);
    let all = BTreeSet::from(Kind::ALL);
    let named: BTreeSet<Kind> = [Kind::Workspace].into();
    assert_eq!(example.managed, &all - &named, "its name is a comment");
    assert_eq!(
        plan(&example, &example.managed, &example.state()),
        BTreeMap::new()
    );
}

/// Only the file of what changed is written, under the name it has.
#[test]
fn a_file_keeps_its_name() {
    let root = folder(&[
        ("segments/mine.toml", "# why\nname = \"VIP\"\n"),
        ("segments/other.toml", "name = \"Other\" # kept\n"),
        ("snippets/a%2Fb.html", "<p>1</p>\n"),
        ("collections/p.csv", "a\n1\n"),
    ]);
    let before = read(root.path(), Strangers::Refused).unwrap();
    let mut state = before.state();
    put(
        &mut state,
        Kind::Segment,
        "VIP",
        &json!({ "description": "new" }),
    );
    put(&mut state, Kind::Segment, "Mine", &json!({}));
    put(
        &mut state,
        Kind::Snippet,
        "a/b",
        &json!({ "value": "<p>2</p>" }),
    );
    let products = Key::new(Kind::Collection, "p");
    state.insert(products.clone(), json!({ "rows": 2 }));
    let steps = plan(&before, &before.managed, &state);
    let write = |text: &str| Step::Write(text.to_owned());
    let expected = BTreeMap::from([
        (
            "segments/mine.toml".into(),
            write("name = \"VIP\"\ndescription = \"new\"\n"),
        ),
        ("segments/mine-2.toml".into(), write("name = \"Mine\"\n")),
        ("snippets/a%2Fb.html".into(), write("<p>2</p>\n")),
        ("collections/p.json".into(), Step::WriteRows(products)),
        ("collections/p.csv".into(), Step::Remove),
    ]);
    assert_eq!(steps, expected);
}

#[test]
fn what_is_missing_is_not_looked_after_and_what_is_empty_is_none() {
    let read = |files: &[(&str, &str)]| read(folder(files).path(), Strangers::Refused).unwrap();
    assert!(read(&[]).managed.is_empty());
    assert!(read(&[("workspace.toml", "")]).managed.is_empty());
    let some = read(&[
        ("senders.toml", "# none\n"),
        ("snippets/", ""),
        (".git/config", "x"),
        (".gitignore", "x"),
        ("README.md", "x"),
        ("segments/.gitkeep", ""),
    ]);
    assert!(some.definitions.is_empty());
    let expected = [Kind::Sender, Kind::Segment, Kind::Snippet];
    assert_eq!(some.managed, BTreeSet::from(expected));
}

#[test]
fn what_is_wrong_is_named_with_its_file_and_line() {
    for (file, text, problem) in [
        (
            "sender.toml",
            "",
            "sender.toml: does not belong here; did you mean senders.toml?",
        ),
        (
            "segments",
            "",
            "segments: does not belong here; it must be a folder",
        ),
        (
            "topics.toml/",
            "",
            "topics.toml: does not belong here; it must be a file",
        ),
        (
            "src/main.rs",
            "",
            "src: does not belong here; there can be workspace.toml, senders.toml, topics.toml, \
             segments, snippets, collections, layouts, messages, broadcasts",
        ),
        ("workspace.toml", "a\n", "workspace.toml:1: "),
        (
            "workspace.toml",
            "\nnane = \"a\"\n",
            "workspace.toml:2: nane is not known here; did you mean \"name\"?",
        ),
        (
            "workspace.toml",
            "name = 7\n",
            "workspace.toml:1: name must be a text",
        ),
        (
            "workspace.toml",
            "[preference_center]\ntitle = \"a\"\n\n[preference_center.translations.de]\ntitel = \"b\"\n",
            "workspace.toml:5: preference_center.translations.de.titel is not known here; did you mean \"title\"?",
        ),
        (
            "workspace.toml",
            "[preference_center]\nsubtitle = \"a\"\n",
            "workspace.toml:1: preference_center.title is required",
        ),
        (
            "senders.toml",
            "[sender]\nname = \"a\"\n",
            "senders.toml:1: sender must be a list: write [[sender]]",
        ),
        (
            "senders.toml",
            "[[senders]]\n",
            "senders.toml:1: senders is not known here; did you mean \"sender\"?",
        ),
        (
            "senders.toml",
            "[[sender]]\nname = \"a\"\nemail = \"a@x.io\"\n\n[[sender]]\nname = \"b\"\nemail = \"b\"\n",
            "senders.toml:7: sender[1].email must be an email address",
        ),
        (
            "senders.toml",
            "[[sender]]\nname = \"a\"\n",
            "senders.toml:1: sender[0] must have either email or phone",
        ),
        (
            "senders.toml",
            "[[sender]]\nphone = \"1\"\n[[sender]]\nphone = \"1\"\n",
            "senders.toml: sender \"(1)\" is in senders.toml, too",
        ),
        (
            "topics.toml",
            "[[topic]]\nname = \"a\"\n",
            "topics.toml:1: topic[0].id must be the topic's number",
        ),
        (
            "topics.toml",
            "[[topic]]\nid = 0\nname = \"a\"\nsubscribed_by_default = true\n",
            "topics.toml:1: topic[0] must be called topic_ and a number from 1",
        ),
        (
            "topics.toml",
            "[[topic]]\nid = 1\nname = \"a\"\nsubscribed_by_defualt = true\n",
            "topics.toml:4: topic[0].subscribed_by_defualt is not known here; did you mean \"subscribed_by_default\"?",
        ),
        (
            "segments/a.toml",
            "description = \"a\"\n",
            "segments/a.toml:1: a segment needs a name",
        ),
        (
            "segments/a.toml",
            "name = \"a\"\ncondition = { and = [\n  { attribute = { field = \"a\", operator = \"is\" } },\n] }\n",
            "segments/a.toml:3: condition.and[0].attribute.operator must be eq, exists",
        ),
        (
            "segments/a.toml",
            "name = \"a\"\ncondition = { segment = { id = 3 } }\n",
            "segments/a.toml:2: condition.segment has an unknown property \"id\"; known are name",
        ),
        (
            "segments/a.tml",
            "",
            "segments/a.tml: does not belong here; there can be files that end in .toml",
        ),
        (
            "segments/deep/a.toml",
            "",
            "segments/deep: does not belong here; there can be files, and no folders",
        ),
        (
            "snippets/a",
            "x",
            "snippets/a: does not belong here; there can be files that end in .liquid, .html, .md, .txt",
        ),
        (
            "snippets/100%.liquid",
            "x",
            "snippets/100%.liquid: has a % without the two digits",
        ),
        (
            "snippets/%0A.liquid",
            "x",
            "snippets/%0A.liquid: its name must be a line",
        ),
        (
            "collections/a.json",
            "{}",
            "collections/a.json: the file must be a list of objects",
        ),
        (
            "collections/a.json",
            "[{},]",
            "collections/a.json: the file is not valid JSON: trailing comma at line 1",
        ),
        (
            "collections/a.csv",
            "a,b\n1\n",
            "collections/a.csv:2: it has 1 values where there are 2 columns",
        ),
    ] {
        let said = problems(&[(file, text)]);
        assert!(said[0].starts_with(problem), "{said:?} and not {problem}");
        assert_eq!(said.len(), 1, "{said:?}");
    }
    let twice = problems(&[("snippets/a.html", "1"), ("snippets/a.liquid", "2")]);
    assert_eq!(
        twice,
        ["snippets/a.liquid: snippet \"a\" is in snippets/a.html, too"]
    );
    let all = problems(&[("x", ""), ("y", ""), ("segments/a.toml", "")]);
    assert_eq!(all.len(), 3, "all of it is said at once: {all:?}");
    let nowhere = read(Path::new("/nowhere/at/all"), Strangers::Refused).unwrap_err();
    assert!(
        nowhere[0].starts_with("/nowhere/at/all: cannot be read: "),
        "{nowhere:?}"
    );
}

#[test]
fn other_files_are_passed_over_if_asked() {
    let root = folder(&[("src/main.rs", ""), ("segments/a.toml", "name = \"a\"\n")]);
    let folder = read(root.path(), Strangers::PassedOver).unwrap();
    assert_eq!(folder.definitions.len(), 1);
}

#[cfg(unix)]
#[test]
fn nothing_leads_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret", "hunter2")]);
    let root = folder(&[("snippets/", "")]);
    let secret = outside.path().join("secret");
    symlink(&secret, root.path().join("snippets/a.liquid")).unwrap();
    symlink(outside.path(), root.path().join("segments")).unwrap();
    symlink(&secret, root.path().join("workspace.toml")).unwrap();
    let problems = read(root.path(), Strangers::Refused).unwrap_err();
    assert_eq!(problems.len(), 3);
    for problem in problems {
        assert!(problem.contains("symbolic link"), "{problem}");
        assert!(!problem.contains("hunter2"));
    }
}

#[test]
fn what_is_too_large_is_not_read() {
    let large = " ".repeat((1 << 20) + 1);
    let said = problems(&[("workspace.toml", &large)]);
    assert_eq!(
        said,
        ["workspace.toml: cannot be larger than 1048576 bytes"]
    );
    let said = problems(&[("snippets/a.md", &"x".repeat(16_001))]);
    assert_eq!(
        said,
        ["snippets/a.md: its value cannot be longer than 16000 characters"]
    );
}
