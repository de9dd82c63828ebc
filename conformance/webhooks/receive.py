"""A receiver of reporting webhooks on loopback, that verifies them by the documentation alone.

    receive.py KEY      prints its port, then a line of JSON for each call it takes

The first call is answered 503 and so is told again. A call that is not signed with KEY is
answered 401.
"""

import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = sys.argv[1].encode()


def is_signed(headers, body):
    timestamp, signature = headers.get("X-CIO-Timestamp", ""), headers.get("X-CIO-Signature", "")
    expected = hmac.new(KEY, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    is_now = timestamp.isdigit() and abs(time.time() - int(timestamp)) < 300
    return is_now and hmac.compare_digest(expected, signature)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    calls = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.calls += 1
        if not is_signed(self.headers, body):
            status = 401
        elif Receiver.calls == 1:
            status = 503
        else:
            status = 200
        told = {
            "status": status,
            "path": self.path,
            "type": self.headers["Content-Type"],
            "authorization": self.headers["Authorization"],
            "event": json.loads(body),
        }
        print(json.dumps(told), flush=True)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
