//! Messages: a folder each, and files of their own for what is long.

use super::*;

const EMAIL: &str = "channel = \"email\"\n\n[content]\nsubject = \"Hi\"\n";

fn reset(subject: &str, body: &str, german: &str) -> Value {
    json!({
        "channel": "email",
        "content": { "subject": subject, "body": body },
        "translations": { "de": { "body": german } },
    })
}

fn state(all: &[(Kind, &str, Value)]) -> State {
    let mut state = State::new();
    for (kind, name, json) in all {
        put(&mut state, *kind, name, json);
    }
    state
}

fn write(text: &str) -> Step {
    Step::Write(text.to_owned())
}

/// What is long is in files of its own, and what is as by default is in none.
#[test]
fn a_message_is_written_as_people_would() {
    let cast = json!({
        "tags": ["a"],
        "audience": { "segment": { "name": "VIP" } },
        "actions": [
            {
                "name": "a/b",
                "channel": "in_app",
                "send_to_unsubscribed": true,
                "content": { "title": "T", "body": "{}" },
            },
            { "name": "text", "channel": "sms", "translations": { "de": {} } },
        ],
    });
    let push = json!({
        "channel": "push",
        "queue_drafts": true,
        "content": { "message": "M", "custom_data": { "a b": "1" }, "custom_payload": "{}" },
    });
    let state = state(&[
        (
            Kind::Layout,
            "main",
            json!({ "body": "<b>{{content}}</b>" }),
        ),
        (
            Kind::TransactionalMessage,
            "Reset",
            reset("Hi", "<p>", "<i>"),
        ),
        (Kind::TransactionalMessage, "Push", push),
        (Kind::Broadcast, "Launch", cast),
    ]);
    let steps = plan(&Folder::default(), &BTreeSet::from(Kind::ALL), &state);
    let steps: BTreeMap<_, _> = steps
        .into_iter()
        .filter(|(file, _)| file.components().count() > 1)
        .collect();
    let expected = [
        ("layouts/main.html", "<b>{{content}}</b>\n"),
        (
            "messages/Reset/message.toml",
            "channel = \"email\"\n\n[content]\nsubject = \"Hi\"\n\n[translations.de]\n",
        ),
        ("messages/Reset/body.html", "<p>\n"),
        ("messages/Reset/body.de.html", "<i>\n"),
        (
            "messages/Push/message.toml",
            "channel = \"push\"\nqueue_drafts = true\n\n[content]\ncustom_data = { \"a b\" = \"1\" }\n",
        ),
        ("messages/Push/body.txt", "M\n"),
        ("messages/Push/body.json", "{}\n"),
        (
            "broadcasts/Launch/broadcast.toml",
            "tags = [\n    \"a\",\n]\naudience = { segment = { name = \"VIP\" } }\n\n[[action]]\n\
             name = \"a/b\"\nchannel = \"in_app\"\nsend_to_unsubscribed = true\n\n\
             [action.content]\ntitle = \"T\"\n\n[[action]]\nname = \"text\"\nchannel = \"sms\"\n\n\
             [action.translations.de]\n",
        ),
        ("broadcasts/Launch/a%2Fb/body.html", "{}\n"),
    ];
    let expected: BTreeMap<PathBuf, Step> = expected
        .into_iter()
        .map(|(file, text)| (file.into(), write(text)))
        .collect();
    assert_eq!(steps, expected);
}

/// Only the files of what changed are written, and those of what is gone go.
#[test]
fn files_of_a_message_change_alone() {
    let message = "# why\nchannel = \"email\"\n[content]\nsubject = \"Hi\"\n[translations.de]\n";
    let root = folder(&[
        ("messages/Reset/message.toml", message),
        ("messages/Reset/body.html", "<p>\n"),
        ("messages/Reset/body.de.html", "<i>\n"),
        ("messages/Other/message.toml", EMAIL),
        ("messages/Other/body.txt", "x\n"),
        (
            "messages/Inline/message.toml",
            "channel = \"sms\"\ncontent = { body = \"x\" }\n",
        ),
    ]);
    let before = read(root.path(), Strangers::Refused).unwrap();
    let kinds = BTreeSet::from([Kind::TransactionalMessage]);
    assert_eq!(plan(&before, &kinds, &before.state()), BTreeMap::new());
    let inline = json!({ "channel": "sms", "content": { "body": "y" } });
    let with = |reset: Value| {
        state(&[
            (Kind::TransactionalMessage, "Reset", reset),
            (Kind::TransactionalMessage, "Inline", inline.clone()),
        ])
    };
    let steps = |after: &State| {
        let steps = plan(&before, &kinds, after);
        make(root.path(), &steps);
        let read = read(root.path(), Strangers::Refused);
        make(root.path(), &plan(&read.unwrap(), &kinds, &before.state()));
        steps
    };
    let other = [
        ("messages/Other/message.toml", Step::Remove),
        ("messages/Other/body.txt", Step::Remove),
        ("messages/Inline/message.toml", write("channel = \"sms\"\n")),
        ("messages/Inline/body.txt", write("y\n")),
    ];
    let and = |more: &[(&str, Step)]| -> BTreeMap<PathBuf, Step> {
        let all = other.iter().chain(more);
        all.map(|(file, step)| match step {
            Step::Write(text) => (file.into(), write(text)),
            _ => (file.into(), Step::Remove),
        })
        .collect()
    };
    let plan_of = |reset: Value| plan(&before, &kinds, &with(reset));
    assert_eq!(
        plan_of(reset("Hi", "<p>", "<u>")),
        and(&[("messages/Reset/body.de.html", write("<u>\n"))])
    );
    let subject = "channel = \"email\"\n\n[content]\nsubject = \"Ho\"\n\n[translations.de]\n";
    assert_eq!(
        plan_of(reset("Ho", "<p>", "<i>")),
        and(&[("messages/Reset/message.toml", write(subject))])
    );
    assert_eq!(
        plan_of(json!({ "channel": "email", "content": { "subject": "Hi" } })),
        and(&[
            ("messages/Reset/message.toml", write(EMAIL)),
            ("messages/Reset/body.html", Step::Remove),
            ("messages/Reset/body.de.html", Step::Remove),
        ])
    );
    // There and back again.
    steps(&with(reset("Ho", "<p>", "<u>")));
    let again = read(root.path(), Strangers::Refused).unwrap();
    assert_eq!(again.state(), before.state());
}

