"""What the stories share: where the server is, one line a check, and how to read things back."""

import functools
import itertools
import os
import time
from urllib.parse import quote, urlsplit

import requests
from customerio import APIClient, CustomerIO, SendEmailRequest

url = os.environ["CUSTOMERIO_URL"]
host, port = urlsplit(url).hostname, urlsplit(url).port
site_id = os.environ["CUSTOMERIO_SITE_ID"]
track_key = os.environ["CUSTOMERIO_TRACK_API_KEY"]
app_key = os.environ["CUSTOMERIO_APP_API_KEY"]
numbers = itertools.count(1)
called = {}


def watch(kind, *ignored):
    """Notes which of the methods of a client are called, so that none is forgotten."""
    for name, method in list(vars(kind).items()):
        if name.startswith("_") or name in ignored or not callable(method):
            continue
        whole = f"{kind.__name__}.{name}"
        called[whole] = False

        def wrap(method=method, whole=whole):
            @functools.wraps(method)
            def noted(*values, **named):
                called[whole] = True
                return method(*values, **named)

            return noted

        setattr(kind, name, wrap())


HELPERS = ["setup_base_url", "is_valid_id_type", *(name for name in vars(CustomerIO) if name.startswith("get_"))]
watch(CustomerIO, *HELPERS)
watch(APIClient)
track = CustomerIO(site_id, track_key, host=host, port=port)
api = APIClient(app_key, url=url)


def passed(name):
    print(f"✓ python: {name}", flush=True)


def unique(name):
    """A name that nobody has."""
    return f"{name} {time.time_ns()}-{next(numbers)}"


def read(path):
    """The clients lack most reads, so they are made by hand."""
    return requests.get(f"{url}{path}", headers={"Authorization": f"Bearer {app_key}"}, timeout=10)


def profile(name, id_type="id"):
    """A person as the App API shows them, or None."""
    answer = read(f"/v1/customers/{quote(str(name), safe='')}/attributes?id_type={id_type}")
    assert answer.status_code in (200, 404), answer.text
    return answer.json()["customer"] if answer.ok else None


def attributes(name):
    return profile(name)["attributes"]


def devices(name):
    return {device["id"]: device for device in profile(name)["devices"]}


def activities(name, query=""):
    return read(f"/v1/customers/{quote(str(name), safe='')}/activities?limit=100{query}").json()["activities"]


def did(name):
    """What a person did, newest first: `event ordered`, `page /pricing`."""
    events = [it for it in activities(name) if it["type"] in ("event", "page", "screen")]
    return [f"{it['type']} {it['name'] or it['url']}" for it in events]


def data(name, event):
    """The data of the newest event of this name."""
    return activities(name, f"&name={quote(event, safe='')}")[0]["data"]


def obj(type_id, object_id):
    """An object's attributes, or None."""
    answer = read(f"/v1/objects/{type_id}/{quote(object_id, safe='')}/attributes")
    return answer.json()["object"]["attributes"] if answer.ok else None


def people_of(type_id, object_id):
    """How many people an object is related to."""
    answer = read(f"/v1/objects/{type_id}/{quote(object_id, safe='')}/relationships")
    return len(answer.json()["cio_relationships"])


def draft(name):
    """A message to somebody, which is held and never sent."""
    request = SendEmailRequest(
        to="draft@example.com",
        _from="shop@example.com",
        subject="Hallo",
        body="Hallo",
        identifiers={"id": str(name)},
        queue_draft=True,
    )
    return api.send_email(request)["delivery_id"]


def metrics(delivery):
    """What was reported of a message."""
    return read(f"/v1/messages/{quote(delivery, safe='')}").json()["message"]["metrics"]


def logged(delivery):
    """The types of what the workspace's log has of a message, from all its pages."""
    types, start = [], None
    while start != "":
        page = read("/v1/activities?limit=100" + (f"&start={quote(start, safe='')}" if start else "")).json()
        types += [it["type"] for it in page["activities"] if it["delivery_id"] == delivery]
        start = page["next"]
    return sorted(types)


def sent(delivery):
    """A message once it has left: its channel, whom it went to, its subject and its body."""
    path = f"/v1/messages/{quote(delivery, safe='')}"
    for _ in range(200):
        message = read(path).json()["message"]
        if "sent" in message["metrics"]:
            archived = read(f"{path}/archived_message").json()["archived_message"]
            return message["type"], message["recipient"], message["subject"], archived["body"]
        time.sleep(0.05)
    raise AssertionError(f"it was not sent: {message}")
