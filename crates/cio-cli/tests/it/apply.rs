//! `apply` and `pull`: a workspace that lives in files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Done, Server, borrowed, call, command, directory, run};

const DEFINITIONS: &str = "/admin/v1/workspaces/1/definitions";

/// A running server, and a directory with a copy of the example in `crm`.
struct Given {
    server: Server,
    directory: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

fn given() -> Given {
    let directory = directory();
    let server = Server::start(directory.path(), &["--memory"], &[]);
    copy(&example(), &directory.path().join("crm"));
    Given {
        variables: server.variables(),
        server,
        directory,
    }
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/workspace")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// All files below a folder.
fn files(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.insert(path, text);
        }
    }
    found
}

impl Given {
    fn crm(&self) -> PathBuf {
        self.directory.path().join("crm")
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.crm().join(file), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let done = run(self.directory.path(), arguments, &borrowed(&self.variables));
        assert!(!done.said().contains('\x1b'), "colour without a terminal");
        assert!(!done.said().contains(&self.server.text("admin_token")));
        done
    }

    /// A command that must succeed.
    fn done(&self, arguments: &[&str]) -> Done {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}", done.said());
        done
    }

    fn definitions(&self) -> Value {
        let token = format!("Bearer {}", self.server.text("admin_token"));
        let url = self.server.text("url");
        let (status, body) = call(&url, "GET", DEFINITIONS, &token, "");
        assert_eq!(status, 200);
        serde_json::from_str(&body).unwrap()
    }
}

