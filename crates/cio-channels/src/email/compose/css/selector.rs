//! Selectors: which elements a rule is for.

use super::tree::Tree;

/// Most parts of one selector; a longer one is for nobody.
const PARTS_MAX: usize = 16;

/// What an element has to have at least, to look selectors up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key<'s> {
    Id(&'s str),
    Class(&'s str),
    /// In small letters.
    Name(&'s str),
    Any,
}

/// `table.main > td p`.
#[derive(Debug)]
pub(super) struct Selector<'a> {
    /// The element itself last.
    parts: Vec<(Combinator, Compound<'a>)>,
}

/// How an element stands to the one of the part before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Combinator {
    /// Somewhere within it; and how the first part begins.
    Within,
    Child,
    Next,
    After,
}

/// What has to hold for one element.
#[derive(Debug, Default)]
struct Compound<'a> {
    name: Option<String>,
    tests: Vec<Test<'a>>,
}

#[derive(Debug)]
enum Test<'a> {
    Id(&'a str),
    Class(&'a str),
    Attribute {
        name: &'a str,
        /// What its value has to be. `None`: it has to be there.
        value: Option<(Comparison, &'a str)>,
    },
    FirstChild,
}

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Is,
    HasWord,
    Begins,
    Ends,
    Contains,
    IsOrBeginsWithDash,
}

impl<'a> Selector<'a> {
    /// Reads one. `None`: it is none, or nothing but a mail client can tell whom it is for.
    pub(super) fn read(text: &'a str) -> Option<Selector<'a>> {
        let mut parts = Vec::new();
        let mut rest = text.trim();
        let mut combinator = Combinator::Within;
        while !rest.is_empty() {
            let (compound, after) = Compound::read(rest)?;
            parts.push((combinator, compound));
            if parts.len() > PARTS_MAX {
                return None;
            }
            rest = after.trim_start();
            let (next, length) = match rest.as_bytes().first() {
                Some(b'>') => (Combinator::Child, 1),
                Some(b'+') => (Combinator::Next, 1),
                Some(b'~') => (Combinator::After, 1),
                _ => (Combinator::Within, 0),
            };
            combinator = next;
            rest = rest[length..].trim_start();
            if length > 0 && rest.is_empty() {
                return None;
            }
        }
        (!parts.is_empty()).then_some(Selector { parts })
    }

    /// What the element has to have at least.
    pub(super) fn key(&self) -> Key<'_> {
        let Some((_, compound)) = self.parts.last() else {
            return Key::Any;
        };
        let of_tests = compound.tests.iter().find_map(|test| match test {
            Test::Id(id) => Some(Key::Id(id)),
            Test::Class(class) => Some(Key::Class(class)),
            _ => None,
        });
        let name = compound.name.as_deref();
        of_tests.or(name.map(Key::Name)).unwrap_or(Key::Any)
    }

    /// Ids, then classes and attributes, then names.
    pub(super) fn specificity(&self) -> u32 {
        let each = self.parts.iter().map(|(_, compound)| {
            let name = u32::from(compound.name.is_some());
            let tests = compound.tests.iter().map(|test| match test {
                Test::Id(_) => 1 << 16,
                _ => 1 << 8,
            });
            name + tests.sum::<u32>()
        });
        each.sum()
    }

    /// Whether it is for an element. `None`: too many comparisons.
    pub(super) fn matches(
        &self,
        tree: &Tree<'_>,
        element: usize,
        left: &mut usize,
    ) -> Option<bool> {
        self.matches_up_to(self.parts.len(), tree, element, left)
    }

    /// Whether the first parts are for an element and those around it.
    fn matches_up_to(
        &self,
        count: usize,
        tree: &Tree<'_>,
        element: usize,
        left: &mut usize,
    ) -> Option<bool> {
        let Some(((combinator, compound), _)) = self.parts[..count].split_last() else {
            return Some(true);
        };
        *left = left.checked_sub(1)?;
        if !compound.matches(tree, element) {
            return Some(false);
        }
        if count == 1 {
            return Some(true);
        }
        let next = |at| match combinator {
            Combinator::Within | Combinator::Child => tree.parent(at),
            Combinator::Next | Combinator::After => tree.previous(at),
        };
        let goes_on = matches!(combinator, Combinator::Within | Combinator::After);
        let mut at = next(element);
        while let Some(other) = at {
            if self.matches_up_to(count - 1, tree, other, left)? {
                return Some(true);
            }
            at = if goes_on { next(other) } else { None };
        }
        Some(false)
    }
}

impl<'a> Compound<'a> {
    fn read(text: &'a str) -> Option<(Compound<'a>, &'a str)> {
        let mut compound = Compound::default();
        let mut rest = text;
        if let Some(after) = rest.strip_prefix('*') {
            rest = after;
        } else if let Some((name, after)) = word(rest) {
            compound.name = Some(name.to_ascii_lowercase());
            rest = after;
        }
        loop {
            let test;
            (test, rest) = match rest.as_bytes().first() {
                Some(b'#') => word(&rest[1..]).map(|(id, after)| (Test::Id(id), after))?,
                Some(b'.') => word(&rest[1..]).map(|(class, after)| (Test::Class(class), after))?,
                Some(b'[') => {
                    let (inner, after) = rest[1..].split_once(']')?;
                    (attribute(inner)?, after)
                }
                Some(b':') => {
                    let (name, after) = word(&rest[1..])?;
                    if name != "first-child" || after.starts_with('(') {
                        return None;
                    }
                    (Test::FirstChild, after)
                }
                _ => break,
            };
            compound.tests.push(test);
        }
        let is_something = rest.len() < text.len();
        is_something.then_some((compound, rest))
    }

    fn matches(&self, tree: &Tree<'_>, at: usize) -> bool {
        let Some(element) = tree.element(at) else {
            return false;
        };
        let is_named = self.name.as_ref().is_none_or(|name| *name == *element.name);
        is_named
            && self.tests.iter().all(|test| match test {
                Test::Id(id) => element.id == Some(*id),
                Test::Class(class) => element.classes().any(|it| it == *class),
                Test::Attribute { name, value } => element
                    .attribute(name)
                    .is_some_and(|has| value.is_none_or(|(how, wanted)| how.holds(has, wanted))),
                Test::FirstChild => tree.previous(at).is_none(),
            })
    }
}

impl Comparison {
    fn holds(self, has: &str, wanted: &str) -> bool {
        match self {
            Comparison::Is => has == wanted,
            Comparison::HasWord => has.split_ascii_whitespace().any(|it| it == wanted),
            Comparison::Begins => !wanted.is_empty() && has.starts_with(wanted),
            Comparison::Ends => !wanted.is_empty() && has.ends_with(wanted),
            Comparison::Contains => !wanted.is_empty() && has.contains(wanted),
            Comparison::IsOrBeginsWithDash => has
                .strip_prefix(wanted)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-')),
        }
    }
}

/// `type`, `type="text"`, `href^='https'`.
fn attribute(text: &str) -> Option<Test<'_>> {
    let (name, after) = word(text.trim())?;
    let after = after.trim_start();
    if after.is_empty() {
        return Some(Test::Attribute { name, value: None });
    }
    let (comparison, length) = match after.as_bytes() {
        [b'=', ..] => (Comparison::Is, 1),
        [b'~', b'=', ..] => (Comparison::HasWord, 2),
        [b'^', b'=', ..] => (Comparison::Begins, 2),
        [b'$', b'=', ..] => (Comparison::Ends, 2),
        [b'*', b'=', ..] => (Comparison::Contains, 2),
        [b'|', b'=', ..] => (Comparison::IsOrBeginsWithDash, 2),
        _ => return None,
    };
    let value = after[length..].trim();
    let value = match value.as_bytes() {
        [quote @ (b'"' | b'\''), .., last] if quote == last => &value[1..value.len() - 1],
        _ => word(value).filter(|(_, rest)| rest.is_empty())?.0,
    };
    // Escapes would have to be undone first.
    (!value.contains(['\\', '"', '\''])).then_some(Test::Attribute {
        name,
        value: Some((comparison, value)),
    })
}

/// A name, and what follows it. One with escapes is none here.
fn word(text: &str) -> Option<(&str, &str)> {
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_') || !it.is_ascii();
    let end = text.find(|it| !is_part(it)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let begins_well = !word.starts_with(|it: char| it.is_ascii_digit());
    (!word.is_empty() && begins_well && !rest.starts_with('\\')).then_some((word, rest))
}
