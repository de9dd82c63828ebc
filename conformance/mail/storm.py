"""Many different messages through a server that is killed and a mail server that misbehaves:
none may be lost, and nobody may get one twice.

    storm.py CUSTOMERIO [--messages 1000] [--kills 3] [--seed 1]

Prints a line for each check. The mail server answers 421, 450 and 550, breaks off before and
after it took a message, and stalls, at random; what it took it keeps. Whatever is not known to
have arrived has to be marked as in doubt, and there may be no more of that than there were
connections when the process was killed, or answers that the mail server kept to itself.
"""

import argparse
import asyncio
import base64
import email
import email.policy
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import dkim
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

HERE = pathlib.Path(__file__).resolve().parent
KEYS = HERE.parents[1] / "crates/cio-channels/tests/keys"
CONNECTIONS = 8
SENDERS = 16
PATIENCE = 900
failed = 0


def check(name, holds, detail=""):
    global failed
    failed += not holds
    print(f"{'✓' if holds else '✗'} {name}{'' if holds else f': {detail}'}", flush=True)


class Sink:
    """A mail server in a bad mood. Counts what it kept to itself after it took a message."""

    def __init__(self, seed):
        self.mood = random.Random(seed)
        self.lock = threading.Lock()
        self.taken = {}
        self.refused = set()
        self.unsaid = 0
        self.answers = {}

    def note(self, what):
        with self.lock:
            self.answers[what] = self.answers.get(what, 0) + 1

    def draw(self):
        with self.lock:
            return self.mood.random()

    async def handle_RCPT(self, server, session, envelope, address, options):
        drawn = self.draw()
        if drawn < 0.01:
            self.note("450 RCPT")
            return "450 4.2.1 mailbox busy, try again later"
        if drawn < 0.013:
            self.note("550 RCPT")
            with self.lock:
                self.refused.add(address)
            return "550 5.1.1 no such user"
        if drawn < 0.018:
            self.note("421 RCPT")
            server.transport.write(b"421 4.3.2 shutting down\r\n")
            server.transport.close()
            return "421 4.3.2 shutting down"
        if drawn < 0.023:
            self.note("drop RCPT")
            server.transport.abort()
            return "421 gone"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        drawn = self.draw()
        address = envelope.rcpt_tos[0]
        if drawn < 0.01:
            self.note("450 DATA")
            return "450 4.7.1 greylisted, try again later"
        if drawn < 0.014:
            self.note("550 DATA")
            with self.lock:
                self.refused.add(address)
            return "550 5.7.1 message refused"
        if drawn < 0.018:
            self.note("421 DATA")
            server.transport.write(b"421 4.3.2 shutting down\r\n")
            server.transport.close()
            return "421 4.3.2 shutting down"
        if drawn < 0.020:
            self.note("drop before it took it")
            with self.lock:
                self.unsaid += 1
            server.transport.abort()
            return "421 gone"
        with self.lock:
            self.taken.setdefault(address, []).append(envelope.content)
        if drawn < 0.022:
            self.note("drop after it took it")
            with self.lock:
                self.unsaid += 1
            server.transport.abort()
            return "421 gone"
        if drawn < 0.026:
            self.note("stall")
            await asyncio.sleep(3)
        self.note("250")
        return "250 2.0.0 queued"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Server:
    """`customerio serve` on one directory and one port, started again after each kill."""

    def __init__(self, command, smtp_port, directory):
        self.command, self.directory, self.port = command, directory, free_port()
        private = KEYS / "ed25519.pem"
        config = directory / "customerio.toml"
        key = json.dumps(str(private))
        config.write_text(
            f"[mail]\nconnections = {CONNECTIONS}\n"
            f'dkim = [{{ domain = "shop.example.com", selector = "storm", key_file = {key} }}]\n'
        )
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "CUSTOMERIO_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "CUSTOMERIO_SITE_ID": "storm",
            "CUSTOMERIO_TRACK_API_KEY": "storm-track-key-0123456789",
            "CUSTOMERIO_APP_API_KEY": "storm-app-key-0123456789",
            "CUSTOMERIO_ADMIN_TOKEN": "storm-admin-token-0123456789abcdef",
        }
        self.log = open(directory / "log", "ab")

    def start(self):
        self.process = subprocess.Popen(
            [self.command, "serve", "--config", self.directory / "customerio.toml", "--listen",
             f"127.0.0.1:{self.port}", "--data", self.directory / "data", "--json"],
            stdout=subprocess.PIPE, stderr=self.log, env=self.environment, cwd=self.directory, text=True,
        )
        if not self.process.stdout.readline():
            raise SystemExit(f"it did not start: {(self.directory / 'log').read_text()[-2000:]}")

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def call(self, method, path, body=None, token="storm-app-key-0123456789", headers=(), connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        said = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **dict(headers)}
        connection.request(method, path, None if body is None else json.dumps(body), said)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None


