//! Writing style sheets into the elements they are for, as mail clients want it that read
//! no style sheets.
//!
//! A style sheet stays where it is: what only it can say, `:hover` and `@media`, is said
//! there. Elements that no rule is for stay as they are, byte by byte. Nothing is fetched,
//! so a linked style sheet is none.

mod selector;
mod sheet;
mod tree;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use crate::email::html::{Piece, Tag, decode_attribute, pieces};
use selector::{Key, Selector};
use sheet::{Declaration, Rule};
use tree::{Element, Tree};

/// Most comparisons of a selector with an element in one body. A body that needs more is
/// sent as it is.
const COMPARISONS_MAX: usize = 1_000_000;
/// How much longer a body may become: eight times, but this much in any case.
const GROWTH_BYTES: usize = 1 << 20;

/// Writes the style sheets of a body into its elements.
pub(super) fn inline(html: &str) -> Cow<'_, str> {
    let sheets = sheets(html);
    let rules = sheet::rules(&sheets);
    if rules.is_empty() {
        return Cow::Borrowed(html);
    }
    match write(html, &Index::of(&rules)) {
        Some(written) => Cow::Owned(written),
        None => Cow::Borrowed(html),
    }
}

/// All style sheets for screens, one after the other.
fn sheets(html: &str) -> String {
    let mut found = String::new();
    let mut counts = false;
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) => counts = !tag.is_end && tag.is("style") && is_for_screens(&tag),
            Piece::Raw(text) if counts => {
                found.push_str(text);
                found.push('\n');
            }
            _ => {}
        }
    }
    found
}

fn is_for_screens(tag: &Tag<'_>) -> bool {
    let is = |name: &str, wanted: fn(&str) -> bool| {
        let value = tag
            .attribute(name)
            .map(|it| it.value.trim().to_ascii_lowercase());
        value.is_none_or(|value| wanted(&value))
    };
    is("media", |it| matches!(it, "" | "all" | "screen"))
        && is("data-premailer", |it| it != "ignore")
        && is("type", |it| matches!(it, "" | "text/css"))
}

/// `None`: it would be too much work, or too long.
fn write(html: &str, index: &Index<'_>) -> Option<String> {
    let mut tree = Tree::default();
    let mut left = COMPARISONS_MAX;
    let most = (html.len() * 8).max(html.len() + GROWTH_BYTES);
    let mut written = String::with_capacity(html.len() * 2);
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) => {
                let style = match tree.take(&tag) {
                    Some(element) => {
                        let matching = index.matching(&tree, element, &mut left)?;
                        merged(&matching, &tag)
                    }
                    None => None,
                };
                match style {
                    Some(style) => push_with_style(&tag, &style, &mut written),
                    None => written.push_str(tag.text),
                }
                if written.len() > most {
                    return None;
                }
            }
            other => written.push_str(other.text()),
        }
    }
    Some(written)
}

/// A selector, and the number of its rule.
type Numbered<'a> = (usize, &'a Selector<'a>);

/// The rules by what the element they are for has to have.
struct Index<'a> {
    rules: &'a [Rule<'a>],
    ids: HashMap<&'a str, Vec<Numbered<'a>>>,
    classes: HashMap<&'a str, Vec<Numbered<'a>>>,
    names: HashMap<&'a str, Vec<Numbered<'a>>>,
    any: Vec<Numbered<'a>>,
}

impl<'a> Index<'a> {
    fn of(rules: &'a [Rule<'a>]) -> Index<'a> {
        let mut index = Index {
            rules,
            ids: HashMap::new(),
            classes: HashMap::new(),
            names: HashMap::new(),
            any: Vec::new(),
        };
        for (at, rule) in rules.iter().enumerate() {
            for selector in &rule.selectors {
                let these = match selector.key() {
                    Key::Id(id) => index.ids.entry(id).or_default(),
                    Key::Class(class) => index.classes.entry(class).or_default(),
                    Key::Name(name) => index.names.entry(name).or_default(),
                    Key::Any => &mut index.any,
                };
                these.push((at, selector));
            }
        }
        index
    }

    /// The selectors that may be for an element.
    fn candidates(&self, element: &Element<'_>, found: &mut Vec<Numbered<'a>>) {
        found.extend_from_slice(&self.any);
        found.extend(self.names.get(&*element.name).into_iter().flatten());
        if let Some(id) = element.id {
            found.extend(self.ids.get(id).into_iter().flatten());
        }
        if !self.classes.is_empty() {
            for class in element.classes() {
                found.extend(self.classes.get(class).into_iter().flatten());
            }
        }
    }

    /// The rules for an element, the one that counts most last.
    fn matching(&self, tree: &Tree<'_>, at: usize, left: &mut usize) -> Option<Vec<&'a Rule<'a>>> {
        let mut candidates = Vec::new();
        self.candidates(tree.element(at)?, &mut candidates);
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (rule, selector) in candidates {
            if selector.matches(tree, at, left)? {
                found.push((selector.specificity(), rule));
            }
        }
        // Of the selectors of one rule the most specific counts.
        found.sort_unstable_by_key(|(specificity, rule)| (*rule, Reverse(*specificity)));
        found.dedup_by_key(|(_, rule)| *rule);
        found.sort_unstable();
        Some(found.iter().map(|(_, rule)| &self.rules[*rule]).collect())
    }
}

/// What an element's `style` says with the rules for it: the rules, then what it says
/// itself, then what is `!important`. `None`: nothing is new.
fn merged(rules: &[&Rule<'_>], tag: &Tag<'_>) -> Option<String> {
    if rules.is_empty() {
        return None;
    }
    let own = tag.attribute("style").map_or("", |it| it.value);
    let own = decode_attribute(own)?;
    let own = sheet::declarations(&own);
    let from_rules = || rules.iter().flat_map(|rule| &rule.declarations);
    let important = |wanted: bool| move |it: &&Declaration<'_>| it.is_important == wanted;
    let all: Vec<&Declaration<'_>> = from_rules()
        .filter(important(false))
        .chain(own.iter().filter(important(false)))
        .chain(from_rules().filter(important(true)))
        .chain(own.iter().filter(important(true)))
        .collect();
    let each = all.iter().enumerate();
    let last: HashMap<&str, usize> = each.map(|(at, it)| (it.name.as_ref(), at)).collect();
    let mut style = String::new();
    for (at, declaration) in all.iter().enumerate() {
        // Only the last of one name counts; it stands where it stood, so that it overrides
        // what it has to, `margin` an earlier `margin-top`.
        if last[declaration.name.as_ref()] != at {
            continue;
        }
        if !style.is_empty() {
            style.push(';');
        }
        style.push_str(&declaration.name);
        style.push(':');
        style.push_str(declaration.value);
    }
    Some(style).filter(|style| !style.is_empty())
}

fn push_with_style(tag: &Tag<'_>, style: &str, out: &mut String) {
    let escaped = style.replace('&', "&amp;").replace('"', "&quot;");
    let (before, after) = match tag.attribute("style") {
        Some(own) => (own.start, own.end),
        None => (tag.end_of_attributes(), tag.end_of_attributes()),
    };
    out.push_str(&tag.text[..before]);
    if before == after {
        out.push(' ');
    }
    out.push_str("style=\"");
    out.push_str(&escaped);
    out.push('"');
    out.push_str(&tag.text[after..]);
}

#[cfg(test)]
mod tests;
