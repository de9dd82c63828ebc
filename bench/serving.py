"""A server under measure, and what all measurements of it share."""

import contextlib
import http.client
import json
import os
import pathlib
import platform
import re
import subprocess
import time
import typing
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "target" / "bench"
CREDENTIALS = {
    "CUSTOMERIO_SITE_ID": "benchmark-site",
    "CUSTOMERIO_TRACK_API_KEY": "benchmark-track-key",
    "CUSTOMERIO_APP_API_KEY": "benchmark-app-key",
    "CUSTOMERIO_ADMIN_TOKEN": "benchmark-admin-token",
}
TRACK = f"{CREDENTIALS['CUSTOMERIO_SITE_ID']}:{CREDENTIALS['CUSTOMERIO_TRACK_API_KEY']}"
APP = CREDENTIALS["CUSTOMERIO_APP_API_KEY"]
ADMIN = CREDENTIALS["CUSTOMERIO_ADMIN_TOKEN"]
# Nothing here takes longer, in seconds.
PATIENCE = 600
TICKS = os.sysconf("SC_CLK_TCK")
READS_PER_SECOND = 2_000
_log = {"name": "serving"}


def log():
    """What the servers of this run log."""
    return RESULTS / f"{_log['name']}.log"


def start_log(name):
    """Where the servers log from now on; what is there from before is forgotten."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    _log["name"] = name
    log().write_text("")


class Row(typing.NamedTuple):
    """What is sent in one run, and to which servers."""

    name: str
    kind: str
    connections: int
    servers: tuple
    # Operations in each batch.
    batch: int = 1_000
    # Whether the same bodies are also appended to a file.
    append: bool = False


FILL = Row("fill", "fill", 4, ())
PAST = Row("past", "past", 4, ())


def build():
    """The command and the load, for release; cargo says where it put them."""
    command = ["cargo", "build", "--release", "--locked", "-p", "cio-cli", "-p", "cio-bench-ingest"]
    told = subprocess.run(
        [*command, "--message-format", "json"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    made = {}
    for line in told.splitlines():
        message = json.loads(line)
        if message.get("executable"):
            made[message["target"]["name"]] = message["executable"]
    return made["customerio"], made["cio-bench-ingest"]


def environment():
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **CREDENTIALS}


class Process:
    """A server that was started here and is stopped here."""

    def __init__(self, command, told=None):
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log().open("a"), text=True
        )
        self.process.stdin.write(f"{told or ''}\n")
        self.process.stdin.close()
        line = self.process.stdout.readline()
        self.start_ms = (time.perf_counter() - self.started) * 1_000
        if not line:
            self.stop()
            raise SystemExit(f"{command[0]} did not start: see {log()}")
        self.url = json.loads(line)["url"]

    def cpu_us(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1_000_000 / TICKS

    def memory_mb(self, which):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(f"{which}:"))
        return int(line.split()[1]) * 1_024 / 1e6

    def forget_peak(self):
        """From here on VmHWM is the peak of what follows: proc(5), clear_refs."""
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def groups(self):
        """The groups that were written so far, each with one fsync, and the calls in them."""
        page = urllib.request.urlopen(f"{self.url}/metrics", timeout=10).read().decode()
        value = lambda of: float(re.search(rf"^customerio_store_group_calls_{of} (\S+)$", page, re.M)[1])
        return value("count"), value("sum")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def running(command, told=None):
    process = Process(command, told)
    try:
        yield process
    finally:
        process.stop()


def serving(server, data, *options):
    return running([server, "serve", "--listen", "127.0.0.1:0", "--data", str(data), "--json", *options])


class Client:
    """One connection, kept."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
        self.used = time.monotonic()

    def call(self, method, path, body=None):
        key = ADMIN if path.startswith("/admin/") else APP
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        # The server closes what is idle.
        if time.monotonic() - self.used > 5:
            self.connection.close()
        self.used = time.monotonic()
        started = time.perf_counter()
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        took = time.perf_counter() - started
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")
        return (json.loads(text) if text.strip() else None), took * 1_000


def told_by(bench, subcommand, plan):
    told = subprocess.run(
        [bench, subcommand],
        input=json.dumps(plan) + "\n",
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
    ).stdout
    return json.loads(told)


def load(bench, process, row, seconds, people, seed, ours=True, events=0):
    """One run of the load against one server."""
    reads = row.kind == "read"
    plan = {
        "kind": row.kind,
        "batch": row.batch,
        "url": process.url,
        "credentials": APP if reads else TRACK,
        "connections": row.connections,
        "seconds": seconds,
        "people": people,
        "events": events,
        "rate": READS_PER_SECOND if reads else None,
        "seed": seed,
    }
    process.forget_peak()
    groups = process.groups() if ours else None
    before = process.cpu_us()
    seen = told_by(bench, "load", plan)
    seen["server_cpu_us"] = process.cpu_us() - before
    seen["resident_mb"] = process.memory_mb("VmRSS")
    seen["peak_mb"] = process.memory_mb("VmHWM")
    if ours and not reads:
        count, calls = (after - before for after, before in zip(process.groups(), groups))
        seen["calls_of_a_group"] = calls / count
    return seen


def rate(run):
    return run["operations"] / run["seconds"]


def say(where, name, seen):
    server = seen.get("server_cpu_us")
    cpu = "" if server is None else f", server {server / seen['operations']:.1f} µs CPU each"
    print(f"{where}: {name}: {rate(seen):,.0f}/s, p99 {seen['p99_us'] / 1_000:.1f} ms{cpu}", flush=True)


def number(value):
    """Three digits that mean something, and thousands apart."""
    if value is None:
        return ""
    if value >= 1_000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}".replace(",", " ")
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def between(found):
    return f"{number(min(found))} to {number(max(found))}" if found else ""


def table(columns, rows):
    """In markdown: columns that start with a colon are text, the others numbers."""
    print("\n| " + " | ".join(name.removeprefix(":") for name in columns) + " |")
    print("|" + "|".join("---" if name.startswith(":") else "---:" for name in columns) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def about():
    rustc = subprocess.run(["rustc", "--version"], check=True, stdout=subprocess.PIPE, text=True)
    return {
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "load_before": os.getloadavg()[0],
        "rustc": rustc.stdout.strip(),
    }
