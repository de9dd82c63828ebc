//! Whether texts are Liquid: told when they are written, and not only when they are sent.

use cio_domain::content::patch::VariantPatch;
use cio_domain::content::variant::NewVariants;
use cio_domain::definition::Definition;
use cio_liquid::Template;

/// What is wrong with the texts of a definition, if anything is: where, on which line, and what
/// to do.
pub(crate) fn check_definition(definition: &Definition) -> Result<(), String> {
    match definition {
        Definition::Snippet(snippet) => check("value", &snippet.value),
        Definition::Layout(layout) => check("body", &layout.body),
        Definition::TransactionalMessage(message) => check_variants("", message.variants()),
        Definition::Broadcast(broadcast) => {
            let mut actions = broadcast.actions().iter().enumerate();
            actions.try_for_each(|(place, action)| {
                check_variants(&format!("actions[{place}]."), &action.variants)
            })
        }
        Definition::Workspace(_)
        | Definition::PreferenceCenter(_)
        | Definition::Sender(_)
        | Definition::Topic(_)
        | Definition::Segment(_)
        | Definition::Collection(..) => Ok(()),
    }
}

/// The same of a change of parts of what a message says.
pub(crate) fn check_patch(patch: &VariantPatch) -> Result<(), String> {
    let texts = [
        ("body", &patch.body),
        ("body_plain", &patch.body_plain),
        ("body_amp", &patch.body_amp),
        ("subject", &patch.subject),
        ("preheader_text", &patch.preheader),
        ("from", &patch.from),
        ("reply_to", &patch.reply_to),
        ("recipient", &patch.recipient),
        ("cc", &patch.cc),
        ("bcc", &patch.bcc),
        ("image_url", &patch.image_url),
        ("link", &patch.link),
    ];
    for (field, text) in texts {
        check(field, text.as_deref().unwrap_or_default())?;
    }
    let mut headers = patch.headers.iter().flatten();
    headers.try_for_each(|(_, value)| check("headers", value))
}

fn check_variants(under: &str, variants: &NewVariants) -> Result<(), String> {
    for (language, variant) in variants.iter() {
        for (field, text) in variant.texts() {
            let field = match language {
                "" => format!("{under}content.{field}"),
                language => format!("{under}translations.{language}.{field}"),
            };
            check(&field, &text)?;
        }
    }
    Ok(())
}

fn check(field: &str, text: &str) -> Result<(), String> {
    match problem(text) {
        None => Ok(()),
        Some(problem) => Err(format!("\"{field}\" {problem}")),
    }
}

/// What is wrong with one text, if anything is.
pub(crate) fn problem(text: &str) -> Option<String> {
    let error = Template::parse(text).err()?;
    Some(format!("is not Liquid, {error}"))
}

#[cfg(test)]
mod tests {
    use cio_domain::definition::Kind;

    use super::*;

    #[test]
    fn what_is_no_liquid_is_named_with_its_field_and_line() {
        for (kind, json, place) in [
            (
                Kind::Snippet,
                r#"{"value":"a\n{% if"}"#,
                "\"value\" is not Liquid, line 2: ",
            ),
            (
                Kind::Layout,
                r#"{"body":"{{ content }}{% endif %}"}"#,
                "\"body\" is not Liquid, line 1: ",
            ),
            (
                Kind::TransactionalMessage,
                r#"{"channel":"email","content":{"headers":{"X":"{{ a"}}}"#,
                "\"content.headers\" is not Liquid, line 1: ",
            ),
            (
                Kind::TransactionalMessage,
                r#"{"channel":"push","translations":{"de":{"message":"\n\n{% for"}}}"#,
                "\"translations.de.message\" is not Liquid, line 3: ",
            ),
            (
                Kind::Broadcast,
                r#"{"actions":[{"name":"a","channel":"sms"},
                    {"name":"b","channel":"sms","content":{"body":"{% nothing %}"}}]}"#,
                "\"actions[1].content.body\" is not Liquid, line 1: ",
            ),
        ] {
            let definition = Definition::from_json(kind, "a", json).unwrap();
            let said = check_definition(&definition).unwrap_err();
            assert!(said.starts_with(place), "{said}");
        }
        let patch = VariantPatch {
            subject: Some("{{ a }}".to_owned()),
            cc: Some("{{ a".to_owned()),
            ..VariantPatch::default()
        };
        let said = check_patch(&patch).unwrap_err();
        assert!(said.starts_with("\"cc\" is not Liquid, line 1: "), "{said}");
    }
}
