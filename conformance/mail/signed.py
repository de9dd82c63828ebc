"""Mail that the server sent in other stories: nothing is wrong with it, and each key it was
given has signed it.

    signed.py FOLDER HAND_OVER     FOLDER is a sink's; HAND_OVER says what the DNS would
"""

import email
import email.policy
import json
import pathlib
import subprocess
import sys

import dkim

KEYS = pathlib.Path(__file__).resolve().parents[2] / "crates/cio-channels/tests/keys"
DOMAIN = "example.com"
FILES = {"rsa": KEYS / "rsa-pkcs8.pem", "ed": KEYS / "ed25519.pem"}


def records(hand_over):
    keys = [{"domain": DOMAIN, "selector": it, "pem": file.read_text()} for it, file in FILES.items()]
    plan = json.dumps({"smtp": "smtp://127.0.0.1:1", "dkim": keys, "messages": []})
    run = subprocess.run([hand_over], input=plan, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(run.stdout)["dns"]


def read(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def sender(message):
    return message["From"].addresses[0].domain


def what_is_wrong(raw, dns):
    message = read(raw)
    for part in message.walk():
        yield from part.defects
        for value in part.values():
            yield from value.defects
    if not raw.isascii() or any(len(line) > 998 for line in raw.split(b"\r\n")):
        yield "not ASCII, or a line is too long"
    domain = sender(message)
    signed = len(message.get_all("DKIM-Signature", []))
    if signed != (len(FILES) if domain == DOMAIN else 0):
        yield f"{signed} signatures on mail from {domain}"
    for at in range(signed):
        if not dkim.DKIM(raw).verify(idx=at, dnsfunc=lambda name, timeout=5: dns[name.decode().rstrip(".")].encode()):
            yield f"signature {at + 1} is not good"


def main():
    folder, hand_over = sys.argv[1:]
    dns = records(hand_over)
    files = sorted(pathlib.Path(folder).glob("*.eml"))
    wrong = {path.name: list(what_is_wrong(path.read_bytes(), dns)) for path in files}
    wrong = {name: found for name, found in wrong.items() if found}
    ours = sum(sender(read(path.read_bytes())) == DOMAIN for path in files)
    print(f"{'✗' if wrong else '✓'} mail: nothing is wrong with what the server sent, {len(files)} messages: {wrong}")
    print(f"{'✓' if ours else '✗'} mail: it is signed by both keys, {ours} of it")
    return 1 if wrong or not ours else 0


if __name__ == "__main__":
    sys.exit(main())
