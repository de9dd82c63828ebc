//! Tokens into a tree of blocks. It goes no deeper than [`NESTING_MAX`].

mod assignment;
mod condition;
mod iteration;
mod own;
mod partial;

use crate::cursor::Cursor;
use crate::expression::Filtered;
use crate::lexer::{self, Markup, Tag, Token, excerpt};
use crate::node::{Block, Node};
use crate::{NESTING_MAX, ParseError};

pub(crate) fn parse(source: &str) -> Result<Block, ParseError> {
    Parser::new(lexer::lex(source)?).all()
}

/// Goes through the tokens once.
struct Parser<'s> {
    tokens: std::vec::IntoIter<Token<'s>>,
    depth: usize,
}

/// The tag that ended a block.
type End<'s> = Tag<'s>;

impl<'s> Parser<'s> {
    fn new(tokens: Vec<Token<'s>>) -> Self {
        Self {
            tokens: tokens.into_iter(),
            depth: 0,
        }
    }

    fn all(mut self) -> Result<Block, ParseError> {
        let mut nodes = Block::new();
        while let Some(token) = self.tokens.next() {
            self.node(token, &mut nodes)?;
        }
        Ok(nodes)
    }

    /// The body of a block, until one of the tags that may end or divide it.
    fn body(&mut self, of: &Tag<'s>, ends: &[&str]) -> Result<(Block, End<'s>), ParseError> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err(ParseError::new(
                of.markup.line,
                format!("blocks are more than {NESTING_MAX} deep in one another"),
            ));
        }
        let mut nodes = Block::new();
        while let Some(token) = self.tokens.next() {
            match token {
                Token::Tag(tag) if ends.contains(&tag.name) => {
                    self.depth -= 1;
                    return Ok((nodes, tag));
                }
                Token::Tag(tag) if tag.name.starts_with("end") => {
                    return Err(ParseError::new(
                        tag.markup.line,
                        format!(
                            "`{{% {} %}}` comes before `{{% end{} %}}`, which closes the block \
                             of line {}",
                            tag.name, of.name, of.markup.line
                        ),
                    ));
                }
                token => self.node(token, &mut nodes)?,
            }
        }
        Err(ParseError::new(
            of.markup.line,
            format!(
                "`{{% {} %}}` is never closed: add `{{% end{} %}}`",
                of.name, of.name
            ),
        ))
    }

    fn node(&mut self, token: Token<'s>, nodes: &mut Block) -> Result<(), ParseError> {
        match token {
            Token::Text("") => {}
            Token::Text(text) => nodes.push(Node::Text(text.into())),
            Token::Output(markup) => {
                if Cursor::new(markup).is_at_end() {
                    return Err(ParseError::new(
                        markup.line,
                        "`{{ }}` is empty: name a variable in it, or take it away",
                    ));
                }
                nodes.push(Node::Output(Filtered::parse(markup)?));
            }
            Token::Tag(tag) => nodes.extend(self.tag(tag)?),
        }
        Ok(())
    }

    fn tag(&mut self, tag: Tag<'s>) -> Result<Option<Node>, ParseError> {
        let mut cursor = Cursor::new(tag.markup);
        let node = match tag.name {
            "#" => {
                comment(tag.markup)?;
                return Ok(None);
            }
            "echo" if cursor.is_at_end() => return Ok(None),
            "echo" => Node::Output(Filtered::parse(tag.markup)?),
            "liquid" => Node::Group(self.lines(tag.markup)?),
            "if" | "unless" => self.condition(tag)?,
            "case" => self.case(tag)?,
            "for" => self.for_loop(tag)?,
            "tablerow" => self.table_row(tag)?,
            "break" => Node::Break,
            "continue" => Node::Continue,
            "cycle" => iteration::cycle(cursor)?,
            "assign" => assignment::assign(cursor)?,
            "capture" => self.capture(tag)?,
            "increment" => Node::Increment(assignment::counter(cursor)?),
            "decrement" => Node::Decrement(assignment::counter(cursor)?),
            "include" => partial::include(cursor)?,
            "render" => partial::render(cursor)?,
            name => match own::parse(name, tag.markup)? {
                Some(node) => node,
                None => return Err(unknown(&tag)),
            },
        };
        Ok(Some(node))
    }

    /// The tags in a `liquid` tag, one a line. A block that is opened in it ends in it.
    fn lines(&mut self, markup: Markup<'s>) -> Result<Block, ParseError> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err(ParseError::new(
                markup.line,
                format!("blocks are more than {NESTING_MAX} deep in one another"),
            ));
        }
        let mut tokens = Vec::new();
        let mut in_comment = false;
        for (line, text) in (markup.line..).zip(markup.text.split('\n')) {
            let tag = lexer::tag(text.trim_end_matches(lexer::is_blank), line);
            match tag.name {
                "endcomment" => in_comment = false,
                _ if in_comment => {}
                "comment" => in_comment = true,
                "" if tag.markup.text.is_empty() => {}
                _ => tokens.push(Token::Tag(tag)),
            }
        }
        let inner = Parser {
            tokens: tokens.into_iter(),
            depth: self.depth,
        };
        let nodes = inner.all()?;
        self.depth -= 1;
        Ok(nodes)
    }
}

/// An inline comment says nothing, but every line of it has to look like one.
fn comment(markup: Markup<'_>) -> Result<(), ParseError> {
    let stray = markup
        .text
        .lines()
        .skip(1)
        .map(str::trim)
        .any(|line| !line.is_empty() && !line.starts_with('#'));
    if stray {
        return Err(ParseError::new(
            markup.line,
            "every line of an inline comment has to start with `#`",
        ));
    }
    Ok(())
}

fn unknown(tag: &Tag<'_>) -> ParseError {
    let message = match tag.name {
        "" => format!("`{{%{}%}}` names no tag", excerpt(tag.markup.text)),
        "else" | "elsif" | "when" => format!("`{{% {} %}}` is in no block that has one", tag.name),
        "elseif" | "elif" => format!("there is no tag `{}`: write `elsif`", tag.name),
        name if name.starts_with("end") => {
            format!("`{{% {name} %}}` closes nothing: take it away, or open its block")
        }
        name => format!("there is no tag `{name}`"),
    };
    ParseError::new(tag.markup.line, message)
}
