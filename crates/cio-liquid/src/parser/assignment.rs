//! `assign`, `capture`, `increment`, `decrement`.

use std::sync::Arc;

use super::Parser;
use crate::ParseError;
use crate::cursor::Cursor;
use crate::expression::Filtered;
use crate::lexer::Tag;
use crate::node::Node;

impl<'s> Parser<'s> {
    pub(super) fn capture(&mut self, tag: Tag<'s>) -> Result<Node, ParseError> {
        let mut cursor = Cursor::new(tag.markup);
        let name: Arc<str> = match cursor.peek() {
            Some('"' | '\'') => cursor.quoted()?.into(),
            _ => match cursor.word() {
                Some(name) => name.into(),
                None => return Err(cursor.unexpected("the name of a variable")),
            },
        };
        cursor.expect_end()?;
        let (body, _) = self.body(&tag, &["endcapture"])?;
        Ok(Node::Capture(Box::new((name, body))))
    }
}

pub(super) fn assign(mut cursor: Cursor<'_>) -> Result<Node, ParseError> {
    let Some(name) = cursor.word() else {
        return Err(cursor.unexpected("the name of a variable"));
    };
    if !cursor.take("=") {
        return Err(cursor.unexpected("`=`"));
    }
    let value = Filtered::read(&mut cursor)?;
    cursor.expect_end()?;
    Ok(Node::Assign(Box::new((name.into(), value))))
}

pub(super) fn counter(mut cursor: Cursor<'_>) -> Result<Arc<str>, ParseError> {
    let Some(name) = cursor.word() else {
        return Err(cursor.unexpected("the name of a counter"));
    };
    cursor.expect_end()?;
    Ok(name.into())
}
