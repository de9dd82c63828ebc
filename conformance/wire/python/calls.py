"""Makes the calls it is told to, one line of JSON each, with the official Python SDK."""

import functools
import json
import os
import sys
import traceback
from urllib.parse import urlsplit

import customerio

url = os.environ["CUSTOMERIO_URL"]
track = customerio.CustomerIO(
    os.environ["CUSTOMERIO_SITE_ID"],
    os.environ["CUSTOMERIO_TRACK_API_KEY"],
    host=urlsplit(url).hostname,
    port=urlsplit(url).port,
)
api = customerio.APIClient(os.environ["CUSTOMERIO_APP_API_KEY"], url=url)

# Which of the SDK's methods were called, so that none is forgotten.
methods, called = set(), set()


def watch(kind, name):
    method = getattr(kind, name)
    methods.add(f"{kind.__name__}.{name}")

    @functools.wraps(method)
    def watched(*values, **named):
        called.add(f"{kind.__name__}.{name}")
        return method(*values, **named)

    setattr(kind, name, watched)


for kind in [customerio.CustomerIO, customerio.APIClient]:
    for name in [name for name, value in vars(kind).items() if callable(value) and name[0] != "_"]:
        watch(kind, name)


class Lacks(Exception):
    pass


def kind_of(person):
    """A person is a text, or {id}, {email} or {cio_id}."""
    return "id" if isinstance(person, str) else next(iter(person))


def value_of(person):
    return person if isinstance(person, str) else next(iter(person.values()))


def in_track_path(person):
    return ("cio_" if kind_of(person) == "cio_id" else "") + value_of(person)


def identify(person, attributes):
    if "id" in attributes:
        raise Lacks("an attribute named id")
    track.identify(in_track_path(person), **attributes)


def event(name, data=None, timestamp=None, id=None, kind=None):
    if kind:
        raise Lacks("an event of another type than page")
    return {"name": name, "data": data, "timestamp": timestamp, "id": id}


def add_device(person, device):
    rest = {"last_used": device["last_used"]} if "last_used" in device else {}
    token, platform = device["token"], device["platform"]
    track.add_device(in_track_path(person), token, platform, **rest, **device.get("attributes", {}))


def merge_customers(primary, secondary):
    track.merge_customers(kind_of(primary), value_of(primary), kind_of(secondary), value_of(secondary))


def request(kind, values):
    """A request of the SDK, which has an argument for each field it knows."""
    values = dict(values)
    if "from" in values:
        values["_from"] = values.pop("from")
    try:
        return kind(**values)
    except TypeError as error:
        raise Lacks(str(error)) from error


def send_email(files=(), **values):
    made = request(customerio.SendEmailRequest, values)
    for file in files:
        made.attach(file["name"], bytes(file["bytes"]))
    api.send_email(made)


calls = {
    "identify": identify,
    "destroy": lambda person: track.delete(in_track_path(person)),
    "suppress": lambda person: track.suppress(in_track_path(person)),
    "unsuppress": lambda person: track.unsuppress(in_track_path(person)),
    "track": lambda person, **given: track.track(in_track_path(person), **event(**given["event"])),
    "track_anonymous": lambda anonymous_id=None, **given: track.track_anonymous(
        anonymous_id, **event(**given["event"])
    ),
    "page_view": lambda person, page, data={}: track.pageview(in_track_path(person), page, **data),
    "backfill": lambda person, name, timestamp, data: track.backfill(
        in_track_path(person), name, timestamp, **data
    ),
    "add_device": add_device,
    "delete_device": lambda person, token: track.delete_device(in_track_path(person), token),
    "merge_customers": merge_customers,
    "batch": lambda operations: track.batch(operations),
    "send_email": send_email,
    "send_push": lambda **values: api.send_push(request(customerio.SendPushRequest, values)),
    "send_sms": lambda **values: api.send_sms(request(customerio.SendSMSRequest, values)),
    "send_whatsapp": lambda **values: api.send_whatsapp(request(customerio.SendWhatsAppRequest, values)),
    "send_in_app": lambda **values: api.send_in_app(request(customerio.SendInAppRequest, values)),
    "send_inbox_message": lambda **values: api.send_inbox_message(
        request(customerio.SendInboxMessageRequest, values)
    ),
}


def make(call, values):
    if call not in calls:
        return {"lacks": "there is no such method"}
    try:
        calls[call](**values)
        return {}
    except Lacks as why:
        return {"lacks": str(why)}
    except Exception:
        return {"error": traceback.format_exc()}


for line in sys.stdin:
    told = json.loads(line)
    print(json.dumps(make(told["call"], told["with"])), flush=True)
print(json.dumps({"uncalled": sorted(methods - called)}), flush=True)
