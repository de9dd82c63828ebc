"""`async-customerio`: its App API client, which sends, and reads and changes what is said."""

import asyncio
import time

from async_customerio import (
    AsyncAPIClient, AsyncCustomerIOError, SendEmailRequest, SendInAppRequest, SendInboxMessageRequest,
    SendPushRequest, SendSMSRequest, SendWhatsAppRequest,
)
from async_customerio.api.customers import Customers
from async_customerio.api.segments import Segments
from async_customerio.api.transactional import Transactional
from shared import app_key, sent, track, unique, url, watch
from shared import passed as told

watch(AsyncAPIClient, "send_request")
for kind in [Customers, Segments, Transactional]:
    watch(kind)
# This client puts ids into paths as they are.
person = unique("async messages").replace(" ", "-")
email = f"async.messages.{time.time_ns()}@example.com"
identifiers = {"id": person}
plan = unique("plan")


def passed(name):
    told(f"async: {name}")


async def refused(call):
    try:
        await call
    except AsyncCustomerIOError as error:
        return str(error)
    raise AssertionError("it was not refused")


async def sends(api):
    async def send(call, request):
        return sent((await call(request))["delivery_id"])

    order = {"order": 7, "items": [{"name": "Anvil", "price": 2.5}]}
    letter = SendEmailRequest(
        to=email, identifiers=identifiers, transactional_message_id="order confirmation", message_data=order,
    )
    letter.attach("data.csv", "a;b")
    assert (await send(api.send_email, letter))[:3] == ("email", email, "Order 7, Ana")
    push = SendPushRequest(identifiers=identifiers, transactional_message_id="shipped", message_data=order)
    assert await send(api.send_push, push) == ("push", "all", "Order 7", "Ana, it is on its way.")
    named = {"identifiers": identifiers, "transactional_message_id": "code", "message_data": {"code": "1"}}
    assert await send(api.send_sms, SendSMSRequest(**named)) == ("twilio", "+15550199", "", "1 is your code.")
    named = {"identifiers": identifiers, "transactional_message_id": "reminder", "message_data": {"time": "9"}}
    assert (await send(api.send_whatsapp, SendWhatsAppRequest(**named)))[3] == "Ana, see you at 9."
    named = {"identifiers": identifiers, "transactional_message_id": "banner", "message_data": {"plan": "pro"}}
    assert (await send(api.send_in_app, SendInAppRequest(**named)))[2] == "Hi Ana"
    named = {"identifiers": identifiers, "transactional_message_id": "news", "message_data": {"text": "x"}}
    assert (await send(api.send_inbox_message, SendInboxMessageRequest(**named)))[2] == "News for Ana"
    passed("send_email, send_push, send_sms, send_whatsapp, send_in_app, send_inbox_message")
    message = await refused(api.send_sms(SendSMSRequest(identifiers=identifiers, transactional_message_id="nothing")))
    assert "400" in message and "does not exist" in message, message
    passed("what cannot be sent is a 400 with its reason")


async def says(transactional):
    numbers = {it["name"]: it["id"] for it in (await transactional.list())["messages"]}
    code, order = numbers["code"], numbers["order confirmation"]
    assert (await transactional.get(code))["message"]["name"] == "code"
    text = (await transactional.list_variants(code))["contents"][0]
    await transactional.update_content(code, text["id"], body="{{ trigger.code }}!")
    changed = (await transactional.list_variants(code))["contents"][0]
    assert changed["body"] == "{{ trigger.code }}!", changed
    await transactional.update_content(code, text["id"], body=text["body"])
    german = (await transactional.get_variant(order, "de"))["content"]
    await transactional.update_variant(order, "de", subject="{{ trigger.order }}")
    assert (await transactional.get_variant(order, "de"))["content"]["subject"] == "{{ trigger.order }}"
    await transactional.update_variant(order, "de", subject=german["subject"])
    passed("transactional: list, get, list_variants, update_content, get_variant, update_variant")
    series = (await transactional.get_metrics(order, period="days", steps=2))["metric"]["series"]
    assert sum(series["sent"]) >= 1, series
    assert (await transactional.get_link_metrics(order, unique=True))["links"] == []
    listed = (await transactional.get_deliveries(order, limit=1, metric="sent"))["messages"]
    assert [it["transactional_message_id"] for it in listed] == [order], listed
    passed("transactional: get_metrics, get_link_metrics, get_deliveries")


async def people(customers):
    assert (await customers.get_by_email(email))["results"][0]["id"] == person
    found = await customers.search({"attribute": {"field": "plan", "operator": "eq", "value": plan}})
    assert found["ids"] == [person], found
    assert [it["attributes"]["plan"] for it in (await customers.get_by_ids([person]))["customers"]] == [plan]
    assert (await customers.get_attributes(person))["customer"]["attributes"]["plan"] == plan
    assert (await customers.get_segments(person))["segments"] == []
    assert len((await customers.get_messages(person))["messages"]) == 6
    assert (await customers.get_activities(person))["activities"]
    assert (await customers.get_relationships(person))["cio_relationships"] == []
    assert (await customers.get_subscription_preferences(person))["customer"]["unsubscribed"] is False
    passed("customers: every method")


async def groups(segments):
    made = (await segments.create(unique("async segment"), description="d"))["segment"]
    assert (await segments.get(made["id"]))["segment"]["name"] == made["name"]
    assert made["id"] in [it["id"] for it in (await segments.list())["segments"]]
    assert (await segments.get_customer_count(made["id"]))["count"] == 0
    assert not (await segments.get_membership(made["id"]))["ids"]
    assert (await segments.get_used_by(made["id"]))["used_by"]["campaigns"] == []
    await segments.delete(made["id"])
    assert "404" in await refused(segments.get(made["id"]))
    passed("segments: every method")


async def main():
    track.identify(id=person, email=email, first_name="Ana", phone="+15550199", plan=plan)
    track.add_device(person, "async phone", "ios")
    async with AsyncAPIClient(app_key, url=url) as api:
        await sends(api)
        await says(api.transactional)
        await people(api.customers)
        await groups(api.segments)


asyncio.run(main())
