//! Changes as people read them.

use cio_domain::definition::Change;

use super::lines::{Line, compare};
use crate::folder;
use crate::output::{Output, Tone};

/// Most lines shown of one change.
const LINES_MAX: usize = 60;

/// What a change does, in a word.
pub(super) fn action(change: &Change) -> &'static str {
    match (&change.before, &change.after) {
        (None, _) => "create",
        (Some(_), Some(_)) => "update",
        (Some(_), None) => "remove",
    }
}

pub(super) fn lines(changes: &[Change], kept: &[Change], output: &Output) -> Vec<String> {
    let mut lines = Vec::new();
    for change in changes {
        let (mark, tone) = match action(change) {
            "create" => ('+', Tone::Good),
            "update" => ('~', Tone::Strong),
            _ => ('-', Tone::Bad),
        };
        lines.push(output.out(tone, &format!("{mark} {}", change.key)));
        if let (Some(before), Some(after)) = (&change.before, &change.after) {
            let kind = change.key.kind;
            let (before, after) = (folder::text(kind, before), folder::text(kind, after));
            let compared = compare(&before, &after);
            let hidden = compared.len().saturating_sub(LINES_MAX);
            for line in compared.into_iter().take(LINES_MAX) {
                lines.push(shown(line, output));
            }
            if hidden > 0 {
                lines.push(output.out(Tone::Faint, &format!("    … {hidden} more lines")));
            }
        }
    }
    for change in kept {
        let text = format!("  {} is not in the files, and kept", change.key);
        lines.push(output.out(Tone::Faint, &text));
    }
    lines
}

fn shown(line: Line<'_>, output: &Output) -> String {
    let (mark, text, tone) = match line {
        Line::Same(text) => (' ', text, None),
        Line::Added(text) => ('+', text, Some(Tone::Good)),
        Line::Removed(text) => ('-', text, Some(Tone::Bad)),
        Line::Skipped => (' ', "…", Some(Tone::Faint)),
    };
    // A text from elsewhere must not move the cursor.
    let text: String = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect();
    let text = format!("    {mark} {text}");
    match tone {
        Some(tone) => output.out(tone, text.trim_end()),
        None => text.trim_end().to_owned(),
    }
}
