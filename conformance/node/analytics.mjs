// The other official Node client, which collects messages and sends them in batches.
import assert from "node:assert/strict";
import { Analytics } from "@customerio/cdp-analytics-node";
import { data, devices, did, draft, metrics, object, objectsOf, person, step, unique, url, watch, writeKey } from "./with.mjs";

watch(Analytics, "register", "deregister");
const told = (name, run) => step(`analytics: ${name}`, run);

/** Tells the client all of it, in as few batches as it makes of it, and waits for the last. */
async function tell(settings, messages) {
  const analytics = new Analytics({ writeKey, host: url, ...settings });
  const seen = { batches: 0, errors: [] };
  analytics.on("http_request", () => { seen.batches += 1; });
  analytics.on("error", (error) => seen.errors.push(error));
  messages(analytics);
  await analytics.closeAndFlush();
  return seen;
}

const userId = unique("analytics/ü");
const visitor = unique("analytics visitor");
await told("identify, track, page, screen, group, alias", async () => {
  const seen = await tell({}, (analytics) => {
    analytics.track({ anonymousId: visitor, event: "looked", timestamp: "2026-01-01T00:00:00.000Z" });
    analytics.identify({ userId, anonymousId: visitor, traits: { plan: "pro", createdAt: new Date("2024-02-29T00:00:00Z") } });
    analytics.track({ userId, event: "ordered", properties: { total: 12.5 }, context: { ip: "203.0.113.9" } });
    analytics.page({ userId, category: "docs", name: "Pricing", properties: { url: "https://example.com/pricing" } });
    analytics.screen({ userId, name: "Home" });
    analytics.group({ userId, groupId: "globex", traits: { name: "Globex", relationshipAttributes: { role: "owner" } } });
    analytics.identify({ userId: `${userId} old`, traits: { city: "Oslo" } });
    analytics.alias({ userId, previousId: `${userId} old` });
  });
  assert.deepEqual(seen, { batches: 1, errors: [] });
  const { attributes } = await person(userId);
  assert.deepEqual([attributes.plan, attributes.created_at, attributes.city], ["pro", "1709164800", "Oslo"]);
  assert.equal(await person(`${userId} old`), undefined);
  assert.deepEqual((await did(userId)).toSorted(),
    ["event looked", "event ordered", "page https://example.com/pricing", "screen Home"]);
  assert.deepEqual(await data(userId, "ordered"), { total: 12.5 });
  assert.deepEqual(await object("1", "globex"), { name: "Globex" });
  assert.deepEqual(await objectsOf(userId), [["1/globex", { role: "owner" }]]);
});
await told("a full batch leaves at once, the rest when it is flushed", async () => {
  const seen = await tell({ maxEventsInBatch: 4 }, (analytics) => {
    for (let index = 0; index < 10; index++) analytics.track({ userId, event: `many ${index}` });
  });
  assert.deepEqual(seen, { batches: 3, errors: [] });
  assert.equal((await did(userId)).filter((it) => it.startsWith("event many")).length, 10);
});
await told("events with a meaning", async () => {
  const deliveryId = await draft(userId);
  const seen = await tell({}, (analytics) => {
    const event = (name, more) => analytics.track({ userId, event: name, ...more });
    event("Device Created or Updated", { context: { device: { token: "c:1", type: "android" } } });
    event("Device Created or Updated", { context: { device: { token: "c:2", type: "ios" } } });
    event("Device Deleted", { context: { device: { token: "c:2" } } });
    event("Relationship Deleted", { properties: { objectId: "globex" } });
    event("Object Deleted", { properties: { objectId: "globex", objectTypeId: 1 } });
    event("Report Delivery Event", { properties: { deliveryId, metric: "opened" } });
  });
  assert.deepEqual(seen, { batches: 1, errors: [] });
  assert.deepEqual(await devices(userId), ["c:1"]);
  assert.deepEqual(await objectsOf(userId), []);
  assert.equal(await object("1", "globex"), undefined);
  assert.ok((await metrics(deliveryId)).opened);
  await tell({}, (analytics) => analytics.track({ userId, event: "User Suppressed" }));
  await tell({}, (analytics) => analytics.identify({ userId }));
  assert.equal(await person(userId), undefined);
  await tell({}, (analytics) => {
    analytics.track({ userId, event: "User Unsuppressed" });
    analytics.identify({ userId });
  });
  assert.ok(await person(userId));
  await tell({}, (analytics) => analytics.track({ userId, event: "User Deleted" }));
  assert.equal(await person(userId), undefined);
});
// With 15 messages a batch, as the client has it by default, none is larger than may be.
await told("messages and batches as large as they may be", async () => {
  const id = unique("analytics large");
  const properties = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, "x".repeat(990)]));
  const seen = await tell({}, (analytics) => {
    for (let index = 0; index < 32; index++) analytics.track({ userId: id, event: `large ${index}`, properties });
  });
  assert.deepEqual(seen, { batches: 3, errors: [] });
  assert.equal((await did(id)).length, 32);
});
