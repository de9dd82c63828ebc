"""A loopback server that writes down what reaches it and answers every call with a success."""

import http.server
import json
import socketserver
import ssl
import subprocess
import threading

# One object that holds whatever any call looks for in its answer.
ANSWER = {
    "delivery_id": "delivery",
    "queued_at": 1700000000,
    "id": 1,
    "name": "name",
    "endpoint": "https://example.com/",
    "events": [],
    "region": "us",
    "url": "https://example.com/export.csv",
    "token": "token",
    "environment_id": 1,
    "next": "",
    "count": 0,
    "segment_id": 1,
    "broadcast_id": 1,
    "used_by": {},
    "customer": {"id": "1", "attributes": {}, "topics": []},
    "message": {"id": 1},
    "archived_message": {"id": "1"},
    "metric": {"series": {}},
    "snippet": {"name": "name", "value": "value"},
    "object": {"attributes": {}},
    **{key: {"id": 1} for key in ["export", "import", "segment", "content", "collection", "sender_identity"]},
    **{
        key: []
        for key in [
            "results", "identifiers", "ids", "customers", "segments", "messages", "activities", "errors",
            "cio_relationships", "optouts", "exports", "contents", "links", "reporting_webhooks",
            "sender_identities", "snippets", "collections", "suppressions", "workspaces", "ip_addresses",
            "types", "topics", "channels",
        ]
    },
}


class Number(str):
    """A number as it was written: 1 and 1.0 differ."""


def unique(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key occurs twice")
    return dict(pairs)


def read_json(text):
    return json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=unique)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    # An answer leaves in one piece, or it waits for the client to acknowledge its head.
    wbufsize = -1

    def answer(self):
        # `self.path` is tidied up by the library; the request line is not.
        target = self.raw_requestline.split(b" ")[1].decode("latin-1")
        path, mark, query = target.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = {
            "method": self.command,
            "path": path,
            "query": mark + query,
            "authorization": self.headers.get("Authorization"),
            "content_type": self.headers.get("Content-Type"),
        }
        if self.headers.get("Transfer-Encoding"):
            request["unreadable"] = "the length of the body is not said"
        elif body:
            try:
                request["body"] = read_json(body)
            except ValueError as error:
                request["unreadable"] = f"{error}: {body!r}"
        with self.server.lock:
            self.server.requests.append(request)
        content = path.startswith("/v1/collections/") and path.endswith("/content") and self.command == "GET"
        answer = json.dumps([] if content else ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, requests, lock, tls=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests, self.lock = requests, lock
        if tls:
            # The handshake is made by the thread of the connection, not by the one that accepts.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_):
        """A connection that its client gave up is not news."""


class Recorder:
    """The same server twice: `http` and `https`, with a certificate of its own."""

    def __init__(self, folder):
        self.requests, self.lock = [], threading.Lock()
        self.certificate, key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-days", "2", "-subj", "/CN=wire", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", str(key), "-out", str(self.certificate)],
            check=True, capture_output=True, timeout=30,
        )
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.servers = [Server(self.requests, self.lock), Server(self.requests, self.lock, tls)]
        self.http, self.https = (
            f"{scheme}://127.0.0.1:{server.server_address[1]}"
            for scheme, server in zip(["http", "https"], self.servers)
        )
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def take(self):
        """What arrived since the last time."""
        with self.lock:
            taken = list(self.requests)
            self.requests.clear()
        return taken

    def stop(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()
