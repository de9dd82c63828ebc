"""The official Python SDK sends on each channel, by the templates of ../workspace."""

import time

from customerio import (
    CustomerIOException, SendEmailRequest, SendInAppRequest, SendInboxMessageRequest,
    SendPushRequest, SendSMSRequest, SendWhatsAppRequest,
)
from shared import api, metrics, passed, profile, read, sent, track, unique

person = unique("python/messages ü")
email = f"messages.{time.time_ns()}@example.com"
identifiers = {"id": person}
order = {"order": 7, "items": [{"name": "Anvil", "price": 2.5}]}
track.identify(id=person, email=email, first_name="Ana", phone="+15550199")
track.add_device(person, "phone", "ios")


def refused(call, request):
    try:
        call(request)
    except CustomerIOException as error:
        return str(error)
    raise AssertionError("it was not refused")


def letter(**more):
    said = {"to": email, "identifiers": identifiers, "transactional_message_id": "order confirmation"}
    return SendEmailRequest(**{**said, "message_data": order, **more})


def push(**more):
    return SendPushRequest("shipped", identifiers=identifiers, message_data=order, **more)


def text(**more):
    return SendSMSRequest("code", identifiers=identifiers, message_data={"code": "0042"}, **more)


def send(call, request):
    """Sends, and reads back once it has left: the channel, whom to, the subject, the body."""
    return sent(call(request)["delivery_id"])


body = "<html><body><p>Thank you. Anvil 5; </p><p>Acme, 1 Main Street</p></body></html>"
assert send(api.send_email, letter()) == ("email", email, "Order 7, Ana", body)
passed("send_email with a template, its layout and its data")
assert send(api.send_email, letter(language="de"))[2] == "Bestellung 7, Ana"
over = send(api.send_email, letter(subject="Only {{ trigger.order }}", body="<p>{{ customer.first_name }}</p>"))
assert over[2] == "Only 7" and "<p>Ana</p>" in over[3], over
passed("send_email in another language, and what the call says goes before the template")
address = f"new.{email}"
send(api.send_email, letter(to=address, identifiers={"email": address}, subject="Welcome"))
assert profile(address, "email")["identifiers"]["email"] == address
passed("send_email to somebody new makes them a person")
draft = api.send_email(letter(queue_draft=True))["delivery_id"]
later = api.send_email(letter(send_at=int(time.time()) + 3600))["delivery_id"]
assert "sent" not in metrics(draft) and "sent" not in metrics(later)
passed("send_email of a draft and at a later time")

assert send(api.send_push, push()) == ("push", "all", "Order 7", "Ana, it is on its way.")
said = send(api.send_push, push(
    to="last_used", title="Over", message="{{ trigger.order }}", link="acme://x",
    image_url="https://example.com/x.png", sound="default", custom_data={"a": "1"},
))
assert said == ("push", "last_used", "Over", "7"), said
send(api.send_push, push(custom_payload={"ios": {"aps": {"alert": "x"}}, "android": {"notification": {"title": "x"}}}))
send(api.send_push, push(device={"token": "watch", "platform": "ios"}))
passed("send_push to devices that there are, and to one of its own")
assert send(api.send_sms, text()) == ("twilio", "+15550199", "", "0042 is your code.")
assert send(api.send_sms, text(to="+15550177", language="de")) == ("twilio", "+15550177", "", "0042 ist dein Code.")
passed("send_sms, in a language too")
reminder = SendWhatsAppRequest("reminder", to="+15550166", identifiers=identifiers, message_data={"time": "9"})
assert send(api.send_whatsapp, reminder) == ("whatsapp", "+15550166", "", "Ana, see you at 9.")
passed("send_whatsapp")
banner = SendInAppRequest("banner", identifiers={"email": email}, message_data={"plan": "pro"})
assert send(api.send_in_app, banner) == ("in_app", "", "Hi Ana", "<p>pro</p>")
news = SendInboxMessageRequest("news", identifiers=identifiers, message_data={"text": "x"})
assert send(api.send_inbox_message, news)[:3] == ("inbox", "", "News for Ana")
passed("send_in_app, send_inbox_message")

message = refused(api.send_sms, SendSMSRequest("nothing", identifiers=identifiers))
assert "400" in message and "does not exist" in message, message
message = refused(api.send_push, SendPushRequest("news", identifiers=identifiers))
assert "400" in message and "channel inbox" in message, message
mine = read(f"/v1/customers/{email}/messages?id_type=email&limit=100").json()["messages"]
assert len(mine) == 13, [(it["type"], it["subject"]) for it in mine]
passed("what cannot be sent is a 400 with its reason, and leaves nothing")
