//! The one place that prints: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

/// Where output goes, and whether it may be coloured.
pub(crate) struct Output {
    colour_out: bool,
    colour_err: bool,
}

/// A colour by what it means.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Bad,
    Faint,
    Strong,
}

impl Tone {
    const fn code(self) -> &'static str {
        match self {
            Tone::Good => "\x1b[32m",
            Tone::Bad => "\x1b[31m",
            Tone::Faint => "\x1b[2m",
            Tone::Strong => "\x1b[1m",
        }
    }
}

impl Output {
    pub(crate) fn new() -> Output {
        let wanted = crate::settings::wants_colour();
        Output {
            colour_out: wanted && io::stdout().is_terminal(),
            colour_err: wanted && io::stderr().is_terminal(),
        }
    }

    /// A line of data. A reader that went away is a normal end.
    pub(crate) fn data(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    }

    /// A line for a person.
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// What went wrong.
    pub(crate) fn error(&self, text: &str) {
        let label = paint(self.colour_err, Tone::Bad, "error:");
        let _ = writeln!(io::stderr().lock(), "{label} {text}");
    }

    /// Colours text for stdout, if it is a terminal that wants it.
    pub(crate) fn out(&self, tone: Tone, text: &str) -> String {
        paint(self.colour_out, tone, text)
    }
}

fn paint(colour: bool, tone: Tone, text: &str) -> String {
    if colour {
        format!("{}{text}\x1b[0m", tone.code())
    } else {
        text.to_owned()
    }
}
