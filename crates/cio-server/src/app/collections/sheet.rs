//! Links to sheets of Google: what people copy is a page, and the table behind it has an
//! address of its own.

use reqwest::Url;

/// Where a sheet is to be had as CSV, if a URL is that of a sheet's page.
pub(super) fn csv_export(url: &str) -> Option<String> {
    let url: Url = url.parse().ok()?;
    if url.scheme() != "https" || url.host_str() != Some("docs.google.com") {
        return None;
    }
    let path: Vec<&str> = url.path_segments()?.collect();
    let ["spreadsheets", "d", id, rest @ ..] = path.as_slice() else {
        return None;
    };
    // `/d/e/…` is a sheet that is published as something else already.
    if *id == "e" || !matches!(rest, [] | ["" | "edit" | "view"]) {
        return None;
    }
    let export = format!("https://docs.google.com/spreadsheets/d/{id}/export?format=csv");
    Some(match tab(&url) {
        Some(tab) => format!("{export}&gid={tab}"),
        None => export,
    })
}

/// The tab that a link opens; without one it is the first.
fn tab(url: &Url) -> Option<String> {
    let of_text = |text: Option<&str>| {
        let mut parts = text?.split('&');
        let tab = parts.find_map(|part| part.strip_prefix("gid="))?;
        let is_number = !tab.is_empty() && tab.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| tab.to_owned())
    };
    of_text(url.fragment()).or_else(|| of_text(url.query()))
}

#[cfg(test)]
mod tests {
    use super::csv_export;

    #[test]
    fn a_sheet_is_asked_for_as_csv() {
        let sheet = "https://docs.google.com/spreadsheets/d/1aB-c_D";
        let export = format!("{sheet}/export?format=csv");
        for rest in ["", "/", "/edit", "/edit?usp=sharing", "/view#gid=x"] {
            let found = csv_export(&format!("{sheet}{rest}"));
            assert_eq!(found.as_ref(), Some(&export), "{rest}");
        }
        for rest in ["/edit#gid=42", "/edit?gid=42", "/edit?gid=7&usp=s#gid=42"] {
            let found = csv_export(&format!("{sheet}{rest}"));
            assert_eq!(found, Some(format!("{export}&gid=42")), "{rest}");
        }
    }

    #[test]
    fn anything_else_is_asked_for_as_it_is() {
        for url in [
            "https://example.com/spreadsheets/d/1aB/edit",
            "https://docs.google.com.example.com/spreadsheets/d/1aB/edit",
            "http://docs.google.com/spreadsheets/d/1aB/edit",
            "https://docs.google.com/document/d/1aB/edit",
            "https://docs.google.com/spreadsheets/d/1aB/export?format=csv&gid=1",
            "https://docs.google.com/spreadsheets/d/e/2PACX/pub?output=csv",
            "https://docs.google.com/spreadsheets/d/e",
            "sheet",
        ] {
            assert_eq!(csv_export(url), None, "{url}");
        }
    }
}
