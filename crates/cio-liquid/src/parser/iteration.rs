//! `for`, `tablerow`, `cycle`.

use std::sync::Arc;

use super::Parser;
use crate::ParseError;
use crate::cursor::Cursor;
use crate::expression::{Filtered, Operand};
use crate::lexer::Tag;
use crate::node::{Block, Cycle, For, Node, Offset, TableRow};

impl<'s> Parser<'s> {
    pub(super) fn for_loop(&mut self, tag: Tag<'s>) -> Result<Node, ParseError> {
        let mut cursor = Cursor::new(tag.markup);
        let (variable, collection, collection_text) = head(&mut cursor, "for")?;
        let mut parsed = For {
            variable,
            collection,
            collection_text,
            offset: None,
            limit: None,
            reversed: false,
            body: Block::new(),
            otherwise: Block::new(),
        };
        while !cursor.is_at_end() {
            cursor.take(",");
            match cursor.word() {
                Some("reversed") => parsed.reversed = true,
                Some("limit") => parsed.limit = Some(parameter(&mut cursor)?),
                Some("offset") => parsed.offset = Some(offset(&mut cursor)?),
                _ => return Err(cursor.error("`for` takes `limit:`, `offset:` and `reversed`")),
            }
        }
        let (body, end) = self.body(&tag, &["else", "endfor"])?;
        parsed.body = body;
        if end.name == "else" {
            (parsed.otherwise, _) = self.body(&tag, &["endfor"])?;
        }
        Ok(Node::For(Box::new(parsed)))
    }

    pub(super) fn table_row(&mut self, tag: Tag<'s>) -> Result<Node, ParseError> {
        let mut cursor = Cursor::new(tag.markup);
        let (variable, collection, collection_text) = head(&mut cursor, "tablerow")?;
        let mut parsed = TableRow {
            variable,
            collection,
            collection_text,
            offset: None,
            limit: None,
            columns: None,
            body: Block::new(),
        };
        while !cursor.is_at_end() {
            cursor.take(",");
            match cursor.word() {
                Some("cols") => parsed.columns = Some(parameter(&mut cursor)?),
                Some("limit") => parsed.limit = Some(parameter(&mut cursor)?),
                Some("offset") => parsed.offset = Some(parameter(&mut cursor)?),
                _ => return Err(cursor.error("`tablerow` takes `cols:`, `limit:` and `offset:`")),
            }
        }
        (parsed.body, _) = self.body(&tag, &["endtablerow"])?;
        Ok(Node::TableRow(Box::new(parsed)))
    }
}

/// `item in items`.
fn head(cursor: &mut Cursor<'_>, tag: &str) -> Result<(Arc<str>, Operand, Arc<str>), ParseError> {
    let variable = cursor.word();
    if let Some(variable) = variable
        && cursor.take_word("in")
    {
        cursor.skip_blanks();
        let start = cursor.position();
        let collection = cursor.expect_value()?;
        let text = cursor.since(start).into();
        if cursor.peek() == Some('|') {
            return Err(cursor.error(format!(
                "`{tag}` takes no filters: `assign` the filtered list, and loop over that"
            )));
        }
        return Ok((variable.into(), collection, text));
    }
    Err(cursor.error(format!("write it as `{{% {tag} item in items %}}`")))
}

fn parameter(cursor: &mut Cursor<'_>) -> Result<Operand, ParseError> {
    if !cursor.take(":") {
        return Err(cursor.unexpected("`:` with a value"));
    }
    cursor.expect_value()
}

fn offset(cursor: &mut Cursor<'_>) -> Result<Offset, ParseError> {
    let before = cursor.position();
    if cursor.take(":") && cursor.take_word("continue") {
        return Ok(Offset::Continue);
    }
    cursor.return_to(before);
    parameter(cursor).map(Offset::At)
}

pub(super) fn cycle(mut cursor: Cursor<'_>) -> Result<Node, ParseError> {
    let before = cursor.position();
    let mut group = cursor.value()?;
    if group.is_none() || !cursor.take(":") {
        cursor.return_to(before);
        group = None;
    }
    cursor.skip_blanks();
    let start = cursor.position();
    let mut values = vec![Filtered::read(&mut cursor)?];
    while cursor.take(",") {
        values.push(Filtered::read(&mut cursor)?);
    }
    cursor.expect_end()?;
    Ok(Node::Cycle(Box::new(Cycle {
        group,
        text: cursor.since(start).into(),
        values,
    })))
}
