//! Running the command in a directory of its own, with an environment of its own.

pub(crate) mod terminal;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a finished command left.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    fn new(output: Output) -> Done {
        Done {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|_| panic!("{}\n{}", self.stdout, self.stderr))
    }

    /// Everything it said.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// The command in `directory`, without any of this process's environment.
pub(crate) fn command(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_customerio"));
    command
        .current_dir(directory)
        .env_clear()
        .env("HOME", directory);
    command
}

pub(crate) fn run(directory: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Done {
    let output = command(directory)
        .args(arguments)
        .envs(variables.iter().copied())
        .output();
    Done::new(output.unwrap())
}

/// With a line on its stdin.
pub(crate) fn run_told(
    directory: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
    line: &str,
) -> Done {
    let mut child = command(directory)
        .args(arguments)
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that does not ask may have ended already.
    let _ = writeln!(child.stdin.take().unwrap(), "{line}");
    Done::new(child.wait_with_output().unwrap())
}

/// A running `serve --json`.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) line: Value,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Server {
    pub(crate) fn start(
        directory: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Server {
        let mut child = command(directory)
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(arguments)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut said = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut said);
            panic!("it did not start: {line}{said}")
        });
        Server {
            child,
            line,
            stdout,
        }
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.line[name].as_str().unwrap().to_owned()
    }

    /// The variables a client of this server needs.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        [
            ("CUSTOMERIO_ADMIN_TOKEN", "admin_token"),
            ("CUSTOMERIO_URL", "url"),
            ("CUSTOMERIO_SITE_ID", "site_id"),
            ("CUSTOMERIO_TRACK_API_KEY", "track_api_key"),
            ("CUSTOMERIO_APP_API_KEY", "app_api_key"),
        ]
        .map(|(name, field)| (name, self.text(field)))
        .to_vec()
    }

    /// A read with the App key: status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(&self.text("url"), path, &self.text("app_api_key"))
    }

    /// SIGTERM, and how it ended.
    pub(crate) fn stop(mut self) -> Done {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        let code = self.child.wait().unwrap().code().unwrap();
        let mut done = Done {
            code,
            stdout: String::new(),
            stderr: String::new(),
        };
        self.stdout.read_to_string(&mut done.stdout).unwrap();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut done.stderr)
            .unwrap();
        done
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    /// A test that failed must not leave its server behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn get(url: &str, path: &str, key: &str) -> (u16, String) {
    call(url, "GET", path, &format!("Bearer {key}"), "")
}

pub(crate) fn call(
    url: &str,
    method: &str,
    path: &str,
    authorization: &str,
    body: &str,
) -> (u16, String) {
    let address = url.trim_start_matches("http://");
    let length = body.len();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {authorization}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (
        head.split(' ').nth(1).unwrap().parse().unwrap(),
        body.to_owned(),
    )
}

pub(crate) fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Variables as `run` wants them.
pub(crate) fn borrowed<'a>(variables: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
