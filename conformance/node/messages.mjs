// A transactional message on each channel, by the templates of ../workspace, and what the App
// API says of the templates. Nobody is set who carries anything but mail, so the rest is captured.
import assert from "node:assert/strict";
import * as sdk from "customerio-node";
import { api, person, sent, status, step, track, unique } from "./with.mjs";

const id = unique("node/messages ü");
const email = `messages.${Date.now()}@example.com`;
const identifiers = { id };
await track.identify(id, { email, first_name: "Ana", phone: "+15550199" });
await track.addDevice(id, "phone", "ios");
await track.addDevice(id, "tablet", "android");

const templates = Object.fromEntries((await api.listTransactionalMessages()).messages.map((it) => [it.name, it.id]));
const order = { order: 7, items: [{ name: "Anvil", price: 2.5 }] };
const letter = (more) => new sdk.SendEmailRequest({
  to: email, identifiers, transactional_message_id: "order confirmation", message_data: order, ...more,
});

/** Sends, and reads back once it has left: `[type, recipient, subject, body]`. */
async function send(method, request, reads = [email, id]) {
  const { delivery_id, queued_at } = await api[method](request);
  assert.ok(Math.abs(queued_at - Date.now() / 1000) < 60, queued_at);
  const { message, archived } = await sent(delivery_id);
  assert.deepEqual([message.customer_identifiers.email, message.customer_identifiers.id], reads);
  return [message.type, message.recipient, message.subject, archived.body];
}

await step("sendEmail with a template, its layout and its data", async () => {
  const body = "<html><body><p>Thank you. Anvil 5; </p><p>Acme, 1 Main Street</p></body></html>";
  assert.deepEqual(await send("sendEmail", letter()), ["email", email, "Order 7, Ana", body]);
  assert.deepEqual(await send("sendEmail", letter({ transactional_message_id: templates["order confirmation"] })),
    ["email", email, "Order 7, Ana", body]);
});
await step("sendEmail in another language, and what the call says goes before the template", async () => {
  const [, , subject, body] = await send("sendEmail", letter({ language: "de-AT" }));
  assert.deepEqual([subject, body.includes("<p>Danke. Anvil 5; </p>")], ["Bestellung 7, Ana", true]);
  const over = letter({ subject: "Only {{ trigger.order }}", body: "<p>{{ customer.first_name }}</p>", from: "other@acme.example" });
  const [, , own, text] = await send("sendEmail", over);
  assert.deepEqual([own, text.includes("<p>Ana</p>")], ["Only 7", true], text);
});
await step("sendEmail to somebody new makes them a person", async () => {
  const address = `new.${email}`;
  assert.equal(await person(address, "email"), undefined);
  const request = letter({ to: address, identifiers: { email: address }, subject: "Welcome" });
  assert.deepEqual((await send("sendEmail", request, [address, null])).slice(0, 3), ["email", address, "Welcome"]);
  assert.equal((await person(address, "email")).identifiers.email, address);
});
await step("sendEmail of a draft and at a later time", async () => {
  const { delivery_id: draft } = await api.sendEmail(letter({ queue_draft: true }));
  assert.ok((await api.getMessages({ drafts: true })).messages.some((it) => it.id === draft));
  const { delivery_id: later } = await api.sendEmail(letter({ send_at: Math.floor(Date.now() / 1000) + 3600 }));
  for (const it of [draft, later]) assert.equal((await api.getMessage(it)).message.metrics.sent, undefined);
});
await step("sendEmail with what the template needs left out is undeliverable, and says why", async () => {
  const { delivery_id } = await api.sendEmail(letter({ message_data: {} }));
  const { message } = await sent(delivery_id, "undeliverable");
  assert.match(message.failure_message, /trigger\.order/);
});
await step("sendPush to devices that there are, and to one of its own", async () => {
  const push = (more) => new sdk.SendPushRequest({
    identifiers, transactional_message_id: "shipped", message_data: order, ...more,
  });
  assert.deepEqual(await send("sendPush", push()), ["push", "all", "Order 7", "Ana, it is on its way."]);
  const said = { to: "tablet", title: "Over", message: "{{ trigger.order }}", link: "acme://x", sound: "default", custom_data: { a: "1" } };
  assert.deepEqual(await send("sendPush", push(said)), ["push", "tablet", "Over", "7"]);
  await send("sendPush", push({ custom_payload: { ios: { aps: { alert: "x" } }, android: { notification: { title: "x" } } } }));
  await send("sendPush", push({ device: { token: "watch", platform: "ios" } }));
});
await step("sendSMS, in a language too", async () => {
  const text = (more) => new sdk.SendSMSRequest({
    identifiers, transactional_message_id: "code", message_data: { code: "0042" }, ...more,
  });
  assert.deepEqual(await send("sendSMS", text()), ["twilio", "+15550199", "", "0042 is your code."]);
  assert.deepEqual(await send("sendSMS", text({ to: "+15550177", language: "de" })),
    ["twilio", "+15550177", "", "0042 ist dein Code."]);
});
await step("sendWhatsApp", async () => {
  const request = new sdk.SendWhatsAppRequest({
    identifiers, transactional_message_id: "reminder", message_data: { time: "9" }, to: "+15550166",
  });
  assert.deepEqual(await send("sendWhatsApp", request), ["whatsapp", "+15550166", "", "Ana, see you at 9."]);
});
await step("sendInApp, sendInboxMessage", async () => {
  const banner = new sdk.SendInAppRequest({
    identifiers: { email }, transactional_message_id: "banner", message_data: { plan: "pro" },
  });
  assert.deepEqual(await send("sendInApp", banner), ["in_app", "", "Hi Ana", "<p>pro</p>"]);
  const news = new sdk.SendInboxMessageRequest({
    identifiers, transactional_message_id: templates.news, message_data: { text: "A & B" },
  });
  assert.deepEqual((await send("sendInboxMessage", news)).slice(0, 3), ["inbox", "", "News for Ana"]);
});
await step("what cannot be sent is a 400 with its reason", async () => {
  const refused = async (method, request) => {
    const error = await api[method](request).catch((error) => error);
    assert.equal(error.statusCode, 400, error);
    return error.message;
  };
  const named = (name) => ({ identifiers, transactional_message_id: name });
  assert.match(await refused("sendSMS", new sdk.SendSMSRequest(named("nothing"))), /"nothing" does not exist/);
  assert.match(await refused("sendSMS", new sdk.SendSMSRequest(named("news"))), /channel inbox/);
  assert.match(await refused("sendEmail", letter({ identifiers: {} })), /identifiers/);
});