#[test]
fn the_example_is_applied_once_and_pulled_back_unchanged() {
    let given = given();
    let before = files(&given.crm());
    let applied = given.done(&["apply", "crm", "--yes"]);
    let expected = "~ preference center
    - title = \"Subscription preferences\"
    - subtitle = \"Choose what you would like to hear about.\"
    + title = \"What would you like to hear about?\"
    + subtitle = \"You can change this at any time.\"
    +
    + [translations.de]
    + title = \"Was interessiert dich?\"
    + subtitle = \"Du kannst das jederzeit ändern.\"
+ sender \"Acme (+15550100)\"
+ sender \"Acme <hello@acme.example>\"
+ sender \"Acme Billing <billing@acme.example>\"
+ topic \"topic_1\"
+ topic \"topic_2\"
+ segment \"Staff\"
+ segment \"Customers\"
+ segment \"VIP\"
+ snippet \"footer\"
+ snippet \"greeting\"
+ collection \"products\"
+ collection \"stores\"
+ layout \"main\"
+ transactional message \"order shipped\"
+ transactional message \"password reset\"
+ transactional message \"sign-in code\"
+ broadcast \"spring sale\"
";
    assert_eq!(applied.stdout, expected);
    assert_eq!(applied.stderr, "Applied 18 changes to workspace 1.\n");
    let (_, segments) = given.server.get("/v1/segments");
    for name in ["Staff", "Customers", "VIP"] {
        assert!(segments.contains(name), "{segments}");
    }
    let (_, rows) = given.server.get("/v1/collections/1/content");
    assert!(
        rows.contains(r#""price":99.90,"#),
        "as it is written: {rows}"
    );

    let again = given.done(&["apply", "crm", "--yes"]);
    assert_eq!(again.stdout, "");
    assert_eq!(again.stderr, "Nothing to do: workspace 1 is as crm says.\n");
    let pulled = given.done(&["pull", "crm"]);
    assert_eq!(pulled.stdout, "");
    assert!(
        pulled.stderr.starts_with("Nothing to do"),
        "{}",
        pulled.stderr
    );
    assert_eq!(files(&given.crm()), before, "not a byte");

    // Elsewhere it says the same, and the name of the workspace is in it, too.
    let pulled = given.done(&["pull", "fresh/copy"]);
    assert!(
        pulled.stdout.contains("+ workspace.toml"),
        "{}",
        pulled.stdout
    );
    let fresh = given.done(&["apply", "fresh/copy", "--prune", "--dry-run"]);
    assert_eq!(fresh.stdout, "");
    let workspace = given.directory.path().join("fresh/copy/workspace.toml");
    let workspace = fs::read_to_string(workspace).unwrap();
    assert!(workspace.starts_with("name = \"Default\"\n\n[preference_center]\n"));
    let staging = given.done(&["workspaces", "create", "Staging"]);
    assert_eq!(staging.code, 0);
    given.done(&["apply", "crm", "--yes", "--workspace", "2"]);
    given.done(&["pull", "second", "--workspace", "2"]);
    let first = files(&given.directory.path().join("fresh/copy/segments"));
    let second = files(&given.directory.path().join("second/segments"));
    assert!(first.values().eq(second.values()), "{first:?} {second:?}");
}

#[test]
fn a_change_is_shown_line_by_line_before_it_is_made() {
    let given = given();
    given.done(&["apply", "crm", "--yes"]);
    let before = given.definitions();
    let footer = given.crm().join("snippets/footer.liquid");
    let text = fs::read_to_string(&footer)
        .unwrap()
        .replace("1 Main", "2 Main");
    fs::write(&footer, text).unwrap();
    given.write("snippets/evil.txt", "\x1b[2J");
    let dry = given.done(&["apply", "crm", "--dry-run"]);
    let expected = "+ snippet \"evil\"
~ snippet \"footer\"
      <p>
    -   Acme, 1 Main Street ·
    +   Acme, 2 Main Street ·
        <a href=\"{% unsubscribe_url %}\">Unsubscribe</a>
      </p>
";
    assert_eq!(dry.stdout, expected);
    assert_eq!(dry.stderr, "A dry run: 2 changes, none of them made.\n");
    let nobody = given.run(&["apply", "crm"]);
    assert_eq!(nobody.code, 2);
    assert_eq!(nobody.stdout, expected);
    assert!(nobody.stderr.contains("--yes"), "{}", nobody.stderr);
    assert_eq!(given.definitions(), before);

    let report = given.done(&["apply", "crm", "--yes", "--json"]);
    let report = report.json();
    assert_eq!(
        (&report["applied"], &report["workspace"]),
        (&json!(true), &json!(1))
    );
    let changes = report["changes"].as_array().unwrap();
    let said: Vec<_> = changes
        .iter()
        .map(|it| (&it["action"], &it["name"]))
        .collect();
    let (create, update) = (json!("create"), json!("update"));
    assert_eq!(
        said,
        [(&create, &json!("evil")), (&update, &json!("footer"))]
    );
    assert!(
        changes[1]["before"]["value"]
            .as_str()
            .unwrap()
            .contains("1 Main")
    );
    let again = given.done(&["apply", "crm", "--yes", "--json"]).json();
    assert_eq!(
        (&again["applied"], &again["changes"]),
        (&json!(false), &json!([]))
    );
    assert_ne!(given.definitions(), before);
    let shown = given.done(&["apply", "crm", "--dry-run", "--json"]).json();
    assert_eq!(shown, again);
}

#[test]
fn what_the_files_do_not_have_goes_only_if_asked() {
    let given = given();
    given.done(&["apply", "crm", "--yes"]);
    for file in [
        "segments/vip.toml",
        "segments/customers.toml",
        "snippets/greeting.liquid",
        "collections/products.json",
    ] {
        fs::remove_file(given.crm().join(file)).unwrap();
    }
    for folder in ["broadcasts/spring sale", "messages/password reset"] {
        fs::remove_dir_all(given.crm().join(folder)).unwrap();
    }
    given.write("senders.toml", "# none\n");
    fs::remove_file(given.crm().join("topics.toml")).unwrap();
    let kept = given.done(&["apply", "crm", "--yes"]);
    assert_eq!(
        kept.stdout
            .matches(" is not in the files, and kept")
            .count(),
        9
    );
    assert!(
        kept.stderr
            .contains("9 not in the files, and kept: --prune"),
        "{}",
        kept.stderr
    );
    let pruned = given.done(&["apply", "crm", "--yes", "--prune"]);
    let expected = "- broadcast \"spring sale\"
- transactional message \"password reset\"
- collection \"products\"
- snippet \"greeting\"
- segment \"VIP\"
- segment \"Customers\"
- sender \"Acme Billing <billing@acme.example>\"
- sender \"Acme <hello@acme.example>\"
- sender \"Acme (+15550100)\"
";
    assert_eq!(pruned.stdout, expected);
    let left = given.definitions();
    let left: Vec<&str> = left["definitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    let expected = [
        "",
        "",
        "topic_1",
        "topic_2",
        "Staff",
        "footer",
        "stores",
        "main",
        "order shipped",
        "sign-in code",
    ];
    assert_eq!(left, expected, "topics are not looked after any more");
}

/// The first change that the server refuses stops all of them.
#[test]
fn a_refusal_changes_nothing() {
    let given = given();
    given.done(&["apply", "crm", "--yes"]);
    let before = given.definitions();
    given.write("snippets/first.txt", "new");
    given.write(
        "segments/staff.toml",
        "name = \"Staff\"\ncondition = { attribute = { field = \"a\", operator = \"exists\" } }\n",
    );
    for how in ["--yes", "--dry-run"] {
        let refused = given.run(&["apply", "crm", how]);
        assert_eq!(refused.code, 1, "{}", refused.said());
        let said = "segment \"Staff\": a manual segment cannot become data-driven";
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
        assert_eq!(given.definitions(), before);
    }
    given.write("segments/staff.toml", "name = \"Staff\"\n");
    let body = r#"{"segment":{"name":"Staff"}}"#;
    let key = format!("Bearer {}", given.server.text("app_api_key"));
    let (status, _) = call(
        &given.server.text("url"),
        "POST",
        "/v1/segments",
        &key,
        body,
    );
    assert_eq!(status, 200);
    for command in ["apply", "pull"] {
        let twins = given.run(&[command, "crm"]);
        let said = "segment \"Staff\" is there 2 times, with the numbers 1 and 4";
        assert_eq!(twins.code, 1, "{}", twins.said());
        assert!(twins.stderr.contains(said), "{}", twins.stderr);
    }
}

/// Of those that saw the same state only one is made; none is written over unseen.
#[test]
fn two_at_a_time_do_not_overwrite_each_other() {
    let given = given();
    given.done(&["apply", "crm", "--yes"]);
    let running: Vec<_> = (0..6)
        .map(|number| {
            let folder = format!("crm-{number}");
            let path = given.directory.path().join(&folder);
            fs::create_dir_all(path.join("snippets")).unwrap();
            fs::write(path.join("snippets/footer.liquid"), &folder).unwrap();
            let child = command(given.directory.path())
                .args(["apply", &folder, "--yes"])
                .envs(borrowed(&given.variables))
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn();
            (folder, child.unwrap())
        })
        .collect();
    let mut made = Vec::new();
    for (folder, child) in running {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        match output.status.code().unwrap() {
            0 => made.push(folder),
            code => {
                assert_eq!(code, 1, "{said}");
                assert!(said.contains("was changed since it was read"), "{said}");
            }
        }
    }
    assert!(!made.is_empty());
    let definitions = given.definitions();
    let all = definitions["definitions"].as_array().unwrap();
    let footer = all.iter().find(|it| it["name"] == "footer").unwrap();
    let value = footer["definition"]["value"].as_str().unwrap();
    assert!(
        made.iter().any(|folder| folder == value),
        "{value} {made:?}"
    );
}

/// SIGKILL in the middle: all changes are there after it, or none.
#[test]
fn a_kill_leaves_all_changes_or_none() {
    let directory = directory();
    let token = [("CUSTOMERIO_ADMIN_TOKEN", "a-token-of-a-test")];
    let folder = directory.path().join("many/snippets");
    fs::create_dir_all(&folder).unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let mut last = "none".to_owned();
    for round in 0..6 {
        for number in 0..300 {
            let text = format!("round {round}");
            fs::write(folder.join(format!("{number}.txt")), text).unwrap();
        }
        let mut server = Server::start(directory.path(), &["--data", "data"], &token);
        let url = server.text("url");
        let mut child = command(directory.path())
            .args(["apply", "many", "--yes", "--url", &url])
            .envs(token)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random.u64(..60)));
        server.kill();
        let is_applied = child.wait().unwrap().success();

        let server = Server::start(directory.path(), &["--data", "data"], &token);
        let bearer = format!("Bearer {}", token[0].1);
        let (_, body) = call(&server.text("url"), "GET", DEFINITIONS, &bearer, "");
        let body: Value = serde_json::from_str(&body).unwrap();
        let all = body["definitions"].as_array().unwrap();
        let mut values: Vec<&str> = all
            .iter()
            .filter(|it| it["kind"] == "snippet")
            .map(|it| it["definition"]["value"].as_str().unwrap())
            .collect();
        assert!([0, 300].contains(&values.len()), "{}", values.len());
        values.dedup();
        assert!(values.len() <= 1, "round {round}: {values:?}");
        let now = values.first().copied().unwrap_or("none").to_owned();
        let new = format!("round {round}");
        assert!(
            now == new || now == last && !is_applied,
            "{now} after {last}"
        );
        last = now;
        assert_eq!(server.stop().code, 0);
    }
}

