"""`batch` of the official Python SDK: every action there is, applied in order."""

from shared import attributes, data, devices, did, draft, logged, obj, passed, people_of, profile, track, unique

person = unique("python batch ü")
other, visitor, acme = unique("other"), unique("visitor"), unique("acme")
email = f"{unique('batch').replace(' ', '.')}@example.com"
identifiers = {"id": person}
object_identifiers = {"object_type_id": "1", "object_id": acme}


def of_person(action, **more):
    return {"type": "person", "action": action, "identifiers": identifiers, **more}


def of_object(action, **more):
    return {"type": "object", "action": action, "identifiers": object_identifiers, **more}


def taken(*operations):
    answer = track.batch(list(operations))
    assert (answer.status_code, answer.text) == (200, "{}\n"), answer.text


taken(
    of_person("event", identifiers={"anonymous_id": visitor}, name="looked", timestamp=1700000000),
    of_person("identify", attributes={"email": email, "anonymous_id": visitor, "plan": "pro", "gone": None}),
    of_person("event", name="ordered", id="python once", attributes={"total": 12.5}, timestamp=1700000001),
    of_person("event", name="ordered", id="python once", timestamp=1700000001),
    of_person("page", name="/pricing", timestamp=1700000002),
    of_person("screen", identifiers={"email": email}, name="Home", timestamp=1700000003),
)
assert did(person) == ["screen Home", "page /pricing", "event ordered", "event looked"], did(person)
assert data(person, "ordered") == {"total": 12.5}
assert attributes(person)["plan"] == "pro" and "gone" not in attributes(person)
passed("batch: person identify, event, page, screen")

taken(
    of_person("add_device", device={"token": "b:1", "platform": "ios", "attributes": {"app_version": "1"}}),
    of_person("add_device", device={"token": "b:2", "platform": "android"}),
    of_person("delete_device", device={"token": "b:2"}),
)
assert list(devices(person)) == ["b:1"] and devices(person)["b:1"]["attributes"]["app_version"] == "1"
passed("batch: person add_device, delete_device")

related = [{"identifiers": object_identifiers}]
taken(
    of_object("identify", attributes={"name": "Acme"}, cio_relationships=[{"identifiers": {"id": other}}]),
    of_object("identify_anonymous", cio_relationships=[{"identifiers": {"anonymous_id": visitor}}]),
    of_object("delete_relationships", cio_relationships=[{"identifiers": {"id": other}}]),
    of_person("delete_relationships", cio_relationships=related),
)
assert obj("1", acme) == {"name": "Acme"} and people_of("1", acme) == 0
taken(
    of_object("add_relationships", cio_relationships=[{"identifiers": {"id": other}}]),
    of_person("add_relationships", cio_relationships=related),
)
assert people_of("1", acme) == 2
taken(of_object("delete"))
assert obj("1", acme) is None
passed("batch: object identify, identify_anonymous, relationships, delete")

delivery = draft(person)
taken(
    *(
        {"type": "delivery", "action": "event", "identifiers": {"id": delivery}, "name": name}
        for name in ["delivered", "opened", "converted"]
    )
)
assert logged(delivery) == ["converted_email", "delivered_email", "drafted_email", "opened_email"], logged(delivery)
passed("batch: delivery event")

taken(
    of_person("identify", identifiers={"id": other}, attributes={"city": "Oslo"}),
    {"type": "person", "action": "merge", "primary": {"email": email}, "secondary": {"id": other}},
)
assert attributes(person)["city"] == "Oslo" and profile(other) is None
taken(of_person("suppress"), of_person("identify"))
assert profile(person) is None
taken(of_person("unsuppress"), of_person("identify"))
assert profile(person)["devices"] == []
taken(of_person("delete"))
assert profile(person) is None
passed("batch: person merge, suppress, unsuppress, delete")

answer = track.batch([of_person("identify"), of_person("event")])
assert answer.status_code == 207 and [it["batch_index"] for it in answer.json()["errors"]] == [1], answer.text
assert profile(person) is not None
passed("batch: what is good is taken, and what is not is named")