const known = templates["order confirmation"];
await step("listTransactionalMessages, getTransactionalMessage, …Contents, …Language", async () => {
  assert.equal((await api.getTransactionalMessage(known)).message.name, "order confirmation");
  assert.equal(await status(api.getTransactionalMessage(4711)), 404);
  const { contents } = await api.getTransactionalMessageContents(known);
  assert.deepEqual(contents.map((it) => it.language), ["", "de"]);
  const { content } = await api.getTransactionalMessageLanguage(known, "de");
  assert.match(content.subject, /^Bestellung/);
});
await step("updateTransactionalMessageContent, updateTransactionalMessageLanguage", async () => {
  const [text, german] = (await api.getTransactionalMessageContents(templates.code)).contents;
  await api.updateTransactionalMessageContent(templates.code, text.id, { body: "{{ trigger.code }}!" });
  await api.updateTransactionalMessageLanguage(templates.code, "de", { body: "{{ trigger.code }}?" });
  const text_of = async (language) => (await send("sendSMS", new sdk.SendSMSRequest({
    identifiers, transactional_message_id: "code", message_data: { code: "1" }, language,
  })))[3];
  assert.deepEqual([await text_of("en"), await text_of("de")], ["1!", "1?"]);
  await api.updateTransactionalMessageContent(templates.code, text.id, { body: text.body });
  await api.updateTransactionalMessageContent(templates.code, german.id, { body: german.body });
  assert.equal(await status(api.updateTransactionalMessageContent(templates.code, text.id, { subject: "a\nBcc: b" })), 400);
  assert.equal((await api.getTransactionalMessageContents(templates.code)).contents[0].body, text.body);
});
await step("getTransactionalMessageDeliveries, …Metrics, …LinkMetrics", async () => {
  const { messages, next } = await api.getTransactionalMessageDeliveries(known, { limit: 2, metric: "sent" });
  assert.deepEqual([messages.map((it) => it.transactional_message_id), typeof next], [[known, known], "string"]);
  const { metric } = await api.getTransactionalMessageMetrics(known, { period: "days", steps: 2 });
  assert.ok(metric.series.sent.at(-1) + metric.series.sent.at(-2) >= 5, JSON.stringify(metric));
  assert.deepEqual((await api.getTransactionalMessageLinkMetrics(known, { unique: true })).links, []);
});
