"""The secret stores of the SDK against real ones on loopback: OpenBao for Vault, moto for AWS with
botocore as the judge of signatures, and for Google Cloud, of which there is no emulator, a stub
that Google's own client accepts.

    stores.py SECRET SERVER     SECRET is cio-conformance's `secret`, SERVER the command `customerio`
"""

import contextlib
import datetime
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import google_stub

BIN = pathlib.Path(sys.executable).parent
PATIENCE = 30
failures = []


def check(name, holds, detail=""):
    print(f"{'✓' if holds else '✗'} {name}{'' if holds else f': {detail}'}", flush=True)
    if not holds:
        failures.append(name)


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


@contextlib.contextmanager
def running(command, url, **variables):
    """A peer, once it answers."""
    environment = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), **variables}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(url, timeout=2).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit(f"{command[0]} did not start")
                time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def ask(method, url, body=None, **headers):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
        return json.loads(text) if text else None


class Place:
    """One place, asked by the SDK."""

    def __init__(self, secret, reference, variables):
        self.process = subprocess.Popen(
            [secret], env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.opened = self.order(open=reference)

    def order(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def fetch(self):
        return self.opened if "error" in self.opened else self.order(fetch=True)

    def put(self, value):
        return self.order(put=value)

    def close(self):
        _, said = self.process.communicate(timeout=PATIENCE)
        return said


class Stores:
    def __init__(self, secret):
        self.secret = secret

    def fetch(self, reference, **variables):
        place = Place(self.secret, reference, variables)
        try:
            return place.fetch()
        finally:
            place.close()

    def put(self, reference, value, **variables):
        place = Place(self.secret, reference, variables)
        try:
            return place.put(value)
        finally:
            place.close()


def is_error(answer, kind, *words):
    return answer.get("kind") == kind and all(word in answer["error"] for word in words)


# ---------------------------------------------------------------- Vault

def vault(stores, command):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    start = [shutil.which("bao", path=BIN), "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root",
             f"-dev-listen-address=127.0.0.1:{port}"]
    with running(start, f"{url}/v1/sys/health"):
        bao = lambda method, path, body=None: ask(method, f"{url}/v1/{path}", body, **{"X-Vault-Token": "root"})
        with_root = {"VAULT_ADDR": url, "VAULT_TOKEN": "root"}
        bao("POST", "secret/data/cio/prod", {"data": {"app": "app-1", "track": "track-1"}})
        bao("POST", "sys/mounts/team/kv", {"type": "kv", "options": {"version": "2"}})
        bao("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
        for _ in range(50):  # a new mount upgrades itself for a moment
            with contextlib.suppress(urllib.error.HTTPError):
                bao("POST", "team/kv/data/cio", {"data": {"app": "app-2"}})
                break
            time.sleep(0.1)
        bao("POST", "old/cio", {"app": "app-3"})

        answer = stores.fetch("vault://secret/cio/prod#app", **with_root)
        check("vault: a field of a KV v2 secret", answer["value"] == "app-1", answer)
        answer = stores.fetch("vault://team/kv/cio#app", **with_root)
        check("vault: a mount with a slash in its name", answer.get("value") == "app-2", answer)
        answer = stores.fetch("vault://old/cio#app", **with_root)
        check("vault: KV v1", answer.get("value") == "app-3", answer)
        for what, reference in [("secret", "vault://secret/none#app"), ("field", "vault://secret/cio/prod#none")]:
            answer = stores.fetch(reference, **with_root)
            check(f"vault: no such {what} is nothing, not broken", answer == {"value": None}, answer)
        answer = stores.fetch("vault://nowhere/cio#app", **with_root)
        check("vault: no such mount is broken", is_error(answer, "Setting", "no engine"), answer)
        answer = stores.fetch("vault://secret/cio/prod#app", VAULT_ADDR=url, VAULT_TOKEN="wrong")
        check("vault: a wrong token is denied", is_error(answer, "Denied", "403"), answer)
        closed = f"http://127.0.0.1:{free_port()}"
        answer = stores.fetch("vault://secret/cio/prod#app", VAULT_ADDR=closed, VAULT_TOKEN="root")
        check("vault: nobody there", is_error(answer, "Unreachable", closed, "refused"), answer)
        answer = stores.fetch("vault://secret/cio/prod#app", VAULT_TOKEN="root")
        check("vault: no address", is_error(answer, "Setting", "VAULT_ADDR"), answer)

        answer = stores.put("vault://secret/cio/prod#app", "app-9", **with_root)
        after = bao("GET", "secret/data/cio/prod")["data"]
        check("vault: a field is replaced, the others stay, as a new version",
              answer == {"put": True} and after["data"] == {"app": "app-9", "track": "track-1"}
              and after["metadata"]["version"] == 2, (answer, after))
        bao("DELETE", "secret/data/cio/prod")
        answer = stores.fetch("vault://secret/cio/prod#app", **with_root)
        check("vault: a deleted version is nothing", answer == {"value": None}, answer)
        answer = stores.put("vault://secret/cio/prod#app", "app-10", **with_root)
        answer = stores.fetch("vault://secret/cio/prod#app", **with_root)
        check("vault: and can be written again", answer.get("value") == "app-10", answer)
        answer = stores.put("vault://old/cio#track", "track-3", **with_root)
        after = bao("GET", "old/cio")["data"]
        check("vault: KV v1 is written", after == {"app": "app-3", "track": "track-3"}, (answer, after))

        policy = 'path "secret/data/cio/*" { capabilities = ["read"] }'
        bao("POST", "sys/policies/acl/cio", {"policy": policy})
        bao("POST", "sys/auth/approle", {"type": "approle"})
        bao("POST", "auth/approle/role/cio", {"token_policies": "cio", "token_ttl": "2s", "token_max_ttl": "2s"})
        role = bao("GET", "auth/approle/role/cio/role-id")["data"]["role_id"]
        secret_id = bao("POST", "auth/approle/role/cio/secret-id")["data"]["secret_id"]
        by_role = {"VAULT_ADDR": url, "VAULT_ROLE_ID": role, "VAULT_SECRET_ID": secret_id}
        place = Place(stores.secret, "vault://secret/cio/prod#app", by_role)
        first = place.fetch()
        time.sleep(2.5)
        second = place.fetch()
        check("vault: AppRole, and once more when its token is over",
              [first.get("value"), second.get("value")] == ["app-10"] * 2, (first, second))
        answer = place.put("x")
        check("vault: a role that may only read cannot write", is_error(answer, "Denied"), answer)
        said = place.close()
        check("vault: nothing secret is said", not any(it in said for it in [secret_id, "app-10"]), said)
        answer = stores.fetch("vault://secret/cio/prod#app", **{**by_role, "VAULT_SECRET_ID": "wrong"})
        check("vault: a wrong secret id", is_error(answer, "Denied", "VAULT_SECRET_ID"), answer)
        with tempfile.TemporaryDirectory() as home:
            pathlib.Path(home, ".vault-token").write_text("root\n")
            answer = stores.fetch("vault://secret/cio/prod#app", VAULT_ADDR=url, HOME=home)
            check("vault: the token of `vault login`", answer.get("value") == "app-10", answer)

        rotation(stores, command, bao, with_root)

        bao("PUT", "sys/seal")
        answer = stores.fetch("vault://secret/cio/prod#app", **with_root)
        check("vault: sealed", is_error(answer, "Unreachable", "sealed"), answer)


def rotation(stores, command, bao, with_root):
    """A program that runs while the key it uses is rotated in the store, and the old one ended."""
    with tempfile.TemporaryDirectory() as directory:
        server = subprocess.Popen(
            [command, "serve", "--listen", "127.0.0.1:0", "--memory", "--json"], cwd=directory,
            env={"PATH": os.environ["PATH"], "HOME": directory}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        try:
            line = json.loads(server.stdout.readline())
            admin = lambda method, path, body=None: ask(
                method, f"{line['url']}/admin/v1/workspaces/1/credentials{path}", body,
                Authorization=f"Bearer {line['admin_token']}", **{"Content-Type": "application/json"})
            key_id = next(it["id"] for it in admin("GET", "")["credentials"] if it["kind"] == "app")
            bao("POST", "secret/data/live", {"data": {"app": line["app_api_key"]}})
            place = Place(stores.secret, "vault://secret/live#app", with_root)
            result = {}
            caller = threading.Thread(target=lambda: result.update(place.order(calls=line["url"], seconds=6)))
            caller.start()
            for _ in range(2):
                time.sleep(2)
                new = admin("POST", f"/{key_id}/rotate", {"grace_seconds": 60})["credential"]
                bao("POST", "secret/data/live", {"data": {"app": new["key"]}})
                admin("POST", f"/{key_id}/revoke", {})
                key_id = new["id"]
            caller.join()
            place.close()
            check("rotation: two keys ended under a running client, and no call failed",
                  result.get("failures") == [] and result["made"] > 500, result)
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)


# ---------------------------------------------------------------- AWS

def aws(stores):
    import boto3

    port = free_port()
    url = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI", "AWS_REGION": "eu-central-1"}
    there = {**keys, "AWS_ENDPOINT_URL": url}
    with running([str(BIN / "moto_server"), "-H", "127.0.0.1", "-p", str(port)], f"{url}/moto-api/"):
        client = lambda name: boto3.client(
            name, endpoint_url=url, region_name="eu-central-1",
            aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="wJalrXUtnFEMI")
        ssm, manager, iam = client("ssm"), client("secretsmanager"), client("iam")
        ssm.put_parameter(Name="/cio/app", Value="app-1", Type="SecureString", KeyId="alias/own")
        manager.create_secret(Name="cio", SecretString='{"app":"app-2","track":"track-2"}')
        manager.create_secret(Name="bytes", SecretBinary=b"app-3")

        answer = stores.fetch("aws-ssm:///cio/app", **there)
        check("aws: a SecureString of SSM, decrypted", answer.get("value") == "app-1", answer)
        answer = stores.fetch("aws-secretsmanager://cio#app", **there)
        check("aws: a field of a secret", answer.get("value") == "app-2", answer)
        arn = manager.describe_secret(SecretId="cio")["ARN"]
        answer = stores.fetch(f"aws-secretsmanager://{arn}#app", **{k: v for k, v in there.items() if k != "AWS_REGION"})
        check("aws: by its ARN, which says the region", answer.get("value") == "app-2", answer)
        answer = stores.fetch("aws-secretsmanager://bytes", **there)
        check("aws: a binary secret", answer.get("value") == "app-3", answer)
        for reference in ["aws-ssm:///cio/none", "aws-secretsmanager://none", "aws-secretsmanager://cio#none"]:
            answer = stores.fetch(reference, **there)
            check(f"aws: {reference} is nothing, not broken", answer == {"value": None}, answer)
        answer = stores.fetch("aws-ssm:///cio/app", AWS_ENDPOINT_URL=url, **{k: v for k, v in keys.items() if k != "AWS_REGION"})
        check("aws: no region", is_error(answer, "Setting", "AWS_REGION"), answer)

        answer = stores.put("aws-ssm:///cio/app", "app-9", **there)
        after = ssm.get_parameter(Name="/cio/app", WithDecryption=True)["Parameter"]
        about = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": ["/cio/app"]}])["Parameters"][0]
        check("aws: a parameter is replaced and keeps its kind and its key",
              answer == {"put": True} and (after["Value"], after["Type"], about["KeyId"]) == ("app-9", "SecureString", "alias/own"),
              (answer, after, about))
        answer = stores.put("aws-ssm:///cio/new", "first", **there)
        after = ssm.get_parameter(Name="/cio/new", WithDecryption=True)["Parameter"]
        check("aws: a new parameter is a SecureString", after["Type"] == "SecureString", (answer, after))
        answer = stores.put("aws-secretsmanager://cio#app", "app-9", **there)
        after = json.loads(manager.get_secret_value(SecretId="cio")["SecretString"])
        check("aws: a field is replaced, the others stay", after == {"app": "app-9", "track": "track-2"}, (answer, after))
        answer = stores.put("aws-secretsmanager://new", "first", **there)
        after = manager.get_secret_value(SecretId="new")["SecretString"]
        check("aws: a new secret is created", after == "first", (answer, after))

        role = iam.create_role(RoleName="cio", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        with tempfile.TemporaryDirectory() as home:
            folder = pathlib.Path(home, ".aws")
            folder.mkdir()
            (folder / "config").write_text(
                f"[default]\nregion = eu-central-1\n[profile role]\nrole_arn = {role}\nsource_profile = default\n"
                "region = eu-central-1\n[profile ask]\nregion = eu-central-1\ncredential_process = "
                """echo '{"Version":1,"AccessKeyId":"AK","SecretAccessKey":"SK"}'\n[profile sso]\nsso_session = x\n""")
            (folder / "credentials").write_text("[default]\naws_access_key_id = AK\naws_secret_access_key = SK\n")
            at_home = {"AWS_ENDPOINT_URL": url, "HOME": home, "PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"}
            for profile in ["default", "role", "ask"]:
                answer = stores.fetch("aws-ssm:///cio/app", AWS_PROFILE=profile, **at_home)
                check(f"aws: profile {profile}", answer.get("value") == "app-9", answer)
            answer = stores.fetch("aws-ssm:///cio/app?region=eu-central-1", AWS_PROFILE="sso", **at_home)
            check("aws: SSO says what to do instead", is_error(answer, "Setting", "export-credentials"), answer)
            answer = stores.fetch("aws-ssm:///cio/app?region=eu-central-1", AWS_PROFILE="none", **at_home)
            check("aws: no such profile", is_error(answer, "Setting", '"none"'), answer)
            token = pathlib.Path(home, "token")
            token.write_text("eyJ0eXAi.eyJzdWIi.c2ln\n")
            bare = {"AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-central-1", "HOME": f"{home}/none"}
            answer = stores.fetch("aws-ssm:///cio/app", AWS_WEB_IDENTITY_TOKEN_FILE=str(token), AWS_ROLE_ARN=role, **bare)
            check("aws: a web identity", answer.get("value") == "app-9", answer)
            answer = stores.fetch("aws-ssm:///cio/app", AWS_EC2_METADATA_DISABLED="true", **bare)
            check("aws: no credentials anywhere", is_error(answer, "Setting", "no credentials for AWS"), answer)
            answer = stores.fetch("aws-ssm:///cio/app", AWS_EC2_METADATA_SERVICE_ENDPOINT=url, **bare)
            check("aws: an instance's role", answer.get("value") == "app-9" or instance_by_stub(stores, bare), answer)
            container(stores, bare)
        signatures(stores, keys)


def stub(answers):
    """A server that answers by path, and keeps what it was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append((self.command, self.path, dict(self.headers), body))
            status, text = answers(self.command, self.path, self.headers)
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", asked


ROLE = json.dumps({"AccessKeyId": "AK", "SecretAccessKey": "SK", "Token": "T", "Expiration": "2099-01-01T00:00:00Z"})


def instance_by_stub(stores, bare):
    """moto's metadata service knows no tokens, so the second version of the protocol is a stub's."""
    def answers(method, path, headers):
        if (method, path) == ("PUT", "/latest/api/token"):
            return 200, "tok"
        if headers.get("X-aws-ec2-metadata-token") != "tok":
            return 401, ""
        return 200, "cio\n" if path.endswith("/") else ROLE

    url, asked = stub(answers)
    answer = stores.fetch("aws-ssm:///cio/app", AWS_EC2_METADATA_SERVICE_ENDPOINT=url, **bare)
    return answer.get("value") == "app-9" and len(asked) == 3


def container(stores, bare):
    url, asked = stub(lambda method, path, headers: (200, ROLE) if headers.get("Authorization") == "tok" else (403, ""))
    given = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/role", **bare}
    answer = stores.fetch("aws-ssm:///cio/app", AWS_CONTAINER_AUTHORIZATION_TOKEN="tok", **given)
    check("aws: a container's role (a stub)", answer.get("value") == "app-9" and len(asked) == 1, answer)
    answer = stores.fetch("aws-ssm:///cio/app", AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong", **given)
    check("aws: a container's role that is refused is broken", is_error(answer, "Unreachable", "403"), answer)
    answer = stores.fetch("aws-ssm:///cio/app", AWS_CONTAINER_CREDENTIALS_FULL_URI="http://example.com/role", **bare)
    check("aws: no token leaves without TLS", is_error(answer, "Setting", "without TLS"), answer)


def signatures(stores, keys):
    """What was sent, signed once more by botocore."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    for reference, service in [("aws-ssm:///cio/app", "ssm"), ("aws-secretsmanager://cio", "secretsmanager")]:
        url, asked = stub(lambda *_: (400, '{"__type":"ValidationException","message":"no"}'))
        answer = stores.fetch(reference, AWS_ENDPOINT_URL=url, AWS_SESSION_TOKEN="session/+=", **keys)
        _, path, headers, body = asked[0]
        given = dict(part.split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(", "))
        lower = {name.lower(): value for name, value in headers.items()}
        signed = {name: lower[name] for name in given["SignedHeaders"].split(";")}
        request = AWSRequest(method="POST", url=url + path, headers=signed, data=body)
        request.context["timestamp"] = lower["x-amz-date"]
        auth = SigV4Auth(Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI", "session/+="), service, "eu-central-1")
        theirs = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
        check(f"aws: {service} is signed as botocore signs", theirs == given["Signature"], (given, theirs))
        check(f"aws: {service} says why it refuses", is_error(answer, "Unreadable", "ValidationException"), answer)
    late = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)

    class Skewed(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def date_time_string(self, timestamp=None):
            return late.strftime("%a, %d %b %Y %H:%M:%S GMT")

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            data = b'{"__type":"InvalidSignatureException","message":"Signature expired"}'
            self.send_response(400)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Skewed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answer = stores.fetch("aws-ssm:///a", AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}", **keys)
    check("aws: a clock that is off is named", is_error(answer, "Denied", "minutes behind"), answer)


# ---------------------------------------------------------------- Google Cloud

def gcp(stores):
    with google_stub.serving() as google:
        for name, holds, detail in google_stub.accepted_by_google_s_own_client(google):
            check(f"gcp: {name}", holds, detail)
        with tempfile.TemporaryDirectory() as home:
            file = pathlib.Path(home, "account.json")
            file.write_text(json.dumps(google.account))
            there = {google_stub.VARIABLE: google.url, "GOOGLE_APPLICATION_CREDENTIALS": str(file), "HOME": home}
            google.hold("cio", ['{"app":"app-1"}', "app-2"])
            answer = stores.fetch("gcp-secretmanager://shop/cio", **there)
            check("gcp: the latest version, by a service account whose signature is good", answer.get("value") == "app-2", answer)
            answer = stores.fetch("gcp-secretmanager://projects/shop/secrets/cio/versions/1#app", **there)
            check("gcp: a field of an older version", answer.get("value") == "app-1", answer)
            for reference in ["gcp-secretmanager://shop/none", "gcp-secretmanager://shop/cio/9"]:
                answer = stores.fetch(reference, **there)
                check(f"gcp: {reference} is nothing, not broken", answer == {"value": None}, answer)
            answer = stores.put("gcp-secretmanager://shop/cio", "app-3", **there)
            check("gcp: a version is added", answer == {"put": True} and google.versions["cio"][-1] == "app-3", answer)
            answer = stores.put("gcp-secretmanager://shop/cio/1", "x", **there)
            check("gcp: a version is never changed", is_error(answer, "ReadOnly"), answer)
            google.damage = True
            answer = stores.fetch("gcp-secretmanager://shop/cio", **there)
            check("gcp: a damaged value is not taken", is_error(answer, "Unreadable", "damaged"), answer)
            google.damage = False
            google.disabled.add("cio")
            answer = stores.fetch("gcp-secretmanager://shop/cio", **there)
            check("gcp: a disabled version is broken", is_error(answer, "Unreadable", "enable"), answer)
            google.disabled.clear()
            user = pathlib.Path(home, "user.json")
            user.write_text(json.dumps(google.user))
            answer = stores.fetch("gcp-secretmanager://shop/cio", **{**there, "GOOGLE_APPLICATION_CREDENTIALS": str(user)})
            check("gcp: a user who is signed in", answer.get("value") == "app-3", answer)
            answer = stores.fetch("gcp-secretmanager://shop/cio", **{google_stub.VARIABLE: google.url, "HOME": home, "GCE_METADATA_HOST": google.host})
            check("gcp: the account of the machine", answer.get("value") == "app-3", answer)
            wrong = {**google.account, "private_key": google.other_key}
            file.write_text(json.dumps(wrong))
            answer = stores.fetch("gcp-secretmanager://shop/cio", **there)
            check("gcp: an account's wrong key gets no token", is_error(answer, "Denied", "token"), answer)


def main():
    secret, command = sys.argv[1:]
    stores = Stores(secret)
    vault(stores, command)
    aws(stores)
    gcp(stores)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
