use proptest::prelude::*;

use super::*;

fn shown(html: &str) -> Vec<String> {
    let shown = |piece: Piece<'_>| match piece {
        Piece::Text(text) => format!("text {text}"),
        Piece::Raw(text) => format!("raw {text}"),
        Piece::Aside(text) => format!("aside {text}"),
        Piece::Tag(tag) => {
            let mut shown = format!("{}{}", if tag.is_end { "/" } else { "" }, tag.name);
            for attribute in tag.attributes() {
                shown.push_str(&format!(" {}=[{}]", attribute.name, attribute.value));
            }
            shown
        }
    };
    pieces(html).map(shown).collect()
}

#[test]
fn html_is_cut_as_browsers_cut_it() {
    for (html, cut) in [
        ("a<b>c</b>", &["text a", "b", "text c", "/b"][..]),
        ("1 < 2 <3 </ <>", &["text 1 < 2 <3 ", "aside </ <>"]),
        ("<a href=x/y>z", &["a href=[x/y]", "text z"]),
        ("<a href = 'x>y' b>z", &["a href=[x>y] b=[]", "text z"]),
        ("<a href=\"x\"class=y/>", &["a href=[x] class=[y/]"]),
        ("<a/href=x>", &["a href=[x]"]),
        ("<a =x=y>", &["a =x=[y]"]),
        ("<a href=>x", &["a href=[]", "text x"]),
        ("<a b=c\"d>e\">", &["a b=[c\"d]", "text e\">"]),
        (
            "<!-- <a> -->x<!-->y<!--z--!>",
            &[
                "aside <!-- <a> -->",
                "text x",
                "aside <!-->",
                "text y",
                "aside <!--z--!>",
            ],
        ),
        (
            "<![if !mso]>x<?xml?>",
            &["aside <![if !mso]>", "text x", "aside <?xml?>"],
        ),
        (
            "<style>a>b</styles></STYLE >c",
            &["style", "raw a>b</styles>", "/STYLE", "text c"],
        ),
        ("<script></script>", &["script", "/script"]),
        ("x<a href=\"y", &["text x", "text <a href=\"y"]),
        ("x<", &["text x<"]),
        ("x</", &["text x</"]),
        ("<!--x", &["aside <!--x"]),
    ] {
        assert_eq!(shown(html), cut, "{html}");
    }
}

proptest! {
    #[test]
    fn the_pieces_together_are_the_whole(html in "[<>/!?\\-a=b\"' \n&ä]{0,60}|(<a|</a|<style|>|</style>|<!--|-->| href=|\"|'| |x|é){0,20}") {
        let mut whole = String::new();
        for piece in pieces(&html) {
            prop_assert!(!piece.text().is_empty());
            whole.push_str(piece.text());
            if let Piece::Tag(tag) = piece {
                for attribute in tag.attributes() {
                    prop_assert!(tag.text[attribute.start..attribute.end].contains(attribute.value));
                }
                prop_assert!(tag.end_of_attributes() < tag.text.len());
            }
        }
        prop_assert_eq!(whole, html);
    }
}
