//! The transcripts in `docs/guide/`: every command in them is run in a terminal, and shows what
//! they say it shows. After a change, write them anew:
//! `UPDATE_DOCS=1 cargo test -p cio-cli --test it transcripts`.
//!
//! Each page is one story in a directory of its own, with a server in memory and its `.env`
//! there unless the page says `<!-- no server -->`. In it,
//!
//! - a block of `console` holds commands, each after `$ `, and what they show;
//! - a block whose fence names a file, such as ```` ```csv people.csv ````, is that file;
//! - `<!-- answer "QUESTION": LINE -->` before a block is what its next question is answered.
//!
//! What differs from run to run is left out of the comparison: see [`alike`].

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex_lite::Regex;

use crate::support::terminal::Terminal;
use crate::support::{Server, directory};

/// What the directory of a story is called in it.
const HOME: &str = "/home/ana";

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide");
    let entries = fs::read_dir(folder).unwrap();
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|it| it == "md"));
    pages.sort();
    pages
}

#[test]
fn every_command_of_the_guide_shows_what_it_says() {
    let pages = pages();
    assert!(!pages.is_empty());
    #[expect(
        clippy::disallowed_methods,
        reason = "the switch of a developer's tool"
    )]
    let update = std::env::var("UPDATE_DOCS").is_ok();
    for path in pages {
        let text = fs::read_to_string(&path).unwrap();
        let told = Story::start(&text).tell(&text);
        if update {
            fs::write(&path, &told).unwrap();
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        let (said, shown) = (alike(&text), alike(&told));
        let differs = said.lines().zip(shown.lines()).find(|(a, b)| a != b);
        assert!(
            update || said == shown,
            "docs/guide/{name} is out of date, at {differs:?}: \
             UPDATE_DOCS=1 cargo test -p cio-cli --test it transcripts"
        );
    }
}

/// A page that is being followed.
struct Story {
    directory: tempfile::TempDir,
    server: Option<Server>,
    answers: VecDeque<(String, String)>,
}

impl Story {
    fn start(page: &str) -> Story {
        let directory = directory();
        let server = (!page.contains("<!-- no server -->")).then(|| {
            let elsewhere = tempfile::tempdir().unwrap();
            let server = Server::start(elsewhere.path(), &["--memory"], &[]);
            let lines = server.variables().into_iter();
            let lines: Vec<String> = lines.map(|(name, it)| format!("{name}={it}\n")).collect();
            fs::write(directory.path().join(".env"), lines.concat()).unwrap();
            server
        });
        Story {
            directory,
            server,
            answers: VecDeque::new(),
        }
    }

    /// The page with what its commands show now.
    fn tell(&mut self, page: &str) -> String {
        let mut told = String::new();
        let mut lines = page.lines().peekable();
        while let Some(line) = lines.next() {
            told.push_str(line);
            told.push('\n');
            self.answers.extend(answer(line));
            let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
                continue;
            };
            let mut block = Vec::new();
            while let Some(line) = lines.next_if(|line| *line != "```") {
                block.push(line);
            }
            match info.split_once(' ') {
                None if info == "console" => told.push_str(&self.run(&block)),
                Some((_, file)) => {
                    let text = block.join("\n") + "\n";
                    fs::write(self.directory.path().join(file), &text).unwrap();
                    told.push_str(&text);
                }
                None => told.push_str(&(block.join("\n") + "\n")),
            }
            // The end of the block, so that it is not taken for the begin of one.
            told.push_str(lines.next().unwrap_or_default());
            told.push('\n');
        }
        told
    }

    /// A block of commands, with what they show.
    fn run(&mut self, block: &[&str]) -> String {
        let mut told = String::new();
        let mut lines = block.iter().peekable();
        while let Some(line) = lines.next() {
            let Some(begin) = line.strip_prefix("$ ") else {
                continue;
            };
            let mut typed = vec![*line];
            let mut script = vec![begin];
            while script.last().is_some_and(|line| line.ends_with('\\')) {
                let line = lines.next().unwrap();
                typed.push(line);
                script.push(line);
            }
            told.push_str(&(typed.join("\n") + "\n"));
            let shown = self.shell(&script.join("\n"));
            if !shown.is_empty() {
                told.push_str(&(shown + "\n"));
            }
        }
        told
    }

    fn shell(&mut self, script: &str) -> String {
        let command_of = Path::new(env!("CARGO_BIN_EXE_customerio"));
        let path = format!(
            "{}:/usr/local/bin:/usr/bin:/bin",
            command_of.parent().unwrap().display()
        );
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", script])
            .current_dir(self.directory.path())
            .env("HOME", self.directory.path())
            .env("PATH", path)
            .env("NO_COLOR", "1")
            .env("TERM", "xterm");
        let mut terminal = Terminal::start(&command);
        while let Some((question, line)) = self.answers.pop_front() {
            terminal.answer(&question, &line);
        }
        let here = self.directory.path().to_str().unwrap();
        terminal.end().1.replace(here, HOME)
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

/// `<!-- answer "Delete?": y -->`
fn answer(line: &str) -> Option<(String, String)> {
    let inner = line
        .trim()
        .strip_prefix("<!-- answer \"")?
        .strip_suffix("-->")?;
    let (question, line) = inner.split_once("\": ")?;
    Some((question.to_owned(), line.trim().to_owned()))
}

/// The text without what differs from run to run: ids that are made up, times, ports,
/// durations, rates, and how far it is to the next column then.
fn alike(text: &str) -> String {
    let masks = [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(\.\d+)?Z?", "TIME"),
        (r"\b1[789]\d{8}\b", "TIME"),
        (r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "ID"),
        (r"\b[0-9a-f]{12,}\b", "ID"),
        (r"[A-Za-z0-9_-]{20,}={0,2}", "ID"),
        (r"\b\d+(\.\d+)? ?(ms|s|µs)\b", "DURATION"),
        (r"\b[\d,  ]+ (a second|rows/s|/s)", "RATE"),
        (r#""(rate|seconds)":[\d.]+"#, "MEASURED"),
        (r" +", " "),
        (r"[─━]+", "─"),
    ];
    let mut text = text.to_owned();
    for (pattern, mask) in masks {
        let pattern = Regex::new(pattern).unwrap();
        text = pattern.replace_all(&text, mask).into_owned();
    }
    text
}

#[test]
fn what_differs_from_run_to_run_is_left_out() {
    assert_eq!(
        alike("sent  01K8W3E9Q2ZJ5V7N4T6R0XBCDE in 12 ms at 2026-11-25 08:00:01Z"),
        alike("sent 01K8W3E9Q2ZJ5V7N4T6R0XBCDF in 3.5 ms at 2026-11-26 09:00:01Z")
    );
    assert_ne!(alike("Identified 42"), alike("Identified 43"));
}