#[test]
fn what_goes_wrong_has_its_exit_code() {
    let given = given();
    given.write("segments/bad.toml", "name = \"Bad\"\ndescripton = \"a\"\n");
    fs::create_dir(given.directory.path().join("empty")).unwrap();
    for (arguments, code, says) in [
        (
            &["apply", "crm"][..],
            2,
            "segments/bad.toml:2: descripton is not known here; did you mean \"description\"?",
        ),
        (&["pull", "crm"], 2, "segments/bad.toml:2: "),
        (&["apply", "nowhere"], 2, "nowhere: cannot be read"),
        (&["apply", "empty"], 2, "`customerio pull empty`"),
        (&["apply", "."], 2, "crm: does not belong here"),
        (&["pull", "."], 2, "--force"),
        (
            &["apply", "crm", "--yes", "--dry-run"],
            2,
            "cannot be used with",
        ),
        (
            &["pull", "new", "--workspace", "9"],
            1,
            "there is no workspace 9",
        ),
        (
            &["pull", "new", "--url", "http://127.0.0.1:1"],
            3,
            "cannot be reached",
        ),
    ] {
        let done = given.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}", done.said());
        assert!(done.stderr.contains(says), "{arguments:?}: {}", done.stderr);
        assert_eq!(done.stdout, "", "{arguments:?}");
    }
    assert!(!given.directory.path().join("new").exists());
    given.write(
        "segments/bad.toml",
        "name = \"Bad\"\ncondition = { segment = { name = \"Bad\" } }\n",
    );
    let circle = given.run(&["apply", "crm", "--yes"]);
    assert_eq!(circle.code, 2);
    assert!(
        circle
            .stderr
            .contains("ask for themselves in the end: \"Bad\" → \"Bad\"")
    );
    given.write(
        "segments/bad.toml",
        "name = \"Bad\"\ncondition = { segment = { name = \"Nobody\" } }\n",
    );
    let missing = given.run(&["apply", "crm", "--yes"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing
            .stderr
            .contains("segment \"Bad\": there is no segment \"Nobody\"")
    );
}

