"""The official Python SDK against a server with TLS whose root is CUSTOMERIO_URL."""

import datetime
import time
from urllib.parse import quote

from customerio import CustomerIO, CustomerIOException, SendEmailRequest
from shared import api, data, devices, did, host, passed, port, profile, read, site_id, track, unique

person = f"python/{time.time_ns()} ü"
email = f"python.{time.time_ns()}@example.com"


def refused(call):
    try:
        call()
    except CustomerIOException as error:
        return str(error)
    raise AssertionError("it was not refused")


created = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
track.identify(id=person, email=email, first_name="Ana", plan="pro", created_at=created, score=float("nan"))
passed("identify")
track.track(person, "ordered", {"total": 12.5}, timestamp=datetime.datetime(2023, 11, 14, tzinfo=datetime.timezone.utc))
passed("track")
visitor = unique("python visitor")
track.track_anonymous(visitor, "looked", {"page": 1}, id="python-looked")
track.track_anonymous(visitor, "looked", {"page": 1}, id="python-looked")
passed("track_anonymous")
track.track_anonymous(None, "invited", {"recipient": email})
invites = read("/v1/activities?type=event&name=invited&limit=100").json()["activities"]
assert {"recipient": email} in [invite["data"] for invite in invites], invites
passed("an invite")
track.pageview(person, "https://example.com/pricing", referrer="https://example.com")
passed("pageview")
track.backfill(person, "came before", 1600000000)
passed("backfill")
track.add_device(person, "token-1", "ios", app_version="1")
track.add_device(person, "token-2", "android")
track.delete_device(person, "token-2")
passed("add_device, delete_device")

customer = profile(person)
assert customer["attributes"]["plan"] == "pro", customer
assert customer["attributes"]["created_at"] == "1767312000" and "score" not in customer["attributes"], customer
assert [device["id"] for device in customer["devices"]] == ["token-1"], customer
assert devices(person)["token-1"]["attributes"]["app_version"] == "1", customer
passed("the person reads back")
assert did(person) == ["page https://example.com/pricing", "event ordered", "event came before"], did(person)
assert data(person, "ordered") == {"total": 12.5}
passed("events read back")
results = read(f"/v1/customers?email={quote(email)}").json()["results"]
assert results[0]["id"] == person, results
passed("customers by email")

other = unique("python/other")
track.identify(id=other, anonymous_id=visitor, city="Oslo")
assert data(other, "looked") == {"page": 1}
track.merge_customers("email", email, "id", other)
assert profile(person)["attributes"]["city"] == "Oslo" and profile(other) is None
assert did(person).count("event looked") == 1, did(person)
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
assert profile(person) is None
passed("suppress, and identify no longer brings them back")
track.unsuppress(person)
track.identify(id=person)
assert profile(person)["devices"] == []
track.delete(person)
assert profile(person) is None
passed("unsuppress, delete")
