//! The filters: Liquid's, and the service's own.

mod array;
mod date;
mod encode;
mod hash;
mod html;
mod invocation;
mod json;
mod math;
mod money;
mod property_path;
mod select;
mod string;
mod words;

pub(crate) use invocation::Invocation;

use crate::RenderError;
use crate::value::Value;

pub(crate) struct Filter {
    pub(crate) name: &'static str,
    /// Fewer are an error when the template is read.
    pub(crate) arguments_min: usize,
    pub(crate) kind: Kind,
    /// Whether its second argument is a condition, for each item.
    pub(crate) reads_expression: bool,
}

pub(crate) enum Kind {
    /// Evaluated in place: it decides what a missing value before it does.
    Default,
    Apply(Apply),
}

pub(crate) type Apply =
    for<'a, 'r> fn(Value<'a>, &mut Invocation<'r, 'a>) -> Result<Value<'a>, RenderError>;

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn filter(name: &'static str, arguments_min: usize, apply: Apply) -> Filter {
    Filter {
        name,
        arguments_min,
        kind: Kind::Apply(apply),
        reads_expression: false,
    }
}

const fn filter_exp(name: &'static str, apply: Apply) -> Filter {
    Filter {
        name,
        arguments_min: 2,
        kind: Kind::Apply(apply),
        reads_expression: true,
    }
}

static FILTERS: &[Filter] = &[
    Filter {
        name: "default",
        arguments_min: 0,
        kind: Kind::Default,
        reads_expression: false,
    },
    // Text.
    filter("append", 1, string::append),
    filter(
        "array_to_sentence_string",
        0,
        words::array_to_sentence_string,
    ),
    filter("capitalize", 0, string::capitalize),
    filter("contains", 1, string::contains),
    filter("downcase", 0, string::downcase),
    filter("lstrip", 0, string::lstrip),
    filter("normalize_whitespace", 0, string::normalize_whitespace),
    filter("number_of_words", 0, words::number_of_words),
    filter("pluralize", 1, words::pluralize),
    filter("prepend", 1, string::prepend),
    filter("remove", 1, string::remove),
    filter("remove_first", 1, string::remove_first),
    filter("remove_last", 1, string::remove_last),
    filter("replace", 1, string::replace),
    filter("replace_first", 1, string::replace_first),
    filter("replace_last", 1, string::replace_last),
    filter("rstrip", 0, string::rstrip),
    filter("size", 0, words::size),
    filter("slice", 1, words::slice),
    filter("split", 0, string::split),
    filter("squish", 0, string::squish),
    filter("strip", 0, string::strip),
    filter("strip_newlines", 0, string::strip_newlines),
    filter("titlecase", 0, string::titlecase),
    filter("truncate", 0, words::truncate),
    filter("truncatewords", 0, words::truncatewords),
    filter("upcase", 0, string::upcase),
    // HTML.
    filter("escape", 0, html::escape),
    filter("escape_once", 0, html::escape_once),
    filter("newline_to_br", 0, html::newline_to_br),
    filter("raw", 0, html::raw),
    filter("strip_html", 0, html::strip_html),
    filter("unescape", 0, html::unescape),
    filter("xml_escape", 0, html::escape),
    // URLs and encodings.
    filter("base64", 0, encode::base64_encode),
    filter("base64_decode", 0, encode::base64_decode),
    filter("base64_encode", 0, encode::base64_encode),
    filter("base64_url_safe_decode", 0, encode::base64_url_safe_decode),
    filter("base64_url_safe_encode", 0, encode::base64_url_safe_encode),
    filter("cgi_escape", 0, encode::cgi_escape),
    filter("hex_base64", 0, encode::hex_base64),
    filter("slugify", 0, encode::slugify),
    filter("uri_escape", 0, encode::uri_escape),
    filter("url_decode", 0, encode::url_decode),
    filter("url_encode", 0, encode::url_encode),
    // Hashes.
    filter("hmac_sha1", 1, hash::hmac_sha1),
    filter("hmac_sha256", 1, hash::hmac_sha256),
    filter("md5", 0, hash::md5),
    filter("sha1", 0, hash::sha1),
    filter("sha256", 0, hash::sha256),
    // Numbers.
    filter("abs", 0, math::abs),
    filter("at_least", 1, math::at_least),
    filter("at_most", 1, math::at_most),
    filter("ceil", 0, math::ceil),
    filter("divided_by", 1, math::divided_by),
    filter("floor", 0, math::floor),
    filter("minus", 1, math::minus),
    filter("modulo", 1, math::modulo),
    filter("plus", 1, math::plus),
    filter("random", 0, math::random),
    filter("round", 0, math::round),
    filter("times", 1, math::times),
    filter("to_integer", 0, math::to_integer),
    filter("currency", 0, money::currency),
    filter("format_number", 0, money::format_number),
    filter("rounded_currency", 0, money::rounded_currency),
    // Lists.
    filter("compact", 0, array::compact),
    filter("concat", 1, array::concat),
    filter("first", 0, array::first),
    filter("join", 0, array::join),
    filter("json_array_uniq", 0, array::json_array_uniq),
    filter("last", 0, array::last),
    filter("limit", 1, array::limit),
    filter("map", 1, array::map),
    filter("pop", 0, array::pop),
    filter("push", 1, array::push),
    filter("reverse", 0, array::reverse),
    filter("sample", 0, array::sample),
    filter("shift", 0, array::shift),
    filter("sort", 0, array::sort),
    filter("sort_natural", 0, array::sort_natural),
    filter("sum", 0, array::sum),
    filter("uniq", 0, array::uniq),
    filter("unshift", 1, array::unshift),
    filter("find", 1, select::find),
    filter_exp("find_exp", select::find_exp),
    filter("find_index", 1, select::find_index),
    filter_exp("find_index_exp", select::find_index_exp),
    filter("group_by", 1, select::group_by),
    filter_exp("group_by_exp", select::group_by_exp),
    filter("has", 1, select::has),
    filter_exp("has_exp", select::has_exp),
    filter("reject", 1, select::reject),
    filter_exp("reject_exp", select::reject_exp),
    filter("where", 1, select::where_),
    filter_exp("where_exp", select::where_exp),
    filter("where_not", 1, select::reject),
    // Data.
    filter("from_json", 0, json::from_json),
    filter("inspect", 0, json::json),
    filter("json", 0, json::json),
    filter("jsonify", 0, json::json),
    filter("to_json", 0, json::json),
    // Time.
    filter("add_day", 0, date::add_day),
    filter("add_month", 0, date::add_month),
    filter("add_year", 0, date::add_year),
    filter("date", 0, date::date),
    filter("date_to_long_string", 0, date::date_to_long_string),
    filter("date_to_rfc822", 0, date::date_to_rfc822),
    filter("date_to_string", 0, date::date_to_string),
    filter("date_to_xmlschema", 0, date::date_to_xmlschema),
    filter("subtract_day", 0, date::subtract_day),
    filter("subtract_month", 0, date::subtract_month),
    filter("subtract_year", 0, date::subtract_year),
];

pub(crate) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

/// The filter that was meant, if one is only a slip away.
pub(crate) fn closest(name: &str) -> Option<&'static str> {
    const SLIPS_MAX: usize = 2;
    const LONGEST: usize = 30;
    if name.len() > LONGEST {
        return None;
    }
    FILTERS
        .iter()
        .map(|filter| (slips(name, filter.name), filter.name))
        .filter(|(slips, filter)| *slips <= SLIPS_MAX && *slips < filter.len() / 2)
        .min()
        .map(|(_, filter)| filter)
}

