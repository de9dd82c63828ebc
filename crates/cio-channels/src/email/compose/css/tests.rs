use proptest::prelude::*;

use super::*;

fn inlined(sheet: &str, body: &str) -> String {
    let html = format!("<style>{sheet}</style>{body}");
    let made = inline(&html).into_owned();
    let (style, made) = made.split_at(html.len() - body.len());
    assert_eq!(
        style,
        format!("<style>{sheet}</style>"),
        "the style sheet stays"
    );
    made.to_owned()
}

#[test]
fn a_rule_is_written_into_the_elements_it_is_for() {
    for (selector, body, styled) in [
        (
            "p",
            "<p>a<P>b<b>c",
            "<p style=\"x:1\">a<P style=\"x:1\">b<b>c",
        ),
        ("*", "<br/>", "<br style=\"x:1\"/>"),
        (
            ".a",
            "<i class=\"b a\"><i class=ab>",
            "<i class=\"b a\" style=\"x:1\"><i class=ab>",
        ),
        (
            "#a",
            "<i id='a'><i id=A>",
            "<i id='a' style=\"x:1\"><i id=A>",
        ),
        (
            "I.a.b#c",
            "<i class='b a' id=c><i class=a id=c>",
            "<i class='b a' id=c style=\"x:1\"><i class=a id=c>",
        ),
        ("[href]", "<a href><a>", "<a href style=\"x:1\"><a>"),
        (
            "a[href^=\"https:\"]",
            "<a href='https://x'><a href=x>",
            "<a href='https://x' style=\"x:1\"><a href=x>",
        ),
        (
            "i[a=b],i[a~=c],i[a$=d],i[a*=e],i[a|=f]",
            "<i a=b><i a='x c'><i a=xd><i a=xex><i a=f-x><i a=x>",
            "<i a=b style=\"x:1\"><i a='x c' style=\"x:1\"><i a=xd style=\"x:1\"><i a=xex style=\"x:1\"><i a=f-x style=\"x:1\"><i a=x>",
        ),
        (
            "td p",
            "<p><table><td><div><p>",
            "<p><table><td><div><p style=\"x:1\">",
        ),
        (
            "td>p",
            "<table><td><p></p><div><p>",
            "<table><td><p style=\"x:1\"></p><div><p>",
        ),
        (
            "b+i",
            "<b></b><i></i><i></i>",
            "<b></b><i style=\"x:1\"></i><i></i>",
        ),
        (
            "b~i",
            "<i></i><b></b><u></u><i></i>",
            "<i></i><b></b><u></u><i style=\"x:1\"></i>",
        ),
        (
            "i:first-child",
            "<p><i></i><i></i>",
            "<p><i style=\"x:1\"></i><i></i>",
        ),
        (
            "u > i b",
            "<u><i><i><s><b>",
            "<u><i><i><s><b style=\"x:1\">",
        ),
        (
            "table > tbody > tr > td",
            "<table><tr><td><table><td>",
            "<table><tr><td style=\"x:1\"><table><td style=\"x:1\">",
        ),
        ("body > p", "<p>", "<p style=\"x:1\">"),
        ("td > td", "<table><td><td>", "<table><td><td>"),
        (
            "p > div, li > li",
            "<p><div><ul><li>a<li>b",
            "<p><div><ul><li>a<li>b",
        ),
        (
            "i , /* b, */ u",
            "<i><b></b><u>",
            "<i style=\"x:1\"><b></b><u style=\"x:1\">",
        ),
    ] {
        assert_eq!(
            inlined(&format!("{selector}{{x:1}}"), body),
            styled,
            "{selector}"
        );
    }
}

#[test]
fn what_counts_more_overrides_what_counts_less() {
    for (sheet, body, style) in [
        ("p{a:1;b:1} p{a:2}", "<p>", "b:1;a:2"),
        (".x{a:1} p{a:2}", "<p class=x>", "a:1"),
        (
            "#i{a:1} .x.y.z{a:2} p p{a:3}",
            "<p id=i class='x y z'>",
            "a:1",
        ),
        ("p{a:1!important} .x{a:2}", "<p class=x>", "a:1"),
        (
            "p{a:1;margin-top:2} .x{margin:3}",
            "<p class=x>",
            "a:1;margin-top:2;margin:3",
        ),
        (
            "p{A:1;b:url(\"x;y\") , f('}');c : d }",
            "<p>",
            "a:1;b:url(&quot;x;y&quot;) , f('}');c:d",
        ),
        ("p{a:1 ! IMPORTANT;b:2;*c:3;d;e:;f:/**/g}", "<p>", "b:2;a:1"),
        (".x,p{a:1} p{a:2}", "<p class=x>", "a:1"),
    ] {
        let body_styled = format!("{} style=\"{style}\">", body.trim_end_matches('>'));
        assert_eq!(inlined(sheet, body), body_styled, "{sheet}");
    }
}

