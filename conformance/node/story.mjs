// The official Node SDK against a server whose root is CUSTOMERIO_URL.
import assert from "node:assert/strict";
import { APIClient, SendEmailRequest, TrackClient } from "customerio-node";
import { api, appKey, data, did, sent, siteId, status, step, track, trackKey, url } from "./with.mjs";

const person = `node/${Date.now()} ü`;
const email = `node.${Date.now()}@example.com`;

await step("identify", async () => {
  assert.deepEqual(await track.identify(person, { email, first_name: "Ana", plan: "pro" }), {});
});
await step("track", () =>
  track.track(person, { name: "ordered", data: { total: 12.5, items: ["a"] }, timestamp: 1700000000 }));
await step("trackAnonymous, with and without a visitor", async () => {
  await track.trackAnonymous("visitor-1", { name: "looked", data: { page: 1 } });
  await track.trackAnonymous("", { name: "invited", data: { recipient: email } });
  const { activities } = await api.listActivities({ type: "event", limit: 100 });
  assert.deepEqual(activities.map(({ name, data }) => [name, data]).filter(([name]) => name !== "ordered").toSorted(),
    [["invited", { recipient: email }], ["looked", { page: 1 }]]);
});
await step("trackPageView, and what was done reads back", async () => {
  await track.trackPageView(person, "https://example.com/pricing");
  assert.deepEqual(await did(person), ["page https://example.com/pricing", "event ordered"]);
  assert.deepEqual(await data(person, "ordered"), { total: 12.5, items: ["a"] });
});
await step("getAccountRegion", async () => {
  const { url: root, region, environment_id } = await track.getAccountRegion();
  assert.deepEqual([root, region, environment_id], [url, "us", 1]);
});
await step("addDevice, deleteDevice", async () => {
  await track.addDevice(person, "token-1", "ios", { last_used: 1700000000, app_version: "1" });
  await track.addDevice(person, "token-2", "android");
  await track.deleteDevice(person, "token-2");
});
await step("getAttributes", async () => {
  const { customer } = await api.getAttributes(person);
  assert.equal(customer.attributes.plan, "pro");
  assert.equal(customer.identifiers.id, person);
  const [device, ...others] = customer.devices;
  assert.deepEqual([device.id, device.platform, device.last_used, device.attributes.app_version, others.length],
    ["token-1", "ios", 1700000000, "1", 0]);
});
await step("getCustomersByEmail", async () => {
  const { results } = await api.getCustomersByEmail(email.toUpperCase());
  assert.equal(results[0].id, person);
});
const other = `node/other ${Date.now()}`;
await step("trackAnonymous, identify, mergeCustomers", async () => {
  const visitor = `node visitor ${Date.now()}`;
  await track.trackAnonymous(visitor, { name: "looked" });
  await track.identify(other, { anonymous_id: visitor, city: "Oslo" });
  await track.mergeCustomers("email", email, "id", other);
  const { customer } = await api.getAttributes(person);
  assert.equal(customer.attributes.city, "Oslo");
  assert.equal(await status(api.getAttributes(other)), 404);
  const { activities } = await api.getCustomerActivities(person, { name: "looked" });
  assert.equal(activities.length, 1);
});
await step("createSegment, addCustomersToSegment, removeCustomersFromSegment", async () => {
  const { segment } = await api.createSegment({ name: "Node" });
  const { customer } = await api.getAttributes(person);
  await track.addCustomersToSegment(segment.id, [person, "nobody"]);
  await track.addCustomersToSegment(segment.id, [`cio_${customer.identifiers.cio_id}`], "cio_id");
  assert.deepEqual((await api.getSegmentMembership(segment.id)).ids, [person]);
  assert.equal((await api.getSegmentCustomerCount(segment.id)).count, 1);
  assert.equal((await api.getCustomerSegments(person)).segments[0].name, "Node");
  await track.removeCustomersFromSegment(segment.id, [email], "email");
  assert.equal((await api.getSegmentMembership(segment.id)).ids, null);
  await api.getSegmentUsedBy(segment.id);
  await api.deleteSegment(segment.id);
  assert.equal(await status(api.getSegment(segment.id)), 404);
  assert.equal(await status(track.addCustomersToSegment(segment.id, [person])), 400);
});
await step("submitForm", async () => {
  await track.submitForm("node form", { email: `form.${email}`, plan: "pro", form_name: "Node" });
  const { results } = await api.getCustomersByEmail(`form.${email}`);
  assert.equal(results.length, 1);
  assert.equal(await status(track.submitForm("node form", { plan: "pro" })), 400);
});
await step("a wrong Track key is a 401 with its reason", async () => {
  const wrong = new TrackClient(siteId, appKey, { url: `${url}/api/v1` });
  const error = await wrong.identify(person, {}).catch((error) => error);
  assert.equal(error.statusCode, 401);
  assert.equal(error.message, "Unauthorized request");
});
await step("a wrong App key is a 401", async () => {
  assert.equal(await status(new APIClient(trackKey, { url: `${url}/v1` }).getAttributes(person)), 401);
});
await step("bad input is a 400 with its reason", async () => {
  const error = await track.identify(person, { bio: "x".repeat(1001) }).catch((error) => error);
  assert.equal(error.statusCode, 400);
  assert.equal(error.message, "value for attribute 'bio' cannot be longer than 1000 bytes");
});
await step("sendEmail", async () => {
  const request = new SendEmailRequest({
    to: `"Ana Ünal" <${email}>`,
    from: '"Der Shop" <shop@example.com>',
    subject: "Grüße, {{ customer.first_name }} ✓",
    body: '<p>Hallo {{ customer.first_name }}, {{ trigger.total }} € — danke! <a href="https://example.com/order?n=1&amp;x=2">Mehr</a></p>',
    body_plain: "Hallo {{ customer.first_name }}, {{ trigger.total }} € — danke!",
    reply_to: "help@example.com",
    bcc: "archive@example.com",
    headers: { "X-Order": "4711" },
    identifiers: { id: person },
    message_data: { total: 12.5 },
  });
  request.attach("Rechnung.pdf", Buffer.from("%PDF-1.4 \u0000\u0001 conformance"));
  const answer = await api.sendEmail(request);
  assert.equal(typeof answer.delivery_id, "string");
  console.log(`delivery ${answer.delivery_id}`);
  // It leaves after the answer; the person must not be suppressed before that.
  await sent(answer.delivery_id);
});
await step("an unknown template is a 400 with its reason", async () => {
  const request = new SendEmailRequest({ to: email, transactional_message_id: "44", identifiers: { id: person } });
  const error = await api.sendEmail(request).catch((error) => error);
  assert.equal(error.statusCode, 400);
  assert.match(error.message, /transactional message "44" does not exist/);
});
await step("reportMetric, trackPush, unsubscribe", async () => {
  const request = new SendEmailRequest({
    to: email, from: "shop@example.com", subject: "Hallo", body: "Hallo",
    identifiers: { id: person }, queue_draft: true,
  });
  const { delivery_id } = await api.sendEmail(request);
  await track.reportMetric({ delivery_id, metric: "clicked", timestamp: 1700000001, href: "https://example.com/" });
  await track.trackPush({ delivery_id, event: "opened", device_id: "token-1", timestamp: 1700000002 });
  await track.unsubscribe(delivery_id);
  const { customer } = await api.getAttributes(person);
  assert.equal(customer.unsubscribed, true);
  await track.unsubscribe(delivery_id, false);
  const { activities } = await api.listActivities({ customerId: person, limit: 100 });
  const told = activities.filter((activity) => activity.delivery_id === delivery_id).map((activity) => activity.type);
  assert.deepEqual(told.toSorted(), ["clicked_email", "drafted_email", "opened_email", "unsubscribed_email"]);
});
await step("suppress, and identify no longer brings them back", async () => {
  await track.suppress(person);
  await track.identify(person, { email });
  assert.equal(await status(api.getAttributes(person)), 404);
});
await step("unsuppress, and identify makes somebody new of the name", async () => {
  await track.unsuppress(person);
  assert.equal(await status(api.getAttributes(person)), 404);
  await track.identify(person, { email });
  const { customer } = await api.getAttributes(person);
  assert.deepEqual([customer.attributes.plan, customer.devices], [undefined, []]);
});
await step("destroy", async () => {
  await track.destroy(person);
  assert.equal(await status(api.getAttributes(person)), 404);
  await track.destroy("somebody");
});
