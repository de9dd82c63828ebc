//! `include` and `render`.

use crate::ParseError;
use crate::cursor::Cursor;
use crate::node::{Arguments, Binding, Include, Isolated, Node};

pub(super) fn include(mut cursor: Cursor<'_>) -> Result<Node, ParseError> {
    let name = cursor.expect_value()?;
    let with = if takes_value(&mut cursor, "with") {
        Some(cursor.expect_value()?)
    } else {
        None
    };
    Ok(Node::Include(Box::new(Include {
        name,
        with,
        arguments: arguments(&mut cursor)?,
    })))
}

pub(super) fn render(mut cursor: Cursor<'_>) -> Result<Node, ParseError> {
    let name = cursor.expect_value()?;
    let (mut with, mut each) = (None, None);
    loop {
        if takes_value(&mut cursor, "with") {
            with = Some(binding(&mut cursor)?);
        } else if takes_value(&mut cursor, "for") {
            each = Some(binding(&mut cursor)?);
        } else {
            break;
        }
        cursor.take(",");
    }
    Ok(Node::Render(Box::new(Isolated {
        name,
        with,
        each,
        arguments: arguments(&mut cursor)?,
    })))
}

/// Whether the word is next, and is not the name of an argument.
fn takes_value(cursor: &mut Cursor<'_>, word: &str) -> bool {
    let before = cursor.position();
    if cursor.take_word(word) && cursor.peek() != Some(':') {
        return true;
    }
    cursor.return_to(before);
    false
}

fn binding(cursor: &mut Cursor<'_>) -> Result<Binding, ParseError> {
    cursor.skip_blanks();
    let start = cursor.position();
    let value = cursor.expect_value()?;
    let text = cursor.since(start).into();
    let alias = match cursor.take_word("as") {
        false => None,
        true => match cursor.word() {
            Some(alias) => Some(alias.into()),
            None => return Err(cursor.unexpected("a name after `as`")),
        },
    };
    Ok(Binding { value, text, alias })
}

fn arguments(cursor: &mut Cursor<'_>) -> Result<Arguments, ParseError> {
    let mut arguments = Arguments::new();
    while !cursor.is_at_end() {
        cursor.take(",");
        if cursor.is_at_end() {
            break;
        }
        let Some(name) = cursor.word() else {
            return Err(cursor.unexpected("an argument such as `name: value`"));
        };
        if !cursor.take(":") {
            return Err(cursor.unexpected("`:` with the value of an argument"));
        }
        arguments.push((name.into(), cursor.expect_value()?));
    }
    Ok(arguments)
}
