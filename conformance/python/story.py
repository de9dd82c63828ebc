"""The official Python SDK against a server with TLS whose root is CUSTOMERIO_URL."""

import datetime
import os
import time
from urllib.parse import quote, urlsplit

import requests
from customerio import APIClient, CustomerIO, CustomerIOException, SendEmailRequest

url = os.environ["CUSTOMERIO_URL"]
host, port = urlsplit(url).hostname, urlsplit(url).port
site_id = os.environ["CUSTOMERIO_SITE_ID"]
track_key = os.environ["CUSTOMERIO_TRACK_API_KEY"]
app_key = os.environ["CUSTOMERIO_APP_API_KEY"]
track = CustomerIO(site_id, track_key, host=host, port=port)
api = APIClient(app_key, url=url)
person = f"python/{time.time_ns()} ü"
email = f"python.{time.time_ns()}@example.com"


def passed(name):
    print(f"✓ python: {name}", flush=True)


def read(path):
    """The Python SDK has no reads, so they are made by hand."""
    return requests.get(f"{url}{path}", headers={"Authorization": f"Bearer {app_key}"}, timeout=10)


def refused(call):
    try:
        call()
    except CustomerIOException as error:
        return str(error)
    raise AssertionError("it was not refused")


created = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
track.identify(id=person, email=email, first_name="Ana", plan="pro", created_at=created, score=float("nan"))
passed("identify")
track.track(person, "ordered", {"total": 12.5}, timestamp=1700000000)
passed("track")
track.track_anonymous("visitor-2", "looked", {"page": 1})
passed("track_anonymous")
track.track_anonymous(None, "invited", {"recipient": email})
passed("an invite")
track.pageview(person, "https://example.com/pricing", referrer="https://example.com")
passed("pageview")
track.backfill(person, "came before", 1600000000)
passed("backfill")
track.add_device(person, "token-1", "ios", app_version="1")
track.add_device(person, "token-2", "android")
track.delete_device(person, "token-2")
passed("add_device, delete_device")

segment = quote(person, safe="")
customer = read(f"/v1/customers/{segment}/attributes?id_type=id").json()["customer"]
assert customer["attributes"]["plan"] == "pro", customer
assert customer["attributes"]["created_at"] == "1767312000", customer
assert [device["id"] for device in customer["devices"]] == ["token-1"], customer
passed("the person reads back")
activities = read(f"/v1/customers/{segment}/activities?limit=50").json()["activities"]
events = [activity for activity in activities if activity["type"] in ("event", "page", "screen")]
names = [activity["name"] or activity["url"] for activity in events]
assert sorted(names) == ["came before", "https://example.com/pricing", "ordered"], names
passed("events read back")
results = read(f"/v1/customers?email={quote(email)}").json()["results"]
assert results[0]["id"] == person, results
passed("customers by email")

visitor, other = f"python visitor {time.time_ns()}", f"python/other {time.time_ns()}"
track.track_anonymous(visitor, "looked")
track.identify(id=other, anonymous_id=visitor, city="Oslo")
track.merge_customers("email", email, "id", other)
customer = read(f"/v1/customers/{segment}/attributes?id_type=id").json()["customer"]
assert customer["attributes"]["city"] == "Oslo", customer
assert read(f"/v1/customers/{quote(other, safe='')}/attributes?id_type=id").status_code == 404
activities = read(f"/v1/customers/{segment}/activities?name=looked").json()["activities"]
assert len(activities) == 1, activities
passed("a visitor is identified and merged")

message = refused(lambda: CustomerIO(site_id, "wrong", host=host, port=port).identify(id=person))
assert "401" in message and "Unauthorized request" in message, message
passed("a wrong key is a 401 with its reason")

request = SendEmailRequest(
    to=email,
    _from="shop@example.com",
    subject="Grüße ✓",
    body="<p>Hallo {{ customer.first_name }}</p>",
    identifiers={"id": person},
)
request.attach("data.csv", "a;b\n1;2\n")
answer = api.send_email(request)
assert answer["delivery_id"], answer
passed("send_email")

track.suppress(person)
track.identify(id=person, email=email)
assert read(f"/v1/customers/{segment}/attributes").status_code == 404
passed("suppress, and identify no longer brings them back")
track.unsuppress(person)
track.delete(person)
passed("unsuppress, delete")
