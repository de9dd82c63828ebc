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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["production", "staging"];
        assert_eq!(nearest("Prodution", &known), Some("production"));
        assert_eq!(nearest("local", &known), None);
    }
}
