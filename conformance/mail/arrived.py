"""What arrives, read by Python's `email` and `dkimpy`, which know nothing of us.

    arrived.py HAND_OVER     runs it against a sink and prints a line for each check
"""

import base64
import email
import email.policy
import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile

import dkim

HERE = pathlib.Path(__file__).resolve().parent
KEYS = HERE.parents[1] / "crates/cio-channels/tests/keys"
PATIENCE = 60
failed = 0


def check(name, holds, detail=""):
    global failed
    failed += not holds
    print(f"{'✓' if holds else '✗'} {name}{'' if holds else f': {detail}'}", flush=True)


STYLED = """<!DOCTYPE html><html><head><title>Order</title><style>
p { color: #333; font-family: "Helvetica Neue", Arial }
.button:hover { color: red }  td > .button { padding: 4px !important }
@media (max-width: 600px) { p { color: black } }
</style></head>\r\n<body><table><tr><td>
<a class="button" href="https://shop.example.com/?a=1&amp;b=grün">Zur Bestellung</a>
<a class="untracked" href="https://shop.example.com/reset">Passwort</a>
<a href="mailto:help@example.com">Hilfe</a></td></tr></table>
<p style='margin:0'>Grüße &amp; Dank,<br>dein Shop</p>
<!-- <a href="https://shop.example.com/hidden">x</a> --></body></html>"""

BASE = {"from": '"Der Shop, Köln" <shop@example.com>', "to": '"Ünal, Ana" <ana@example.com>'}
CASES = {
    "plain": {"subject": "Hello", "body": "<p>Hi Ana</p>"},
    "styled": {
        "subject": "Grüße ✓ — " + "sehr lange Zeile " * 20,
        "body": STYLED,
        "preheader": "Deine Bestellung <4711>",
        "track": True,
        "unsubscribe_url": "https://shop.example.com/unsubscribe/" + "x" * 200,
        "headers": {"X-Order": "4711", "X-Long": "word " * 150 + "end"},
        "reply_to": "help@example.com",
    },
    "nested": {
        "subject": "Nested",
        "body": "<p>HTML</p>",
        "body_plain": "Text\n.\n..\n.a\n-- \nFrom here\n",
        "body_amp": "<!doctype html><html ⚡4email><body>AMP</body></html>",
        "attachments": {
            "Rechnung März 2026.pdf": base64.b64encode(b"%PDF-1.4 \x00\x01" + bytes(range(256)) * 50).decode(),
            "data.csv": base64.b64encode(b"a,b\r\n1,2\r\n").decode(),
            "very " * 60 + "long.txt": base64.b64encode(b"x").decode(),
        },
        "cc": "bo@example.com, Cy <cy@example.com>",
        "bcc": "archive@example.com",
    },
    "odd": {
        "subject": "x" * 2_000 + " \u202e \x07 tab\tend\r\nBcc: evil@example.net",
        "body": "<p>" + "ü" * 5_000 + "</p>\r\r\n.\r\n\n<p>bare\rcarriage return, form\x0cfeed</p>",
        "from": "shop@bücher.example",
        "to": "o'brien+tag@example.com",
    },
    "copies": {"subject": "Order", "body": "<p>x</p>", "bcc": "a@example.com, b@example.com", "fake_bcc": True},
    "text": {"subject": "Only text", "body": "", "body_plain": "Just this, 5 € + tax = 6\n"},
}


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.images, self.styles = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes["src"])
        if "style" in attributes:
            self.styles.append((tag, attributes["style"]))


def tracked(url):
    return f"https://t.example.com/c?a=1&u={url.encode().hex()}"


def defects(message):
    found = []
    for part in message.walk():
        found += part.defects
        for value in part.values():
            found += value.defects
    return found


