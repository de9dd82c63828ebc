//! Running a command in a terminal, as a person does.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

const COLUMNS: NonZero<u16> = NonZero::new(100).unwrap();
const ROWS: u16 = 30;
/// What is shown is kept whole: no test scrolls.
const ROWS_KEPT: NonZero<u16> = NonZero::new(2_000).unwrap();
/// Longest wait for a command to say or do something.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a person takes to read a question.
const READING: Duration = Duration::from_millis(150);

/// A pseudo-terminal of 100 columns and 30 rows with a command in it.
pub(crate) struct Terminal {
    child: Child,
    keyboard: File,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

impl Terminal {
    /// Starts a command. It gets the terminal as its own, for what asks for secrets does so
    /// past stdin.
    pub(crate) fn start(command: &Command) -> Terminal {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let screen = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let size = Winsize {
            ws_row: ROWS,
            ws_col: COLUMNS.get(),
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&screen, size).unwrap();
        let end = || Stdio::from(OwnedFd::from(screen.try_clone().unwrap()));
        let mut wrapped = Command::new("setsid");
        wrapped
            .args(["--ctty", "--wait"])
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear()
            .stdin(end())
            .stdout(end())
            .stderr(end());
        if let Some(directory) = command.get_current_dir() {
            wrapped.current_dir(directory);
        }
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                wrapped.env(name, value);
            }
        }
        let child = wrapped.spawn().unwrap();
        drop((wrapped, screen));
        let keyboard = File::from(keyboard);
        Terminal {
            child,
            output: read(keyboard.try_clone().unwrap()),
            keyboard,
            screen: vt100::Parser::new(ROWS_KEPT, COLUMNS, 0),
        }
    }

    /// Types a line once this is shown.
    pub(crate) fn answer(&mut self, question: &str, line: &str) {
        let begun = Instant::now();
        while !self.shown().contains(question) {
            let is_over = self.take(Duration::from_millis(100)).is_none();
            assert!(
                !is_over && begun.elapsed() < PATIENCE,
                "it never asked {question:?}:\n{}",
                self.shown()
            );
        }
        // Nobody types before the question is read, and what is hidden is so by then.
        std::thread::sleep(READING);
        self.keyboard.write_all(line.as_bytes()).unwrap();
        self.keyboard.write_all(b"\n").unwrap();
    }

    /// Waits for the end: the exit code, and all that is on the screen.
    pub(crate) fn end(mut self) -> (i32, String) {
        let begun = Instant::now();
        while self.take(Duration::from_millis(100)).is_some() {
            assert!(begun.elapsed() < PATIENCE, "it goes on:\n{}", self.shown());
        }
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.shown())
    }

    /// What is on the screen, without the spaces at the ends of lines.
    fn shown(&self) -> String {
        let contents = self.screen.screen().contents();
        let lines: Vec<&str> = contents.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    /// Shows what comes within a time. `None` when nothing will come any more.
    fn take(&mut self, within: Duration) -> Option<()> {
        match self.output.recv_timeout(within) {
            Ok(bytes) => self.screen.process(&bytes),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
        Some(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a terminal is told. It ends when nobody has it open any more.
fn read(mut terminal: File) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok(count @ 1..) = terminal.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}
