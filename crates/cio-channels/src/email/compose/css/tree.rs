//! The elements of a body and how they stand to one another, as far as selectors ask.
//!
//! Tags that HTML lets one leave out are put in: `</p>` and `</li>`, `<tbody>`, `<body>`.

use std::borrow::Cow;

use crate::email::html::{Tag, is_void};

/// Deepest nesting that is followed; what is deeper has no style.
const DEPTH_MAX: usize = 512;

/// An element.
#[derive(Debug)]
pub(super) struct Element<'a> {
    /// In small letters.
    pub(super) name: Cow<'a, str>,
    pub(super) id: Option<&'a str>,
    class: &'a str,
    /// `None`: it was put in.
    tag: Option<Tag<'a>>,
    parent: Option<usize>,
    previous: Option<usize>,
    last_child: Option<usize>,
}

impl<'a> Element<'a> {
    pub(super) fn classes(&self) -> impl Iterator<Item = &'a str> {
        self.class.split_ascii_whitespace()
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.tag?.attribute(name).map(|it| it.value)
    }
}

/// All elements so far, and those that are open.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    elements: Vec<Element<'a>>,
    open: Vec<usize>,
    /// Start tags that were too deep, so that their end tags close nothing.
    too_deep: usize,
}

impl<'a> Tree<'a> {
    pub(super) fn element(&self, at: usize) -> Option<&Element<'a>> {
        self.elements.get(at)
    }

    pub(super) fn parent(&self, at: usize) -> Option<usize> {
        self.elements[at].parent
    }

    /// The element before it that has the same parent.
    pub(super) fn previous(&self, at: usize) -> Option<usize> {
        self.elements[at].previous
    }

    /// Follows a tag. The element, if it is a start tag of one that can have a style.
    pub(super) fn take(&mut self, tag: &Tag<'a>) -> Option<usize> {
        let name = tag.small_name();
        if tag.is_end {
            self.close(&name);
            return None;
        }
        self.imply(&name);
        if name == "html" || name == "body" {
            // There is only one, and it may have been put in already.
            if let Some(at) = self.elements.iter().take(3).position(|it| it.name == name) {
                self.set_tag(at, tag);
                return None;
            }
        }
        if self.open.len() >= DEPTH_MAX {
            self.too_deep += usize::from(!is_void(&name));
            return None;
        }
        let (is_shown, is_void) = (!is_of_head(&name), is_void(&name));
        let at = self.push(name, Some(tag));
        if !is_void {
            self.open.push(at);
        }
        is_shown.then_some(at)
    }

    fn set_tag(&mut self, at: usize, tag: &Tag<'a>) {
        let element = &mut self.elements[at];
        (element.id, element.class) = (None, "");
        let mut has_class = false;
        for attribute in tag.attributes() {
            if attribute.name.eq_ignore_ascii_case("id") {
                element.id.get_or_insert(attribute.value);
            } else if attribute.name.eq_ignore_ascii_case("class") && !has_class {
                (element.class, has_class) = (attribute.value, true);
            }
        }
        element.tag = Some(*tag);
    }

    fn push(&mut self, name: Cow<'a, str>, tag: Option<&Tag<'a>>) -> usize {
        let at = self.elements.len();
        let parent = self.open.last().copied();
        let previous = parent.and_then(|it| self.elements[it].last_child.replace(at));
        self.elements.push(Element {
            name,
            id: None,
            class: "",
            tag: None,
            parent,
            previous,
            last_child: None,
        });
        if let Some(tag) = tag {
            self.set_tag(at, tag);
        }
        at
    }

    fn open_implied(&mut self, name: &'static str) {
        if self.open.len() < DEPTH_MAX {
            let at = self.push(Cow::Borrowed(name), None);
            self.open.push(at);
        }
    }

    fn current(&self) -> &str {
        let current = self.open.last();
        current.map_or("", |at| &self.elements[*at].name)
    }

    /// Closes and opens what a start tag closes and opens without saying so.
    fn imply(&mut self, name: &str) {
        if name == "html" {
            return;
        }
        if self.open.is_empty() {
            self.open_implied("html");
        }
        if self.open.len() == 1 && name != "body" && !is_of_head(name) {
            self.open_implied("body");
        }
        if self.current() == "head" && !is_of_head(name) {
            self.open.pop();
            if name != "body" {
                self.open_implied("body");
            }
        }
        if ends_paragraph(name) {
            self.close_within(&["p"], &["button"]);
        }
        match name {
            "li" => self.close_within(&["li"], &["ul", "ol", "menu"]),
            "dt" | "dd" => self.close_within(&["dt", "dd"], &["dl"]),
            "option" => self.close_within(&["option"], &["select"]),
            "td" | "th" => {
                self.close_to_table(&["td", "th"]);
                if self.current() == "table" {
                    self.open_implied("tbody");
                }
                if matches!(self.current(), "tbody" | "thead" | "tfoot") {
                    self.open_implied("tr");
                }
            }
            "tr" => {
                self.close_to_table(&["tr"]);
                if self.current() == "table" {
                    self.open_implied("tbody");
                }
            }
            "tbody" | "thead" | "tfoot" => self.close_to_table(&["tbody", "thead", "tfoot"]),
            _ => {}
        }
    }

    /// Closes the innermost of these, unless one of the boundaries is around us first.
    fn close_within(&mut self, names: &[&str], until: &[&str]) {
        self.close_innermost(names, |it| until.contains(&it) || is_boundary(it));
    }

    /// The same for what stands in tables.
    fn close_to_table(&mut self, names: &[&str]) {
        self.close_innermost(names, |it| it == "table");
    }

    fn close_innermost(&mut self, names: &[&str], is_boundary: impl Fn(&str) -> bool) {
        for depth in (0..self.open.len()).rev() {
            let name = &*self.elements[self.open[depth]].name;
            if names.contains(&name) {
                self.open.truncate(depth);
                return;
            }
            if is_boundary(name) {
                return;
            }
        }
    }

    fn close(&mut self, name: &str) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        match name {
            // What follows them belongs to them all the same.
            "html" | "body" => {}
            "table" | "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" | "caption" => {
                self.close_innermost(&[name], |it| it == "table");
            }
            _ => self.close_innermost(&[name], is_boundary),
        }
    }
}

/// Whether an open paragraph ends where it begins.
fn ends_paragraph(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "details"
            | "div"
            | "dl"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "ul"
    )
}

/// Whether nothing outside of it is closed from within.
fn is_boundary(name: &str) -> bool {
    matches!(name, "table" | "td" | "th" | "caption" | "html")
}

/// Whether it is the head or stands in it: it is not shown, and has no style.
fn is_of_head(name: &str) -> bool {
    matches!(
        name,
        "base" | "head" | "link" | "meta" | "noscript" | "script" | "style" | "title"
    )
}
