//! Bodies of a given length.

use cio_channels::email::{Outgoing, Recipient, Role};

/// What a template begins with.
const HEAD: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><style>\
    body{margin:0;background:#fff;font-family:Arial,sans-serif}\
    .btn{background:#06c;color:#fff;padding:12px 24px}td p{line-height:1.4}\
    .btn:hover{background:#04a}#foot a{color:#999}\
    @media (max-width:600px){.col{width:100%!important}}</style></head><body>\
    <table width=\"100%\"><tr><td align=\"center\"><table width=\"600\">";
/// What it consists of, over and over.
const ROW: &str = "<tr><td class=\"col\"><p>Your order <b>4711</b> with three articles for 12.50 € is on its way. \
    It has <a class=\"btn\" href=\"https://shop.example.com/orders?a=1&amp;b=2\">a page of its own</a>.</p></td></tr>\n";
const FOOT: &str = "<tr><td id=\"foot\"><a href=\"https://shop.example.com/u\">Unsubscribe</a></td></tr>\
    </table></td></tr></table></body></html>";

/// A body as a shop writes one, about so long.
pub(crate) fn html(bytes: usize) -> String {
    let rows = bytes
        .saturating_sub(HEAD.len() + FOOT.len())
        .div_ceil(ROW.len());
    format!("{HEAD}{}{FOOT}", ROW.repeat(rows))
}

/// A message as smtp-source sends it: a short header and lines of 80 letters.
pub(crate) fn plain(bytes: usize) -> Outgoing {
    let header = "From: <shop@example.com>\r\nTo: <ana@example.com>\r\nDate: Mon, 21 Sep 2026 14:13:20 +0000\r\n\
        Message-Id: <1@example.com>\r\nSubject: test\r\n\r\n";
    let line = format!("{}\r\n", "X".repeat(78));
    let body = line.repeat(bytes.div_ceil(line.len()));
    let recipient = Recipient {
        address: "ana@example.com".to_owned(),
        role: Role::To,
    };
    Outgoing::new(
        "shop@example.com".to_owned(),
        vec![recipient],
        format!("{header}{body}").into_bytes(),
    )
}
