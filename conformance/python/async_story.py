"""`async-customerio`: every method of its Track client, v1 and v2. It trusts SSL_CERT_FILE."""

import asyncio
import datetime

import requests
from async_customerio import Actions, AsyncCustomerIO, AsyncCustomerIOError, TrackAPIV2
from shared import (
    app_key, attributes, data, devices, did, draft, host, logged, metrics, obj,
    people_of, port, profile, read, site_id, track_key, unique, url, watch,
)
from shared import passed as told

watch(AsyncCustomerIO, "setup_base_url", "send_request")
watch(TrackAPIV2)
person = unique("async ü").replace(" ", "-")
email = f"{unique('async').replace(' ', '.')}@example.com"


def passed(name):
    told(f"async: {name}")


async def refused(call):
    try:
        await call
    except AsyncCustomerIOError as error:
        return str(error)
    raise AssertionError("it was not refused")


async def v1(cio):
    region = await cio.get_region()
    assert region == {"url": url, "region": "us", "environment_id": 1}, region
    passed("get_region")
    created = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
    await cio.identify(person, email=email, plan="pro", created_at=created, nested={"at": created}, score=float("nan"))
    assert attributes(person)["created_at"] == "1767312000", attributes(person)
    assert attributes(person)["nested"] == '{"at":1767312000}' and "score" not in attributes(person)
    await cio.identify(4711)
    assert attributes(4711)["id"] == "4711"
    passed("identify")
    await cio.track(person, "ordered", total=12.5)
    await cio.pageview(person, "https://example.com/pricing", title="Pricing")
    await cio.backfill(person, "came before", 1600000000, how="on foot")
    visitor = unique("visitor")
    await cio.track_anonymous(visitor, "looked", page=1)
    await cio.track_anonymous("", "invited", recipient=email)
    await cio.identify(person, anonymous_id=visitor)
    expected = ["event came before", "event looked", "event ordered", "page https://example.com/pricing"]
    assert sorted(did(person)) == expected and did(person)[-1] == "event came before", did(person)
    assert data(person, "ordered") == {"total": 12.5} and data(person, "came before") == {"how": "on foot"}
    invites = read("/v1/activities?type=event&name=invited&limit=100").json()["activities"]
    assert {"recipient": email} in [invite["data"] for invite in invites], invites
    passed("track, pageview, backfill, track_anonymous")
    await cio.add_device(person, "async-1", "ios", app_version="1", last_used=1700000000)
    await cio.add_device(person, "async-2", "android")
    await cio.delete_device(person, "async-2")
    device = devices(person)["async-1"]
    assert list(devices(person)) == ["async-1"] and device["last_used"] == 1700000000, device
    assert device["attributes"]["app_version"] == "1", device
    passed("add_device, delete_device")
    other = unique("async-other").replace(" ", "-")
    await cio.identify(other, city="Oslo")
    await cio.merge_customers("id", person, "id", other)
    assert attributes(person)["city"] == "Oslo" and profile(other) is None
    passed("merge_customers")
    body = {"segment": {"name": "Async"}}
    made = requests.post(f"{url}/v1/segments", json=body, headers={"Authorization": f"Bearer {app_key}"}, timeout=10)
    segment = made.json()["segment"]["id"]
    members = f"/v1/segments/{segment}/membership"
    await cio.add_to_segment(segment, [person, 4711])
    await cio.remove_from_segment(segment, [4711])
    assert read(members).json()["ids"] == [person]
    await cio.remove_from_segment(segment, [email], id_type="email")
    assert read(members).json()["ids"] is None
    passed("add_to_segment, remove_from_segment")
    await cio.submit_form("async form", email=f"form.{email}", plan="pro")
    assert profile(f"form.{email}", "email")["attributes"]["plan"] == "pro"
    passed("submit_form")
    delivery = draft(person)
    await cio.report_metric(delivery, "clicked", href="https://example.com/", recipient=email, timestamp=1700000001)
    await cio.report_metric(delivery, "bounced", reason="full")
    await cio.report_push_metric(delivery, "async-1", "opened", timestamp=created)
    await cio.unsubscribe(delivery)
    assert profile(person)["unsubscribed"] is True
    assert (metrics(delivery)["clicked"], metrics(delivery)["opened"]) == (1700000001, 1767312000), metrics(delivery)
    kinds = ["bounced_email", "clicked_email", "drafted_email", "opened_email", "unsubscribed_email"]
    assert logged(delivery) == kinds, logged(delivery)
    passed("report_metric, report_push_metric, unsubscribe")
    await cio.suppress(person)
    await cio.identify(person, email=email)
    assert profile(person) is None
    await cio.unsuppress(person)
    await cio.identify(person)
    assert profile(person)["devices"] == []
    await cio.delete(person)
    assert profile(person) is None
    passed("suppress, unsuppress, delete")
    await cio.send_entity({"id": 4711}, "person", Actions.identify, plan="pro")
    await cio.send_batch([{"type": "person", "action": "identify", "identifiers": {"id": 4711}, "attributes": {"a": 1}}])
    assert (attributes(4711)["plan"], attributes(4711)["a"]) == ("pro", "1")
    passed("send_entity, send_batch")