TEMPLATE = {
    "channel": "email",
    "content": {
        "from": "Der Shop <shop@shop.example.com>",
        "subject": "Order {{ trigger.number }} for {{ customer.first_name | default: 'you' }}",
        "body": "<html><head><style>p { color: #333 }</style></head><body>"
        "<p>Grüße, {{ trigger.name | upcase }}! {% for item in trigger.items %}"
        "<b>{{ item.name }}</b>: {{ item.price | times: item.count | round: 2 }} €<br>{% endfor %}</p>"
        "<p><a href=\"https://shop.example.com/orders/{{ trigger.number }}?a=1&amp;b=2\">Order</a></p>"
        "</body></html>",
        "headers": {"X-Number": "{{ trigger.number }}"},
    },
}


def order(number):
    drawn = random.Random(number)
    items = [
        {"name": f"Thing {drawn.randrange(1000)} ü", "price": drawn.randrange(1, 9999) / 100, "count": drawn.randrange(1, 5)}
        for _ in range(drawn.randrange(1, 6))
    ]
    return {"number": f"N{number:06}", "name": f"Ana {drawn.randrange(10**6)}", "items": items}


def address(number):
    return f"n{number:06}@example.net"


def send_all(server, numbers, accepted):
    """Sends until each was answered, whatever happens to the server meanwhile."""
    connection = None
    for number in numbers:
        body = {
            "transactional_message_id": "storm",
            "to": address(number),
            "identifiers": {"id": f"p{number}"},
            "message_data": order(number),
        }
        while True:
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                key = {"Idempotency-Key": f"storm-{number}"}
                status, answer = server.call("POST", "/v1/send/email", body, headers=key.items(), connection=connection)
            except (OSError, http.client.HTTPException):
                connection = None
                time.sleep(0.05)
                continue
            if status == 200:
                accepted[number] = answer["delivery_id"]
                break
            if status not in (429, 503):
                raise SystemExit(f"{status}: {answer}")
            time.sleep(0.05)


def settled(message):
    ends = ("sent", "failed", "bounced", "dropped", "undeliverable")
    return any(end in message["metrics"] for end in ends)


def all_messages(server):
    found, start = {}, ""
    while True:
        _, page = server.call("GET", f"/v1/messages?limit=1000&start={start}")
        for message in page["messages"]:
            found[message["id"]] = message
        start = page["next"]
        if not start:
            return found


