//! The daily work of the command: what it says, sends and refuses, against a real server, and
//! against a scripted one where the service differs from ours.

mod api;
mod broadcast;
mod events;
mod export;
mod messages;
mod people;
mod segments;
mod send;
mod service;
mod templates;

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Done, Server, borrowed, directory, run, run_told};

const TEMPLATE: &str = "channel = \"email\"\n[content]\nfrom = \"Shop <shop@example.com>\"\n\
    subject = \"Hello {{ trigger.name }}\"\nbody = \"<p>{{ trigger.name }}, welcome.</p>\"\n\
    body_plain = \"Welcome.\"\n";
const BROADCAST: &str = "audience = { attribute = { field = \"plan\", operator = \"eq\", \
    value = \"pro\" } }\n[[action]]\nname = \"letter\"\nchannel = \"email\"\n\
    [action.content]\nfrom = \"Shop <shop@example.com>\"\nto = \"{{ customer.email }}\"\n\
    subject = \"{{ trigger.headline }}\"\n\
    body = \"<p>{{ trigger.headline }}</p>\"\nbody_plain = \"News.\"\n";
const SENDERS: &str = "[[sender]]\nemail = \"shop@example.com\"\nname = \"Shop\"\n";

/// A server in memory, and a directory whose `.env` names it.
struct Shop {
    directory: TempDir,
    server: Server,
}

impl Shop {
    fn open() -> Shop {
        let directory = directory();
        let server = Server::start(directory.path(), &["--memory"], &[]);
        let lines = server.variables().into_iter();
        let mut lines: Vec<String> = lines.map(|(name, it)| format!("{name}={it}\n")).collect();
        let write_key = server.text("pipelines_write_key");
        lines.push(format!("CUSTOMERIO_PIPELINES_WRITE_KEY={write_key}\n"));
        fs::write(directory.path().join(".env"), lines.concat()).unwrap();
        Shop { directory, server }
    }

    /// With a template `welcome`, a broadcast `news`, and two people: 42 and 43.
    fn stocked() -> Shop {
        let shop = Shop::open();
        for (path, text) in [
            ("crm/senders.toml", SENDERS),
            ("crm/messages/welcome/message.toml", TEMPLATE),
            ("crm/broadcasts/news/broadcast.toml", BROADCAST),
        ] {
            let path = shop.directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        shop.ok(&["apply", "crm", "--yes"]);
        shop.ok(&[
            "people",
            "identify",
            "42",
            "email=ana@example.com",
            "plan=pro",
            "seats:=5",
        ]);
        shop.ok(&[
            "people",
            "identify",
            "43",
            "email=bob@example.com",
            "plan=free",
        ]);
        shop
    }

    fn run(&self, arguments: &[&str]) -> Done {
        run(self.directory.path(), arguments, &[])
    }

    fn run_told(&self, arguments: &[&str], input: &str) -> Done {
        run_told(self.directory.path(), arguments, &[], input)
    }

    /// What a command that succeeds puts on stdout.
    #[track_caller]
    fn ok(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {}", done.said());
        done.stdout
    }

    /// The same with `--json`, a value on each line.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        let text = self.ok(&arguments);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[track_caller]
    fn one(&self, arguments: &[&str]) -> Value {
        let [value] = <[Value; 1]>::try_from(self.json(arguments)).unwrap();
        value
    }

    /// A command that ends with this code, says this on stderr, and no data.
    #[track_caller]
    fn refused(&self, arguments: &[&str], code: i32, says: &[&str]) {
        let done = self.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}", done.said());
        assert_eq!(done.stdout, "", "{arguments:?}");
        for word in says {
            assert!(done.stderr.contains(word), "{arguments:?}: {}", done.stderr);
        }
        let json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        if code != 2 {
            let line = self.run(&json).stderr;
            let line: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(line["exit_code"], code, "{line}");
        }
    }

    /// The requests that a dry run shows. It sends nothing, which the caller sees at what is
    /// there afterwards.
    #[track_caller]
    fn dry(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--dry-run"]).collect();
        let words = self.ok(&arguments);
        let requests = self.json(&arguments);
        for request in &requests {
            let (method, url) = (text(&request["method"]), text(&request["url"]));
            assert!(words.contains(&format!("{method} {url}")), "{words}");
            assert!(url.starts_with(&self.server.text("url")), "{url}");
        }
        requests
    }

    /// Runs it until what it prints is as wanted: what was taken is applied a moment later.
    #[track_caller]
    fn until(&self, arguments: &[&str], wanted: impl Fn(&str) -> bool) -> String {
        for _ in 0..200 {
            let done = self.run(arguments);
            if done.code == 0 && wanted(&done.stdout) {
                return done.stdout;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        panic!(
            "{arguments:?} never showed it: {}",
            self.run(arguments).said()
        )
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A command with the credentials of a scripted server.
async fn against(url: String, arguments: &'static [&'static str]) -> Done {
    let run = move || {
        let directory = directory();
        let variables = [
            ("CUSTOMERIO_URL", url),
            ("CUSTOMERIO_SITE_ID", "site".to_owned()),
            ("CUSTOMERIO_TRACK_API_KEY", "track-key".to_owned()),
            ("CUSTOMERIO_APP_API_KEY", "app-key".to_owned()),
        ];
        let done = run(directory.path(), arguments, &borrowed(&variables));
        assert!(!done.said().contains("-key"), "{}", done.said());
        done
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}
