//! What differs between two texts, line by line.

/// How many lines around a difference are shown.
const CONTEXT: usize = 2;
/// Largest table of lines by lines that is filled. Beyond it all lines count as replaced.
const CELLS_MAX: usize = 4_000_000;

/// A line of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Same(&'a str),
    Removed(&'a str),
    Added(&'a str),
    /// Lines that are the same and far from any that are not.
    Skipped,
}

/// The lines that differ, with those around them.
pub(super) fn compare<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let before: Vec<&str> = before.lines().collect();
    let after: Vec<&str> = after.lines().collect();
    let all = all(&before, &after);
    let is_near = |place: usize| {
        let around = place.saturating_sub(CONTEXT)..(place + CONTEXT + 1).min(all.len());
        all[around]
            .iter()
            .any(|line| !matches!(line, Line::Same(_)))
    };
    let mut shown = Vec::new();
    for (place, line) in all.iter().enumerate() {
        if is_near(place) {
            shown.push(*line);
        } else if shown.last() != Some(&Line::Skipped) {
            shown.push(Line::Skipped);
        }
    }
    shown
}

fn all<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<Line<'a>> {
    let pairs = before.iter().zip(after);
    let start = pairs.take_while(|(one, other)| one == other).count();
    let (before_rest, after_rest) = (&before[start..], &after[start..]);
    let pairs = before_rest.iter().rev().zip(after_rest.iter().rev());
    let end = pairs.take_while(|(one, other)| one == other).count();
    let before_middle = &before_rest[..before_rest.len() - end];
    let after_middle = &after_rest[..after_rest.len() - end];
    let same = |lines: &[&'a str]| -> Vec<Line<'a>> {
        lines.iter().map(|line| Line::Same(line)).collect()
    };
    let mut all = same(&before[..start]);
    all.extend(middle(before_middle, after_middle));
    all.extend(same(&before[before.len() - end..]));
    all
}

/// By the longest common subsequence.
fn middle<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<Line<'a>> {
    let removed = |lines: &[&'a str]| -> Vec<Line<'a>> {
        lines.iter().map(|line| Line::Removed(line)).collect()
    };
    let added = |lines: &[&'a str]| -> Vec<Line<'a>> {
        lines.iter().map(|line| Line::Added(line)).collect()
    };
    let width = after.len() + 1;
    if before.len().saturating_mul(after.len()) > CELLS_MAX {
        return [removed(before), added(after)].concat();
    }
    // How many lines the rests have in common, from each pair of places.
    let mut common = vec![0_u32; (before.len() + 1) * width];
    for one in (0..before.len()).rev() {
        for other in (0..after.len()).rev() {
            common[one * width + other] = match before[one] == after[other] {
                true => common[(one + 1) * width + other + 1] + 1,
                false => common[(one + 1) * width + other].max(common[one * width + other + 1]),
            };
        }
    }
    let (mut one, mut other) = (0, 0);
    let mut lines = Vec::new();
    while one < before.len() && other < after.len() {
        if before[one] == after[other] {
            lines.push(Line::Same(before[one]));
            (one, other) = (one + 1, other + 1);
        } else if common[(one + 1) * width + other] >= common[one * width + other + 1] {
            lines.push(Line::Removed(before[one]));
            one += 1;
        } else {
            lines.push(Line::Added(after[other]));
            other += 1;
        }
    }
    lines.extend(removed(&before[one..]));
    lines.extend(added(&after[other..]));
    lines
}

#[cfg(test)]
mod tests {
    use super::Line::{Added, Removed, Same, Skipped};
    use super::*;

    #[test]
    fn what_differs_is_shown_with_what_is_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9";
        let after = "1\n2\n3\n4\nfive\n6\n7\n8\n9";
        let expected = [
            Skipped,
            Same("3"),
            Same("4"),
            Removed("5"),
            Added("five"),
            Same("6"),
            Same("7"),
            Skipped,
        ];
        assert_eq!(compare(before, after), expected);
        assert_eq!(compare("", "a\nb"), [Added("a"), Added("b")]);
        assert_eq!(compare("a", ""), [Removed("a")]);
    }

    /// Leaving out what was removed gives the text after, and the other way round.
    #[test]
    fn a_comparison_has_both_texts_in_it() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..500 {
            let mut text = || -> Vec<String> {
                let count = random.usize(..8);
                (0..count).map(|_| random.u8(..4).to_string()).collect()
            };
            let (before, after) = (text(), text());
            let of = |lines: &[String]| lines.join("\n");
            let (one, other) = (of(&before), of(&after));
            let (one, other): (Vec<&str>, Vec<&str>) =
                (one.lines().collect(), other.lines().collect());
            let all = all(&one, &other);
            let left = |wanted: fn(&Line<'_>) -> bool| -> Vec<&str> {
                let kept = all.iter().filter(|line| wanted(line));
                kept.map(|line| match line {
                    Same(text) | Added(text) | Removed(text) => *text,
                    Skipped => "",
                })
                .collect()
            };
            assert_eq!(left(|line| !matches!(line, Added(_))), one);
            assert_eq!(left(|line| !matches!(line, Removed(_))), other);
        }
    }

    #[test]
    fn long_texts_are_compared_in_bounded_time() {
        let text = |start: usize| {
            let lines = (start..start + 5_000).map(|line| line.to_string());
            lines.collect::<Vec<_>>().join("\n")
        };
        let (before, after) = (text(0), text(10_000));
        assert_eq!(compare(&before, &after).len(), 10_000);
    }
}
