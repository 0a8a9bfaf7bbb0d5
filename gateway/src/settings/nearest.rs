//! The name that a mistyped one was probably meant to be.

/// How much of it must be right.
const LIKENESS_MIN: f64 = 0.6;

/// The one of `names` that is most like `name`, if it is like it at all.
pub(crate) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    names
        .into_iter()
        .map(|known| (strsim::normalized_damerau_levenshtein(&name, known), known))
        .filter(|&(likeness, _)| likeness >= LIKENESS_MIN)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}
