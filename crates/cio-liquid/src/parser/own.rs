//! The tags that Liquid does not have and the service does.

use crate::cursor::Cursor;
use crate::expression::Filtered;
use crate::lexer::{Markup, is_blank};
use crate::node::{LinkTag, LinkUrl, Node};
use crate::{ParseError, UrlTag};

/// `None` if it is none of them.
pub(super) fn parse(name: &str, markup: Markup<'_>) -> Result<Option<Node>, ParseError> {
    let mut cursor = Cursor::new(markup);
    let node = match name {
        "unsubscribe_url" => Node::Url(UrlTag::Unsubscribe),
        "manage_subscription_preferences_url" => Node::Url(UrlTag::ManageSubscriptionPreferences),
        "view_in_browser_url" => Node::Url(UrlTag::ViewInBrowser),
        "tracking_consent_url" => Node::Url(UrlTag::TrackingConsent),
        "unsubscribe" => Node::Unsubscribe,
        "cio_link_id" => Node::LinkId,
        "generate_uuid" => Node::GenerateUuid,
        "cio_link" => return link(markup).map(Some),
        "countdown" => return countdown(markup).map(Some),
        "random" => return random(cursor).map(Some),
        "render_liquid" => {
            return Filtered::parse(markup).map(|v| Some(Node::RenderLiquid(Box::new(v))));
        }
        "subscription_topic_name" => return topic_name(cursor).map(Some),
        _ => return Ok(None),
    };
    cursor.expect_end()?;
    Ok(Some(node))
}

fn random(mut cursor: Cursor<'_>) -> Result<Node, ParseError> {
    let below = cursor.expect_value()?;
    cursor.expect_end()?;
    Ok(Node::Random(Box::new(below)))
}

/// `lang='pt'`, and with a colon.
fn topic_name(mut cursor: Cursor<'_>) -> Result<Node, ParseError> {
    if cursor.is_at_end() {
        return Ok(Node::TopicName(None));
    }
    if !cursor.take_word("lang") || !(cursor.take("=") || cursor.take(":")) {
        return Err(cursor.error("write the language as `lang='pt'`"));
    }
    let language = cursor.expect_value()?;
    cursor.expect_end()?;
    Ok(Node::TopicName(Some(Box::new(language))))
}

fn link(markup: Markup<'_>) -> Result<Node, ParseError> {
    let mut url = None;
    let (mut track, mut url_params) = (None, None);
    for (name, value) in parameters(markup)? {
        let inner = Markup {
            text: value,
            line: markup.line,
        };
        let operand = || {
            let mut cursor = Cursor::new(inner);
            let operand = cursor.expect_value()?;
            cursor.expect_end()?;
            Ok(operand)
        };
        match name {
            "url" => url = Some(link_url(inner)?),
            "track" => track = Some(operand()?),
            "url_params" => url_params = Some(operand()?),
            _ => {
                return Err(ParseError::new(
                    markup.line,
                    format!("`cio_link` takes `url:`, `track:` and `url_params:`, not `{name}:`"),
                ));
            }
        }
    }
    let Some(url) = url else {
        return Err(ParseError::new(
            markup.line,
            "`cio_link` needs a URL: write `{% cio_link url:\"https://example.com\" %}`",
        ));
    };
    Ok(Node::Link(Box::new(LinkTag {
        url,
        track,
        url_params,
    })))
}

/// Quoted or with a scheme or an output in it, it is written out; otherwise it is a variable.
fn link_url(markup: Markup<'_>) -> Result<LinkUrl, ParseError> {
    let quoted = markup.text.starts_with(['"', '\'']);
    if quoted {
        let mut cursor = Cursor::new(markup);
        let text = cursor.quoted()?;
        cursor.expect_end()?;
        return super::parse(&text).map(LinkUrl::Written);
    }
    if markup.text.contains([':', '/']) || markup.text.contains("{{") {
        return super::parse(markup.text).map(LinkUrl::Written);
    }
    let mut cursor = Cursor::new(markup);
    let variable = cursor.expect_value()?;
    cursor.expect_end()?;
    Ok(LinkUrl::Variable(variable))
}

fn countdown(markup: Markup<'_>) -> Result<Node, ParseError> {
    let parameters: Vec<(String, String)> = parameters(markup)?
        .into_iter()
        .map(|(name, value)| {
            let value = value.trim_matches(['"', '\'']);
            (name.to_owned(), value.to_owned())
        })
        .collect();
    for needed in ["point", "time", "fg", "bg"] {
        if !parameters.iter().any(|(name, _)| name == needed) {
            return Err(ParseError::new(
                markup.line,
                format!("`countdown` needs `{needed}:`"),
            ));
        }
    }
    Ok(Node::Countdown(parameters.into()))
}

/// `name:value` after `name:value`. A value goes to the next blank outside of quotes and
/// braces.
fn parameters(markup: Markup<'_>) -> Result<Vec<(&str, &str)>, ParseError> {
    let mut parameters = Vec::new();
    let mut rest = markup.text.trim_matches(is_blank);
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once(':') else {
            return Err(ParseError::new(
                markup.line,
                format!("`{rest}` is no parameter: write it as `name:value`"),
            ));
        };
        let after = after.trim_start_matches(is_blank);
        let end = end_of_parameter(after);
        parameters.push((name.trim_matches(is_blank), &after[..end]));
        rest = after[end..].trim_start_matches(|c| is_blank(c) || c == ',');
    }
    Ok(parameters)
}

fn end_of_parameter(text: &str) -> usize {
    let mut quote = None;
    let mut braces = 0_usize;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => braces += 1,
            (None, '}') => braces = braces.saturating_sub(1),
            (None, c) if is_blank(c) && braces == 0 => return at,
            (None, _) => {}
        }
    }
    text.len()
}
