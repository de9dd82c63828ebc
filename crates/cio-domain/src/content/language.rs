//! Languages, as texts are kept in and people ask for.

use std::collections::BTreeMap;

/// Longest name of a language. The longest that anybody uses are shorter by far.
const LANGUAGE_BYTES_MAX: usize = 35;

/// A language's name as it is kept: `de`, `pt-br`. `None` if it cannot be one.
pub fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_name = text.len() <= LANGUAGE_BYTES_MAX && text.split(['-', '_']).all(is_part);
    is_name.then(|| text.to_ascii_lowercase().replace('_', "-"))
}

/// The language that an `Accept-Language` header likes best. Only that one: the text
/// without a translation is in a language nobody here knows, and may be it.
pub fn preferred(header: &str) -> Option<String> {
    let mut best: Option<(f32, String)> = None;
    for part in header.split(',') {
        let mut parameters = part.split(';');
        let Some(language) = parameters.next().and_then(name) else {
            continue;
        };
        let weight = parameters
            .find_map(|parameter| parameter.trim().strip_prefix("q="))
            .map_or(Some(1.0), |weight| weight.trim().parse().ok())
            .unwrap_or(0.0);
        // Of equals the first counts.
        if weight > best.as_ref().map_or(0.0, |(weight, _)| *weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

/// The translation for somebody who reads this language: `de` serves `de-at`, too.
pub(super) fn pick<'a, T>(
    translations: &'a BTreeMap<String, T>,
    language: Option<&str>,
) -> Option<&'a T> {
    let mut language = language?;
    loop {
        if let Some(translation) = translations.get(language) {
            return Some(translation);
        }
        language = language.rsplit_once('-')?.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_kept_in_one_spelling() {
        assert_eq!(name(" pt_BR "), Some("pt-br".to_owned()));
        for text in [
            "",
            "*",
            "de-",
            "d e",
            "../..",
            "abcdefghi",
            &"de-".repeat(20),
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }

    #[test]
    fn the_best_language_of_a_header_counts() {
        for (header, expected) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some("de-at")),
            ("en;q=0.5, fr ; q=0.7", Some("fr")),
            ("*", None),
            ("*;q=0.5, nl;q=0.1", Some("nl")),
            ("de;q=0", None),
            ("de;q=x, fr;q=0.1", Some("fr")),
            ("", None),
        ] {
            assert_eq!(preferred(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn a_translation_serves_its_dialects() {
        let translations = BTreeMap::from([("de".to_owned(), 1), ("pt-br".to_owned(), 2)]);
        for (language, expected) in [
            (Some("de"), Some(1)),
            (Some("de-at-1996"), Some(1)),
            (Some("pt-br"), Some(2)),
            (Some("pt"), None),
            (None, None),
        ] {
            assert_eq!(
                pick(&translations, language).copied(),
                expected,
                "{language:?}"
            );
        }
    }
}
