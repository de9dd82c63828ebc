//! How languages write numbers and amounts: the facts are those of the Common Locale Data
//! Repository.

/// How numbers are written somewhere.
#[derive(Debug)]
pub(super) struct Locale {
    name: &'static str,
    pub(super) group: &'static str,
    pub(super) decimal: &'static str,
    /// How many digits there have to be before the last three for these to be a group.
    pub(super) group_from: usize,
    /// Beyond the last three digits, groups are of two.
    pub(super) groups_by_two: bool,
    pub(super) place: Place,
    /// What is paid with there.
    pub(super) currency: &'static str,
    /// Whether a dollar is that of the United States unless it says otherwise.
    dollar_is_us: bool,
}

/// Where the symbol of a currency goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Before,
    BeforeApart,
    AfterApart,
}

use Place::{AfterApart as After, Before, BeforeApart as Apart};

const fn locale(
    name: &'static str,
    marks: (&'static str, &'static str),
    place: Place,
    currency: &'static str,
) -> Locale {
    Locale {
        name,
        group: marks.0,
        decimal: marks.1,
        group_from: 1,
        groups_by_two: false,
        place,
        currency,
        dollar_is_us: false,
    }
}

const fn four(locale: Locale) -> Locale {
    Locale {
        group_from: 2,
        ..locale
    }
}

const fn lakh(locale: Locale) -> Locale {
    Locale {
        groups_by_two: true,
        ..locale
    }
}

const fn us(locale: Locale) -> Locale {
    Locale {
        dollar_is_us: true,
        ..locale
    }
}

type Marks = (&'static str, &'static str);
const ENGLISH: Marks = (",", ".");
const GERMAN: Marks = (".", ",");
const BLANK: Marks = ("\u{a0}", ",");
const FRENCH: Marks = ("\u{202f}", ",");
const SWISS: Marks = ("'", ".");

/// A name that is not here is looked up by its language.
static LOCALES: &[Locale] = &[
    us(locale("en", ENGLISH, Before, "USD")),
    locale("en-GB", ENGLISH, Before, "GBP"),
    locale("en-AU", ENGLISH, Before, "AUD"),
    locale("en-CA", ENGLISH, Before, "CAD"),
    locale("en-NZ", ENGLISH, Before, "NZD"),
    locale("en-IE", ENGLISH, Before, "EUR"),
    us(lakh(locale("en-IN", ENGLISH, Before, "INR"))),
    locale("en-ZA", BLANK, Before, "ZAR"),
    locale("en-SG", ENGLISH, Before, "SGD"),
    locale("en-HK", ENGLISH, Before, "HKD"),
    us(locale("de", GERMAN, After, "EUR")),
    us(locale("de-AT", GERMAN, Apart, "EUR")),
    us(locale("de-CH", SWISS, Apart, "CHF")),
    us(locale("gsw", SWISS, After, "CHF")),
    locale("fr", FRENCH, After, "EUR"),
    locale("fr-CA", BLANK, After, "CAD"),
    locale("fr-CH", FRENCH, After, "CHF"),
    four(locale("es", GERMAN, After, "EUR")),
    locale("es-MX", ENGLISH, Before, "MXN"),
    locale("es-AR", GERMAN, Apart, "ARS"),
    locale("es-CO", GERMAN, Apart, "COP"),
    locale("es-CL", GERMAN, Before, "CLP"),
    us(locale("es-US", ENGLISH, Before, "USD")),
    four(locale("it", GERMAN, After, "EUR")),
    four(locale("it-CH", SWISS, Apart, "CHF")),
    locale("pt", GERMAN, Apart, "BRL"),
    four(locale("pt-PT", BLANK, After, "EUR")),
    locale("nl", GERMAN, Apart, "EUR"),
    locale("sv", BLANK, After, "SEK"),
    locale("sv-FI", BLANK, After, "EUR"),
    locale("nb", BLANK, After, "NOK"),
    locale("nn", BLANK, After, "NOK"),
    locale("no", BLANK, After, "NOK"),
    locale("da", GERMAN, After, "DKK"),
    us(locale("fi", BLANK, After, "EUR")),
    locale("is", GERMAN, After, "ISK"),
    four(locale("pl", BLANK, After, "PLN")),
    locale("cs", BLANK, After, "CZK"),
    locale("sk", BLANK, After, "EUR"),
    four(locale("hu", BLANK, After, "HUF")),
    locale("ro", GERMAN, After, "RON"),
    four(locale("bg", BLANK, After, "BGN")),
    locale("hr", GERMAN, After, "EUR"),
    us(four(locale("sl", GERMAN, After, "EUR"))),
    locale("sr", GERMAN, After, "RSD"),
    us(four(locale("et", BLANK, After, "EUR"))),
    us(four(locale("lv", BLANK, After, "EUR"))),
    locale("lt", BLANK, After, "EUR"),
    us(locale("el", GERMAN, After, "EUR")),
    us(locale("tr", GERMAN, Before, "TRY")),
    us(locale("ru", BLANK, After, "RUB")),
    locale("uk", BLANK, After, "UAH"),
    us(locale("kk", BLANK, After, "KZT")),
    us(locale("ja", ENGLISH, Before, "JPY")),
    locale("zh", ENGLISH, Before, "CNY"),
    locale("zh-TW", ENGLISH, Before, "TWD"),
    locale("zh-HK", ENGLISH, Before, "HKD"),
    locale("zh-MO", ENGLISH, Before, "MOP"),
    locale("zh-Hant-MO", ENGLISH, Before, "MOP"),
    locale("ko", ENGLISH, Before, "KRW"),
    locale("th", ENGLISH, Before, "THB"),
    locale("vi", GERMAN, After, "VND"),
    locale("id", GERMAN, Before, "IDR"),
    locale("ms", ENGLISH, Before, "MYR"),
    us(lakh(locale("hi", ENGLISH, Before, "INR"))),
    locale("mg", ENGLISH, Apart, "MGA"),
    us(locale("fil", ENGLISH, Before, "PHP")),
    locale("ca", GERMAN, After, "EUR"),
];

