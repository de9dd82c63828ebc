//! `if`, `unless`, `case`.

use super::Parser;
use crate::ParseError;
use crate::cursor::Cursor;
use crate::expression::{Filtered, Operand};
use crate::lexer::Tag;
use crate::node::{Block, Branch, Case, If, Node};

impl<'s> Parser<'s> {
    pub(super) fn condition(&mut self, tag: Tag<'s>) -> Result<Node, ParseError> {
        let end = if tag.name == "if" {
            "endif"
        } else {
            "endunless"
        };
        let mut parsed = If {
            branches: Vec::new(),
            otherwise: Block::new(),
        };
        let mut of = tag;
        loop {
            let condition = condition(of)?;
            let (body, next) = self.body(&tag, &["elsif", "else", end])?;
            parsed.branches.push(Branch {
                condition,
                unless: of.name == "unless",
                body,
            });
            match next.name {
                "elsif" => of = next,
                "else" => {
                    no_condition(next)?;
                    let (body, last) = self.body(&tag, &["elsif", "else", end])?;
                    if last.name != end {
                        return Err(ParseError::new(
                            last.markup.line,
                            format!("`{{% {} %}}` comes after `{{% else %}}`", last.name),
                        ));
                    }
                    parsed.otherwise = body;
                    return Ok(Node::If(Box::new(parsed)));
                }
                _ => return Ok(Node::If(Box::new(parsed))),
            }
        }
    }

    pub(super) fn case(&mut self, tag: Tag<'s>) -> Result<Node, ParseError> {
        const ENDS: [&str; 3] = ["when", "else", "endcase"];
        let mut case = Case {
            value: condition(tag)?,
            whens: Vec::new(),
            otherwise: Block::new(),
        };
        // What is between `case` and its first `when` is not rendered.
        let (_, mut next) = self.body(&tag, &ENDS)?;
        let mut has_else = false;
        loop {
            match next.name {
                "when" if has_else => {
                    return Err(ParseError::new(
                        next.markup.line,
                        "`{% when %}` comes after `{% else %}`",
                    ));
                }
                "when" => {
                    let values = when_values(Cursor::new(next.markup))?;
                    let (body, end) = self.body(&tag, &ENDS)?;
                    case.whens.push((values, body));
                    next = end;
                }
                "else" => {
                    no_condition(next)?;
                    has_else = true;
                    let (body, end) = self.body(&tag, &ENDS)?;
                    case.otherwise = body;
                    next = end;
                }
                _ => return Ok(Node::Case(Box::new(case))),
            }
        }
    }
}

fn condition(tag: Tag<'_>) -> Result<Filtered, ParseError> {
    if Cursor::new(tag.markup).is_at_end() {
        return Err(ParseError::new(
            tag.markup.line,
            format!("`{{% {} %}}` lacks its condition", tag.name),
        ));
    }
    Filtered::parse(tag.markup)
}

fn no_condition(tag: Tag<'_>) -> Result<(), ParseError> {
    if Cursor::new(tag.markup).is_at_end() {
        return Ok(());
    }
    Err(ParseError::new(
        tag.markup.line,
        "`{% else %}` takes no condition: write `{% elsif … %}`",
    ))
}

/// `when 1, 2` or `when 1 or 2`.
fn when_values(mut cursor: Cursor<'_>) -> Result<Vec<Operand>, ParseError> {
    let mut values = vec![cursor.expect_value()?];
    while cursor.take(",") || cursor.take_word("or") {
        values.push(cursor.expect_value()?);
    }
    cursor.expect_end()?;
    Ok(values)
}