#[test]
fn what_is_wrong_with_a_message_is_named_with_its_file() {
    let cast = "[[action]]\nname = \"one\"\nchannel = \"sms\"\n";
    let large = "x".repeat((1 << 20) + 1);
    for (files, problem) in [
        (
            &[("messages/a.toml", EMAIL)][..],
            "messages/a.toml: does not belong here; there can be a folder for each, and no files",
        ),
        (
            &[("messages/a/body.html", "x")],
            "messages/a: has no message.toml",
        ),
        (
            &[("messages/a/message.toml", "\n[content]\n")],
            "messages/a/message.toml:1: channel is required",
        ),
        (
            &[(
                "messages/a/message.toml",
                "channel = \"email\"\n[content]\nsubjct = \"a\"\n",
            )],
            "messages/a/message.toml:3: content.subjct is not known here; did you mean \"subject\"?",
        ),
        (
            &[("messages/44/message.toml", EMAIL)],
            "messages/44/message.toml:1: name cannot be a number",
        ),
        (
            &[
                ("messages/a/message.toml", EMAIL),
                ("messages/a/de.html", "x"),
            ],
            "messages/a/de.html: does not belong here; there can be the texts of its channel: \
             body.html, body.txt, body.amp and body.de.html",
        ),
        (
            &[
                ("messages/a/message.toml", EMAIL),
                ("messages/a/body.d e.html", "x"),
            ],
            "messages/a/message.toml:1: translations \"d e\" is not a language's code",
        ),
        (
            &[
                ("messages/a/message.toml", EMAIL),
                ("messages/a/body.de.html", &large),
            ],
            "messages/a/body.de.html: and all else cannot be larger than 1048576 bytes",
        ),
        (
            &[
                (
                    "messages/a/message.toml",
                    "channel = \"sms\"\ncontent = { body = \"x\" }\n",
                ),
                ("messages/a/body.txt", "x"),
            ],
            "messages/a/body.txt: says what body in the TOML file says, too",
        ),
        (
            &[
                ("messages/a/message.toml", EMAIL),
                ("messages/A/message.toml", EMAIL),
            ],
            "messages/a/message.toml: transactional message \"a\" and transactional message \"A\" \
             are one: letter case tells no names apart",
        ),
        (
            &[("broadcasts/a/broadcast.toml", "")],
            "broadcasts/a/broadcast.toml:1: action is required",
        ),
        (
            &[(
                "broadcasts/a/broadcast.toml",
                "[[action]]\nname = \"a\"\nchannel = \"fax\"\n",
            )],
            "broadcasts/a/broadcast.toml:3: action[0].channel must be one of email",
        ),
        (
            &[
                ("broadcasts/a/broadcast.toml", cast),
                ("broadcasts/a/two/body.txt", "x"),
            ],
            "broadcasts/a/two: does not belong here; there can be broadcast.toml and a folder \
             for each action: one",
        ),
        (
            &[
                ("broadcasts/a/broadcast.toml", cast),
                ("broadcasts/a/one/body.html", "x"),
            ],
            "broadcasts/a/one/body.html: does not belong here; there can be the texts of its \
             channel: body.txt and body.de.txt",
        ),
        (
            &[("layouts/a.html", "<b>")],
            "layouts/a.html: its body must have {{ content }} once",
        ),
        (
            &[("layouts/a.md", "{{content}}")],
            "layouts/a.md: does not belong here; there can be files that end in .html, .liquid, .txt",
        ),
    ] {
        let said = problems(files);
        assert!(said[0].starts_with(problem), "{said:?} and not {problem}");
        assert_eq!(said.len(), 1, "{said:?}");
    }
}

#[test]
fn an_empty_folder_and_a_readme_say_nothing() {
    let root = folder(&[
        ("messages/gone/", ""),
        ("broadcasts/gone/one/", ""),
        ("messages/a/message.toml", EMAIL),
        ("messages/a/README.md", "why"),
        (
            "broadcasts/b/broadcast.toml",
            "[[action]]\nname = \"one\"\nchannel = \"sms\"\n",
        ),
        ("broadcasts/b/gone/", ""),
        ("broadcasts/b/README.md", "why"),
    ]);
    let read = read(root.path(), Strangers::Refused).unwrap();
    assert_eq!(read.definitions.len(), 2);
}