impl Locale {
    /// By its name in any case, with a hyphen or an underscore; by its language if the region
    /// has no ways of its own.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        const LONGEST: usize = 32;
        if name.len() > LONGEST {
            return None;
        }
        let name = name.trim().replace('_', "-");
        let named = |name: &str| LOCALES.iter().find(|l| l.name.eq_ignore_ascii_case(name));
        let language = name.split('-').next().unwrap_or_default();
        named(&name).or_else(|| named(language))
    }
}

/// Digits of the fraction that a currency has.
pub(super) fn currency_digits(code: &str) -> u8 {
    match code {
        "BIF" | "CLP" | "COP" | "DJF" | "GNF" | "HUF" | "IDR" | "ISK" | "JPY" | "KMF" | "KRW"
        | "MGA" | "PYG" | "RWF" | "UGX" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// At home, and abroad.
const SYMBOLS: &[(&str, &str, &str)] = &[
    ("USD", "$", "US$"),
    ("EUR", "€", "€"),
    ("GBP", "£", "£"),
    ("JPY", "￥", "¥"),
    ("CNY", "¥", "CN¥"),
    ("CAD", "$", "CA$"),
    ("AUD", "$", "A$"),
    ("NZD", "$", "NZ$"),
    ("HKD", "HK$", "HK$"),
    ("TWD", "$", "NT$"),
    ("MXN", "$", "MX$"),
    ("BRL", "R$", "R$"),
    ("ARS", "$", "ARS"),
    ("COP", "$", "COP"),
    ("CLP", "$", "CLP"),
    ("SGD", "$", "SGD"),
    ("INR", "₹", "₹"),
    ("KRW", "₩", "₩"),
    ("ILS", "₪", "₪"),
    ("VND", "₫", "₫"),
    ("PHP", "₱", "₱"),
    ("SEK", "kr", "SEK"),
    ("NOK", "kr", "NOK"),
    ("DKK", "kr.", "DKK"),
    ("ISK", "kr.", "ISK"),
    ("PLN", "zł", "PLN"),
    ("CZK", "Kč", "CZK"),
    ("HUF", "Ft", "HUF"),
    ("BGN", "лв.", "BGN"),
    ("TRY", "₺", "TRY"),
    ("RUB", "₽", "RUB"),
    ("UAH", "₴", "UAH"),
    ("KZT", "₸", "KZT"),
    ("THB", "฿", "THB"),
    ("IDR", "Rp", "IDR"),
    ("MYR", "RM", "MYR"),
    ("ZAR", "R", "ZAR"),
    ("MOP", "MOP$", "MOP"),
    ("MGA", "Ar", "MGA"),
];

/// The sign of a currency, or its code if it has none that is understood there.
pub(super) fn symbol<'c>(code: &'c str, locale: &Locale) -> &'c str {
    let Some((_, home, abroad)) = SYMBOLS.iter().find(|(known, _, _)| *known == code) else {
        return code;
    };
    let is_home = locale.currency == code || (code == "USD" && locale.dollar_is_us);
    if is_home { home } else { abroad }
}