#[test]
fn a_pull_writes_only_what_differs() {
    let given = given();
    given.done(&["apply", "crm", "--yes"]);
    let key = format!("Bearer {}", given.server.text("app_api_key"));
    let url = given.server.text("url");
    for (method, path, body) in [
        ("PUT", "/v1/snippets", r#"{"name":"footer","value":"Bye"}"#),
        ("PUT", "/v1/snippets", r#"{"name":"a/b","value":"new"}"#),
        ("DELETE", "/v1/collections/2", ""),
        (
            "PUT",
            "/v1/transactional/3/language/de",
            r#"{"subject":"Neu"}"#,
        ),
        ("PUT", "/v1/transactional/4/language/", r#"{"body":"42"}"#),
        (
            "PUT",
            "/v1/collections/1/content",
            r#"[{"n":1.50},{"n":2}]"#,
        ),
    ] {
        let (status, answer) = call(&url, method, path, &key, body);
        assert!([200, 204].contains(&status), "{path}: {answer}");
    }
    let before = files(&given.crm());
    let pulled = given.done(&["pull", "crm"]);
    let expected = "~ collections/products.json
- collections/stores.csv
~ messages/password reset/message.toml
~ messages/sign-in code/body.txt
+ snippets/a%2Fb.liquid
~ snippets/footer.liquid
";
    assert_eq!(pulled.stdout, expected);
    let mut wanted = before;
    let crm = given.crm();
    for (file, text) in [
        (
            "collections/products.json",
            "[\n{\"n\":1.50},\n{\"n\":2}\n]\n",
        ),
        ("snippets/a%2Fb.liquid", "new\n"),
        ("snippets/footer.liquid", "Bye\n"),
        (
            "messages/password reset/message.toml",
            "description = \"Somebody asked for another password.\"\nchannel = \"email\"\n\
             link_tracking = false\nhide_message_body = true\n\n[content]\n\
             from = \"Acme <hello@acme.example>\"\nsubject = \"Reset your password\"\n\
             preheader = \"The link works for an hour.\"\nlayout = \"main\"\n\n\
             [translations.de]\nsubject = \"Neu\"\npreheader = \"Der Link gilt eine Stunde.\"\n",
        ),
        ("messages/sign-in code/body.txt", "42\n"),
    ] {
        wanted.insert(crm.join(file), text.to_owned());
    }
    wanted.remove(&crm.join("collections/stores.csv"));
    assert_eq!(files(&crm), wanted);
    assert_eq!(
        given.done(&["apply", "crm", "--dry-run", "--prune"]).stdout,
        ""
    );

    // Beside other files only if asked, and what is not looked after only if asked.
    let mixed = given.directory.path().join("mixed");
    fs::create_dir_all(mixed.join("snippets")).unwrap();
    fs::write(mixed.join("main.rs"), "fn main() {}").unwrap();
    assert_eq!(given.run(&["pull", "mixed"]).code, 2);
    given.done(&["pull", "mixed", "--force"]);
    assert!(mixed.join("main.rs").exists() && mixed.join("snippets/footer.liquid").exists());
    assert!(!mixed.join("senders.toml").exists());
    let all = given
        .done(&["pull", "mixed", "--force", "--all", "--json"])
        .json();
    let written = all["files"].as_array().unwrap();
    let senders = json!({ "action": "create", "file": "senders.toml" });
    assert!(written.contains(&senders), "{all}");
}

/// The lines of its files, long texts behind what it is.
#[test]
fn a_change_of_a_message_is_shown_by_its_files() {
    let given = given();
    given.done(&["apply", "crm", "--yes"]);
    let body = "broadcasts/spring sale/text/body.txt";
    given.write(body, "Acme: everything must go.\n");
    given.write("messages/order shipped/body.de.txt", "Bald da.\n");
    let dry = given.done(&["apply", "crm", "--dry-run"]);
    let expected = "~ transactional message \"order shipped\"
    …
      custom_data = { order = \"{{ trigger.order }}\" }
      
    + [translations.de]
    +
    + # body.de.txt
    + Bald da.
    +
      # body.txt
      It should be with you on {{ trigger.day }}.
~ broadcast \"spring sale\"
      …
      
      # text/body.txt
    - Acme: {{ trigger.discount }} % off until Sunday.
    + Acme: everything must go.
";
    let lines =
        |text: &str| -> Vec<String> { text.lines().map(|line| line.trim().to_owned()).collect() };
    assert_eq!(lines(&dry.stdout), lines(expected));
}

/// A message has a folder, which comes and goes with it, and a name in any letter case.
#[test]
fn messages_come_and_go_with_their_folders() {
    let given = given();
    given.done(&["apply", "crm", "--yes"]);
    let admin = |method: &str, path: &str, body: &str| {
        let key = format!("Bearer {}", given.server.text("admin_token"));
        let path = format!("/admin/v1/workspaces/1/{path}");
        let url = given.server.text("url");
        let (status, answer) = call(&url, method, &path, &key, body);
        assert!([200, 204].contains(&status), "{path}: {answer}");
    };
    admin("DELETE", "broadcasts/spring%20sale", "");
    admin("DELETE", "transactional/sign-in%20code", "");
    let message = r#"{"channel":"in_app","translations":{"de":{"body":"{}"}}}"#;
    admin("PUT", "transactional/Hello%3F", message);
    let pulled = given.done(&["pull", "crm"]);
    let expected = "- broadcasts/spring sale/broadcast.toml
- broadcasts/spring sale/letter/body.html
- broadcasts/spring sale/text/body.txt
+ messages/Hello%3F/body.de.html
+ messages/Hello%3F/message.toml
- messages/sign-in code/body.txt
- messages/sign-in code/message.toml
";
    assert_eq!(pulled.stdout, expected);
    let crm = given.crm();
    assert!(crm.join("broadcasts").is_dir() && !crm.join("broadcasts/spring sale").exists());
    assert!(!crm.join("messages/sign-in code").exists());
    let nothing = given.done(&["apply", "crm", "--dry-run", "--prune"]);
    assert_eq!(nothing.stdout, "");

    let other = crm.join("messages/ORDER shipped");
    fs::rename(crm.join("messages/order shipped"), other).unwrap();
    let refused = given.run(&["apply", "crm", "--yes", "--prune"]);
    assert_eq!(refused.code, 2, "{}", refused.said());
    let said = "transactional message \"ORDER shipped\" is called \"order shipped\" on the server, \
                and letter case tells no names apart: spell it the same";
    assert!(refused.stderr.contains(said), "{}", refused.stderr);
}

#[test]
fn help_shows_examples() {
    let directory = directory();
    for noun in ["apply", "pull"] {
        let done = run(directory.path(), &[noun, "--help"], &[]);
        assert_eq!(done.code, 0);
        let example = format!("customerio {noun} crm");
        assert!(done.stdout.contains("Examples:") && done.stdout.contains(&example));
        assert!(done.stdout.contains("CUSTOMERIO_ADMIN_TOKEN"));
    }
}