/// How many letters have to be put in, taken out or changed.
fn slips(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

/// Whether `default` takes its fallback: for nothing, false, and a text or list without
/// anything in it.
pub(crate) fn needs_default(value: &Value<'_>, allows_false: bool) -> bool {
    match value {
        Value::Nil | Value::Empty | Value::Blank => true,
        Value::Bool(value) => !value && !allows_false,
        Value::Text(text) => text.as_str().is_empty(),
        Value::List(list) => list.len() == 0,
        Value::Range(first, last) => first > last,
        Value::Int(_) | Value::Float(_) | Value::Object(_) | Value::ForLoop(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{FILTERS, closest};

    #[test]
    fn no_name_is_there_twice() {
        let mut names: Vec<_> = FILTERS.iter().map(|filter| filter.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn the_document_lists_every_filter_and_no_other() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/liquid.md");
        let document = std::fs::read_to_string(root).unwrap();
        let section = document.split("\n## Filters\n").nth(1).unwrap();
        let rows = section
            .lines()
            .skip(3)
            .take_while(|line| line.starts_with('|'));
        let cells = rows.map(|row| row.split('|').nth(2).unwrap());
        let mut listed: Vec<_> = cells
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .collect();
        let mut names: Vec<_> = FILTERS.iter().map(|filter| filter.name).collect();
        listed.sort_unstable();
        names.sort_unstable();
        assert_eq!(listed, names);
    }

    #[test]
    fn a_slip_is_recognised_and_a_word_of_its_own_is_not() {
        assert_eq!(closest("upcse"), Some("upcase"));
        assert_eq!(closest("capitalise"), Some("capitalize"));
        assert_eq!(closest("frobnicate"), None);
        assert_eq!(closest("x"), None);
    }
}