#[test]
fn what_an_element_says_itself_counts_more() {
    let sheet = "p{color:red;margin:0;top:1!important}";
    assert_eq!(
        inlined(sheet, "<p style='color:blue;top:2' id=x>"),
        "<p style=\"margin:0;color:blue;top:1\" id=x>"
    );
    assert_eq!(
        inlined(sheet, "<p style='font:&quot;A&quot;;top:3 !important'>"),
        "<p style=\"color:red;margin:0;font:&quot;A&quot;;top:3\">"
    );
    assert_eq!(
        inlined(sheet, "<p style='a:&unknown;'>"),
        "<p style='a:&unknown;'>"
    );
    assert_eq!(
        inlined(sheet, "<b style='A : 1'>"),
        "<b style='A : 1'>",
        "as it was"
    );
}

#[test]
fn what_only_a_style_sheet_can_say_stays_there() {
    let body = "<p class=a><a href=x>y</a>";
    for sheet in [
        "a:hover{x:1} p::before{x:1} p:nth-child(2){x:1} p:not(.a){x:1}",
        "@media (max-width:1px){p{x:1} a{x:1}}",
        "@import url(x.css); @font-face{font-family:p} @charset \"x\";",
        "p{",
        "p}{x:1}",
        ".1a{x:1} p..a{x:1} >p{x:1} p>{x:1} {x:1} p\\:a{x:1}",
        "/* p{x:1} */",
    ] {
        assert_eq!(inlined(sheet, body), body, "{sheet}");
    }
    let after = "@media print{p{x:2}} <!-- a{x:1} -->";
    assert_eq!(
        inlined(after, body),
        "<p class=a><a href=x style=\"x:1\">y</a>"
    );
}

#[test]
fn style_sheets_that_are_not_for_screens_or_are_none_do_not_count() {
    for attributes in ["media=print", "data-premailer=\"ignore\"", "type=text/x"] {
        let html = format!("<style {attributes}>p{{x:1}}</style><p>");
        assert_eq!(inline(&html), html);
    }
    let html = "<style media=\"Screen\" type=\"text/css\">p{x:1}</style><p>";
    assert!(inline(html).ends_with("<p style=\"x:1\">"));
    for html in [
        "<!-- <style>p{x:1}</style> --><p>",
        "<script>'<style>p{x:1}</style>'</script><p>",
        "<p>",
        "",
    ] {
        assert_eq!(inline(html), html);
    }
}

#[test]
fn a_whole_message_keeps_what_it_has() {
    let html = "<!DOCTYPE html><html><head><style>body{margin:0}.b{color:#fff}</style></head>\r\n<body bgcolor=x><!--[if mso]><p class=b><![endif]--><![if !mso]><A class=b HREF='x?a&b'>y</A></body></html>";
    let wanted = html
        .replace("<body bgcolor=x>", "<body bgcolor=x style=\"margin:0\">")
        .replace("HREF='x?a&b'>", "HREF='x?a&b' style=\"color:#fff\">");
    assert_eq!(inline(html), wanted);
}

#[test]
fn what_would_take_too_long_or_too_much_is_left_as_it_is() {
    let deep = format!("<style>u > i b{{x:1}}</style>{}<b>", "<i>".repeat(100_000));
    assert!(inline(&deep) == deep);
    let many = format!(
        "<style>{}</style>{}",
        "b{x:1}".repeat(10_000),
        "<i>".repeat(50_000)
    );
    assert!(inline(&many) == many);
    let hard = format!(
        "<style>b {} u{{x:1}}</style>{}<u>",
        "i > i i ".repeat(5),
        "<i>".repeat(500)
    );
    assert!(inline(&hard) == hard);
    let long = format!(
        "<style>i{{x:{}}}</style>{}",
        "y".repeat(100_000),
        "<i></i>".repeat(1_000)
    );
    assert!(inline(&long) == long);
}

proptest! {
    #[test]
    fn anything_is_inlined_or_left(sheet in "[a-c.#>{};:\"'@/*( )!,]{0,60}", body in "(<a|<b class=c|</a>|<p>|<td>|<table>|</table>|>| style='x:1'| |x|<!--){0,20}") {
        let html = format!("<style>{sheet}</style>{body}");
        let made = inline(&html);
        prop_assert!(made.len() >= html.len());
        // Without what was put in, it is what it was.
        let tags = |html: &str| pieces(html).filter(|it| matches!(it, Piece::Tag(_))).count();
        prop_assert_eq!(tags(&made), tags(&html));
    }
}
