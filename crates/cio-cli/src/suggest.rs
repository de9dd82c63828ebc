//! What was meant by a name that does not exist.

/// Furthest that a name may be from a known one to be taken for a slip of it.
pub(crate) const NEAR: usize = 3;

/// The name that another one may be a slip of.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&name, known), *known))
        .min()
        .filter(|(distance, _)| *distance <= NEAR)
        .map(|(_, known)| known)
}

/// The variable that another name may be meant for: one that has all its words, such as
/// `CUSTOMERIO_APP_KEY`, or the nearest.
pub(crate) fn nearest_variable<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_uppercase();
    let words: Vec<&str> = name.split('_').collect();
    let has_all = |known: &str| {
        let known: Vec<&str> = known.split('_').collect();
        words.iter().all(|word| known.contains(word))
    };
    let with_all = known.iter().copied().find(|known| has_all(known));
    with_all.or_else(|| {
        known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(&name, known), *known))
            .min()
            .filter(|(distance, _)| *distance <= NEAR)
            .map(|(_, known)| known)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_known_by_its_words_or_its_letters() {
        let known = [
            "C_SITE_ID",
            "C_TRACK_API_KEY",
            "C_APP_API_KEY",
            "C_TRACK_URL",
        ];
        for (name, meant) in [
            ("C_TRACK_KEY", Some("C_TRACK_API_KEY")),
            ("C_APP_KEY", Some("C_APP_API_KEY")),
            ("C_SITEID", Some("C_SITE_ID")),
            ("C_TARCK_URL", Some("C_TRACK_URL")),
            ("C_SOMETHING_ELSE", None),
        ] {
            assert_eq!(nearest_variable(name, &known), meant, "{name}");
        }
    }

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["production", "staging"];
        assert_eq!(nearest("Prodution", &known), Some("production"));
        assert_eq!(nearest("local", &known), None);
    }
}
