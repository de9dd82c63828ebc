"""A stub of Google Cloud Secret Manager's REST API, for there is no emulator of it. Google's own
Python client reads and writes it too, which is what it is judged by; tokens are given to whoever
signs with the account's key, or is the machine."""

import base64
import contextlib
import http.server
import json
import re
import threading
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

VARIABLE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"


def crc32c(data):
    total = 0xFFFFFFFF
    for byte in data:
        total ^= byte
        for _ in range(8):
            total = (total >> 1) ^ (0x82F63B78 if total & 1 else 0)
    return total ^ 0xFFFFFFFF


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pem(key):
    kind = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


class Google:
    def __init__(self):
        self.versions, self.disabled, self.damage = {}, set(), False
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    def hold(self, name, versions):
        self.versions[name] = list(versions)

    @property
    def account(self):
        return {"type": "service_account", "client_email": "cio@shop.iam.gserviceaccount.com",
                "private_key": pem(self.key), "token_uri": f"{self.url}/token"}

    @property
    def user(self):
        return {"type": "authorized_user", "client_id": "id", "client_secret": "s", "refresh_token": "r",
                "token_uri": f"{self.url}/token"}

    def token(self, form):
        if form.get("refresh_token") == ["r"] and form["client_secret"] == ["s"]:
            return True
        try:
            signed, signature = form["assertion"][0].rsplit(".", 1)
            claims = json.loads(unpadded(signed.split(".")[1]))
            self.key.public_key().verify(unpadded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
            return claims["aud"] == f"{self.url}/token" and claims["exp"] - claims["iat"] == 3600 and "cloud-platform" in claims["scope"]
        except Exception:
            return False

    def answer(self, method, path, headers, body):
        missing = 404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "not found"}}
        if path == "/token":
            good = self.token(urllib.parse.parse_qs(body.decode()))
            return (200, {"access_token": "tok", "expires_in": 3600}) if good else (400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        if path == "/computeMetadata/v1/instance/service-accounts/default/token":
            good = headers.get("Metadata-Flavor") == "Google"
            return (200, {"access_token": "tok", "expires_in": 3600}) if good else (403, {})
        if headers.get("Authorization") not in ("Bearer tok", None):
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "bad token"}}
        found = re.fullmatch(r"/v1/projects/([^/]+)/secrets/([^/:]+)(?:/versions/([^/:]+))?(?::(\w+))?", path.split("?")[0])
        if not found or found[2] not in self.versions:
            return missing
        project, name, version, verb = found.groups()
        versions = self.versions[name]
        full = f"projects/{project}/secrets/{name}"
        if (method, verb) == ("POST", "addVersion"):
            payload = json.loads(body)["payload"]
            data = base64.b64decode(payload["data"])
            if "dataCrc32c" in payload and int(payload["dataCrc32c"]) != crc32c(data):
                return 400, {"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "checksum"}}
            versions.append(data.decode())
            return 200, {"name": f"{full}/versions/{len(versions)}", "state": "ENABLED"}
        if (method, verb) != ("GET", "access"):
            return missing
        number = len(versions) if version == "latest" else int(version)
        if not 1 <= number <= len(versions):
            return missing
        if name in self.disabled:
            return 400, {"error": {"code": 400, "status": "FAILED_PRECONDITION", "message": "is in DISABLED state."}}
        data = versions[number - 1].encode()
        total = crc32c(data) ^ (1 if self.damage else 0)
        payload = {"data": base64.b64encode(data).decode(), "dataCrc32c": str(total)}
        return 200, {"name": f"{full}/versions/{number}", "payload": payload}


@contextlib.contextmanager
def serving():
    google = Google()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, answer = google.answer(self.command, self.path, self.headers, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    google.host = f"127.0.0.1:{server.server_port}"
    google.url = f"http://{google.host}"
    yield google
    server.shutdown()


def accepted_by_google_s_own_client(google):
    """The stub, by the client that Google makes: what that one takes, ours is judged by."""
    from google.api_core.exceptions import BadRequest, NotFound
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import secretmanager_v1
    from google.cloud.secretmanager_v1.services.secret_manager_service.transports import SecretManagerServiceRestTransport

    transport = SecretManagerServiceRestTransport(host=google.host, url_scheme="http", credentials=AnonymousCredentials())
    client = secretmanager_v1.SecretManagerServiceClient(transport=transport)
    google.hold("theirs", ["one"])
    parent = "projects/shop/secrets/theirs"
    read = lambda: client.access_secret_version(name=f"{parent}/versions/latest").payload
    yield "Google's own client reads the stub", read().data == b"one" and read().data_crc32c == crc32c(b"one"), read()
    added = client.add_secret_version(parent=parent, payload={"data": b"two", "data_crc32c": crc32c(b"two")})
    yield "Google's own client writes to it", added.name == f"{parent}/versions/2" and read().data == b"two", added
    google.disabled.add("theirs")
    for name, kind in [(f"{parent}/versions/latest", BadRequest), ("projects/shop/secrets/none/versions/1", NotFound)]:
        try:
            client.access_secret_version(name=name)
            yield f"Google's own client is refused: {kind.__name__}", False, "it was not"
        except kind:
            yield f"Google's own client is refused: {kind.__name__}", True, ""
    google.disabled.clear()