async def v2(cio):
    identifiers = {"id": unique("async v2")}
    name = identifiers["id"]
    await cio.identify_person(identifiers, email=f"v2.{email}", plan="pro")
    await cio.track_person_event(identifiers, "ordered", total=12.5)
    await cio.person_pageview({"email": f"v2.{email}"}, "/pricing")
    await cio.person_screen(identifiers, "Home")
    assert attributes(name)["plan"] == "pro"
    assert sorted(did(name)) == ["event ordered", "page /pricing", "screen Home"], did(name)
    assert data(name, "ordered") == {"total": 12.5}
    cio_id = profile(name)["identifiers"]["cio_id"]
    await cio.identify_person({"cio_id": cio_id}, plan="free")
    assert attributes(name)["plan"] == "free"
    passed("v2 identify_person, track_person_event, person_pageview, person_screen")
    await cio.add_person_device(identifiers, "v2:1", "ios", last_used=1700000000, app_version="1")
    await cio.add_person_device(identifiers, "v2:2", "android", attributes={"app_version": "2"})
    found = {token: device["attributes"]["app_version"] for token, device in devices(name).items()}
    assert found == {"v2:1": "1", "v2:2": "2"}, found
    await cio.delete_person_device(identifiers, "v2:2")
    assert list(devices(name)) == ["v2:1"]
    passed("v2 add_person_device, delete_person_device")
    acme = {"object_type_id": 1, "object_id": unique("acme")}
    await cio.identify_object(acme, name="Acme")
    assert obj(1, acme["object_id"]) == {"name": "Acme"}
    await cio.add_person_relationships(identifiers, [{"identifiers": acme}])
    await cio.add_object_relationships(acme, [{"identifiers": {"id": 4711}}])
    assert people_of(1, acme["object_id"]) == 2
    await cio.delete_person_relationships(identifiers, [{"identifiers": acme}])
    await cio.delete_object_relationships(acme, [{"identifiers": {"id": 4711}}])
    assert people_of(1, acme["object_id"]) == 0
    await cio.delete_object(acme)
    assert obj(1, acme["object_id"]) is None
    passed("v2 objects and relationships")
    # Objects have no events in the reference, so this one method is refused.
    message = await refused(cio.track_object_event(acme, "renewed"))
    assert "HTTP 400" in message and "action" in message, message
    passed("v2 track_object_event is a 400 with its reason")
    other = {"id": unique("async v2 other")}
    await cio.identify_person(other, city="Oslo")
    await cio.merge_persons(identifiers, other)
    assert attributes(name)["city"] == "Oslo" and profile(other["id"]) is None
    await cio.suppress_person(identifiers)
    await cio.identify_person(identifiers)
    assert profile(name) is None
    await cio.unsuppress_person(identifiers)
    await cio.identify_person(identifiers)
    assert profile(name)["devices"] == []
    await cio.delete_person(identifiers)
    assert profile(name) is None
    passed("v2 merge_persons, suppress_person, unsuppress_person, delete_person")
    await cio.send_entity({"type": "person", "action": "event", "identifiers": {"id": 4711}, "name": "came"})
    answer = await cio.send_batch([{"type": "person", "action": "event", "identifiers": {"id": 4711}}])
    assert [error["batch_index"] for error in answer["errors"]] == [0], answer
    assert "event came" in did(4711)
    passed("v2 send_entity, send_batch")


async def main():
    async with AsyncCustomerIO(site_id, track_key, host=host, port=port) as cio:
        await v1(cio)
        await v2(cio.v2)
    async with AsyncCustomerIO(site_id, "wrong", host=host, port=port) as wrong:
        message = await refused(wrong.identify(person))
        assert "HTTP 401" in message and "Unauthorized request" in message, message
    passed("a wrong key is a 401 with its reason")


asyncio.run(main())