def read_message(raw):
    """What Python makes of a message, and whether its signature holds."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    defects = [defect for part in message.walk() for defect in part.defects]
    public = (KEYS / "ed25519.pub.b64").read_text().strip() if (KEYS / "ed25519.pub.b64").exists() else PUBLIC
    record = f"v=DKIM1; k=ed25519; p={public}".encode()
    holds = dkim.verify(raw, dnsfunc=lambda name, timeout=5: record)
    return message, defects, holds


def public_half():
    """The public half of the Ed25519 key, as DNS has it."""
    from nacl.signing import SigningKey

    pem = (KEYS / "ed25519.pem").read_text().splitlines()
    der = base64.b64decode("".join(line for line in pem if not line.startswith("-")))
    seed = der[der.index(b"\x04\x22\x04\x20") + 4 :][:32]
    return base64.b64encode(bytes(SigningKey(seed).verify_key)).decode()


PUBLIC = public_half()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("command")
    arguments.add_argument("--messages", type=int, default=1000)
    arguments.add_argument("--kills", type=int, default=3)
    arguments.add_argument("--seed", type=int, default=1)
    told = arguments.parse_args()
    mood = random.Random(told.seed)
    sink = Sink(told.seed)
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.factory = lambda: SMTP(sink, enable_SMTPUTF8=True, ident="storm", data_size_limit=2**24)
    controller.start()
    with tempfile.TemporaryDirectory() as directory:
        server = Server(told.command, controller.port, pathlib.Path(directory))
        server.start()
        try:
            storm(told, mood, sink, server)
        finally:
            if server.process.poll() is None:
                server.kill()
            controller.stop()
    print(f"the mail server said: {json.dumps(sink.answers, sort_keys=True)}")
    return 1 if failed else 0


def storm(told, mood, sink, server):
    status, answer = server.call(
        "PUT", "/admin/v1/workspaces/1/transactional/storm", TEMPLATE, token="storm-admin-token-0123456789abcdef"
    )
    if status not in (200, 201):
        raise SystemExit(f"{status}: {answer}")
    began = time.monotonic()
    accepted = {}
    parts = [range(part, told.messages, SENDERS) for part in range(SENDERS)]
    senders = [threading.Thread(target=send_all, args=(server, part, accepted), daemon=True) for part in parts]
    for sender in senders:
        sender.start()
    every = told.messages / (told.kills + 1)
    for kill in range(told.kills):
        # In the middle of it: of what was sent, or at the latest of what is delivered.
        patience = time.monotonic() + 60
        while len(sink.taken) < every * (kill + mood.random()) and time.monotonic() < patience:
            time.sleep(0.02)
        time.sleep(mood.random() * 0.3)
        server.kill()
        server.start()
    for sender in senders:
        sender.join()
    check("storm: every message was taken", len(accepted) == told.messages, len(accepted))
    check("storm: each as a delivery of its own", len(set(accepted.values())) == told.messages)
    until = time.monotonic() + PATIENCE
    while True:
        found = all_messages(server)
        waiting = [message for message in found.values() if not settled(message)]
        if not waiting or time.monotonic() > until:
            break
        time.sleep(1)
    took = time.monotonic() - began
    check("storm: all of them ended", not waiting, f"{len(waiting)} wait: {waiting[:2]}")
    check("storm: there are no others", set(found) == set(accepted.values()), len(found))

    twice = [who for who, copies in sink.taken.items() if len(copies) > 1]
    check("storm: nobody got one twice", not twice, twice[:5])
    by_address = {address(number): found[delivery] for number, delivery in accepted.items()}
    doubt = [m for m in by_address.values() if (m["failure_message"] or "").startswith("in doubt")]
    lost = [who for who, m in by_address.items() if "sent" in m["metrics"] and who not in sink.taken]
    check("storm: whatever was sent arrived", not lost, lost[:5])
    wrong = [
        (who, m) for who, m in by_address.items()
        if who in sink.taken and "sent" not in m["metrics"] and m not in doubt
    ]
    check("storm: whatever arrived was sent, or is in doubt", not wrong, wrong[:2])
    unsaid = [who for who in sink.refused if "sent" in by_address[who]["metrics"]]
    check("storm: whatever was refused was not sent", not unsaid, unsaid[:5])
    silent = [who for who, m in by_address.items()
              if who not in sink.taken and who not in sink.refused and m not in doubt]
    check("storm: nothing was lost without a reason", not silent, [by_address[who] for who in silent[:2]])
    most = told.kills * CONNECTIONS + sink.unsaid
    check("storm: no more is in doubt than can be", len(doubt) <= most, f"{len(doubt)} of {most}")

    defective, unsigned, wrong = [], [], []
    for number in range(told.messages):
        for raw in sink.taken.get(address(number), []):
            message, defects, holds = read_message(raw)
            if defects:
                defective.append((number, defects))
            if not holds:
                unsigned.append(number)
            html = message.get_body(("html",)).get_content()
            what = order(number)
            if what["number"] not in message["Subject"] or what["name"].upper() not in html or any(
                item["name"] not in html for item in what["items"]
            ) or message["X-Number"] != what["number"] or message["CIO-Delivery-ID"] != accepted[number]:
                wrong.append(number)
    check("storm: Python's email finds no defect", not defective, defective[:2])
    check("storm: each is signed, and dkimpy says so", not unsigned, unsigned[:5])
    check("storm: each says what it was to say", not wrong, wrong[:5])
    sent = sum("sent" in m["metrics"] for m in by_address.values())
    print(f"{told.messages} messages, {told.kills} kills, {took:.0f} s: {sent} sent, "
          f"{len(sink.refused)} refused for good, {len(doubt)} in doubt (at most {most})")


if __name__ == "__main__":
    sys.exit(main())