def content(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def handed(hand_over, smtp):
    keys = [("rsa", "rsa-pkcs8.pem"), ("ed", "ed25519.pem")]
    plan = {
        "smtp": smtp,
        "dkim": [
            {"domain": domain, "selector": selector, "pem": (KEYS / file).read_text()}
            for selector, file in keys
            for domain in ["example.com", "xn--bcher-kva.example"]
        ],
        "messages": [{**BASE, **case, "id": f"{name}-_1="} for name, case in CASES.items()],
    }
    run = subprocess.run(
        [hand_over], input=json.dumps(plan), capture_output=True, text=True, timeout=PATIENCE
    )
    check("mail: the messages are handed over", run.returncode == 0, run.stderr)
    answer = json.loads(run.stdout)
    count = sum(map(len, answer["handed"]))
    check("mail: all are taken", answer["handed"] == [["taken"] * len(it) for it in answer["handed"]], answer)
    return answer["dns"], count


def check_all(raw, name, dns):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    check(f"mail {name}: nothing is wrong with it", not defects(message), defects(message))
    lines = raw.split(b"\r\n")
    check(f"mail {name}: lines end with CRLF", not any(b"\r" in it or b"\n" in it for it in lines))
    check(f"mail {name}: no line is too long", all(len(it) <= 998 for it in lines))
    check(f"mail {name}: it is ASCII", raw.isascii())
    looked_up = lambda query, timeout=5: dns[query.decode().rstrip(".")].encode()
    for at, key in enumerate(["RSA", "Ed25519"]):
        verifier = dkim.DKIM(raw)
        check(f"mail {name}: the {key} signature is good", verifier.verify(idx=at, dnsfunc=looked_up))
    signed = message.get_all("DKIM-Signature")
    check(f"mail {name}: one signature per key", len(signed) == 2, signed)
    changed = raw.replace(b"\r\nSubject:", b"\r\nFrom: evil@example.net\r\nSubject:")
    check(f"mail {name}: a second From breaks it", not dkim.DKIM(changed).verify(dnsfunc=looked_up))
    check(f"mail {name}: Date", str(message["Date"]) == "Mon, 21 Sep 2026 14:13:20 +0000", message["Date"])
    return message


def check_styled(message):
    check("mail styled: From", message["From"].addresses[0].display_name == "Der Shop, Köln", message["From"])
    check("mail styled: To", message["To"].addresses[0].display_name == "Ünal, Ana", message["To"])
    check("mail styled: Subject", message["Subject"] == CASES["styled"]["subject"].strip(), message["Subject"])
    check("mail styled: its own headers", message["X-Order"] == "4711")
    check("mail styled: a long header", message["X-Long"] == CASES["styled"]["headers"]["X-Long"], message["X-Long"])
    url = CASES["styled"]["unsubscribe_url"]
    check("mail styled: List-Unsubscribe", message["List-Unsubscribe"].strip() == f"<{url}>", message["List-Unsubscribe"])
    check("mail styled: by one click", message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
    body = content(message, "html")
    found = Links(body)
    wanted = [
        tracked("https://shop.example.com/?a=1&b=grün"),
        "https://shop.example.com/reset",
        "mailto:help@example.com",
    ]
    check("mail styled: links are followed, but those that are not to be", found.links == wanted, found.links)
    check("mail styled: opens are", found.images == ["https://t.example.com/o?a=1&b=2"], found.images)
    styles = dict(found.styles)
    check("mail styled: the style of a link", styles.get("a") == "padding:4px", styles)
    check(
        "mail styled: the style of a paragraph",
        styles.get("p") == 'color:#333;font-family:"Helvetica Neue", Arial;margin:0',
        styles,
    )
    check("mail styled: the style sheet stays", "@media (max-width: 600px)" in body)
    check("mail styled: the preheader comes first", body.split("<body>")[1].startswith("<div style="), body)
    text = content(message, "plain").strip()
    wanted = (
        "Zur Bestellung ( https://shop.example.com/?a=1&b=grün ) Passwort ( https://shop.example.com/reset )"
        " Hilfe ( mailto:help@example.com )\n\nGrüße & Dank,\ndein Shop"
    )
    check("mail styled: the text made of it", text == wanted, repr(text))


def check_nested(message, recipients):
    kinds = [part.get_content_type() for part in message.walk()]
    wanted = [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/x-amp-html", "text/html",
        "application/pdf", "text/csv", "text/plain",
    ]
    check("mail nested: its parts", kinds == wanted, kinds)
    text = content(message, "plain")
    check("mail nested: dots stay dots", text.rstrip("\n") == CASES["nested"]["body_plain"].rstrip("\n"), repr(text))
    files = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    wanted = {name: base64.b64decode(it) for name, it in CASES["nested"]["attachments"].items()}
    check("mail nested: its attachments", files == wanted, files.keys())
    wanted = ["ana@example.com", "bo@example.com", "cy@example.com", "archive@example.com"]
    check("mail nested: everybody is in the envelope", recipients == wanted, recipients)
    check("mail nested: who gets a copy is named", len(message["Cc"].addresses) == 2, message["Cc"])
    check("mail nested: who gets a blind one is not", "archive" not in str(message))


def check_odd(message, recipients):
    check("mail odd: Subject", message["Subject"].startswith("x" * 2_000), message["Subject"])
    check("mail odd: nothing becomes a header", message["Bcc"] is None)
    check("mail odd: From", message["From"].addresses[0].addr_spec == "shop@xn--bcher-kva.example", message["From"])
    check("mail odd: the recipient", recipients == ["o'brien+tag@example.com"], recipients)
    body = content(message, "html")
    check("mail odd: the body", "<p>" + "ü" * 5_000 + "</p>\n\n.\n\n<p>bare\ncarriage" in body, body[-80:])


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        sink = subprocess.Popen(
            [sys.executable, str(HERE.parent / "smtp" / "sink.py"), folder], stdout=subprocess.PIPE, text=True
        )
        try:
            dns, count = handed(sys.argv[1], f"smtp://127.0.0.1:{sink.stdout.readline().strip()}")
        finally:
            sink.terminate()
            sink.wait(timeout=PATIENCE)
        files = sorted(folder.glob("*.eml"))
        check("mail: as many arrive", len(files) == count == len(CASES) + 2, len(files))
        for path in files:
            raw, recipients = path.read_bytes(), path.with_suffix(".rcpt").read_text().split("\n")
            name = email.message_from_bytes(raw)["CIO-Delivery-ID"].removesuffix("-_1=")
            message = check_all(raw, name, dns)
            if name == "styled":
                check_styled(message)
            elif name == "nested":
                check_nested(message, recipients)
            elif name == "odd":
                check_odd(message, recipients)
            elif name == "text":
                check("mail text: it is text alone", message.get_content_type() == "text/plain")
                check("mail text: and says it", message.get_content().strip() == "Just this, 5 € + tax = 6")
            elif name == "copies":
                whose = recipients[0]
                subject = "Order" if whose == "ana@example.com" else "[ana@example.com] Order"
                check(f"mail copies: the subject for {whose}", message["Subject"] == subject, message["Subject"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
