// Pipelines: every call of the Node SDK's client, every event with a meaning, and batches.
import assert from "node:assert/strict";
import { PipelinesClient } from "customerio-node";
import { data, devices, did, draft, metrics, object, objectsOf, person, status, step, unique, url, writeKey } from "./with.mjs";

const cdp = new PipelinesClient(writeKey, { url: `${url}/v1`, strictMode: true, defaultContext: { ip: "203.0.113.9" } });
const userId = unique("cdp/ü");
const email = `${unique("cdp").replaceAll(" ", ".")}@example.com`;
const visitor = unique("cdp visitor");
const pipelines = (name, run) => step(`Pipelines: ${name}`, run);

await pipelines("identify", async () => {
  assert.deepEqual(await cdp.identify({
    userId, timestamp: "2026-01-02T03:04:05.678Z",
    traits: { email, plan: "pro", createdAt: "2024-02-29T00:00:00.000Z", unsubscribed: false },
  }), {});
  const { attributes, timestamps } = await person(email, "email");
  assert.deepEqual([attributes.id, attributes.plan, attributes.created_at], [userId, "pro", "1709164800"]);
  assert.equal(timestamps.plan, 1767323045);
});
await pipelines("track, and a repeat of a messageId", async () => {
  const event = { userId, event: "ordered", properties: { total: 12.5, on: "2024-02-29" }, messageId: unique("m") };
  await cdp.track(event);
  await cdp.track(event);
  assert.deepEqual(await did(userId), ["event ordered"]);
  assert.deepEqual(await data(userId, "ordered"), { total: 12.5, on: 1709164800 });
});
await pipelines("page, screen", async () => {
  await cdp.page({ userId, name: "Pricing", category: "docs", properties: { url: "https://example.com/pricing" } });
  await cdp.screen({ userId: email, name: "Home", properties: { tab: 1 } });
  assert.deepEqual(await did(userId), ["screen Home", "page https://example.com/pricing", "event ordered"]);
});
await pipelines("group", async () => {
  await cdp.group({
    userId, groupId: "acme",
    traits: { name: "Acme", object_type_id: "2", relationshipAttributes: { role: "owner" } },
  });
  assert.deepEqual(await object("2", "acme"), { name: "Acme" });
  assert.deepEqual(await objectsOf(userId), [["2/acme", { role: "owner" }]]);
});
await pipelines("what a visitor did becomes the person's", async () => {
  await cdp.track({ anonymousId: visitor, event: "looked" });
  await cdp.identify({ userId, anonymousId: visitor });
  assert.ok((await did(userId)).includes("event looked"));
});
await pipelines("alias", async () => {
  const previousId = unique("cdp old");
  await cdp.identify({ userId: previousId, traits: { city: "Oslo", plan: "free" } });
  await cdp.alias({ userId, previousId });
  const { attributes } = await person(userId);
  assert.deepEqual([attributes.city, attributes.plan], ["Oslo", "pro"]);
  assert.equal(await person(previousId), undefined);
});
await pipelines("Device Created or Updated, Device Deleted", async () => {
  const device = (token) => ({ device: { token, type: "ios" } });
  await cdp.track({ userId, event: "Device Created or Updated", context: device("a:1"), properties: { app_version: "1" } });
  await cdp.track({ userId, event: "Device Created or Updated", properties: device("a:2") });
  assert.deepEqual(await devices(userId), ["a:1", "a:2"]);
  await cdp.track({ userId, event: "Device Deleted", context: device("a:2") });
  const [left] = (await person(userId)).devices;
  assert.deepEqual([left.id, left.platform, left.attributes.app_version], ["a:1", "ios", "1"]);
});
await pipelines("Relationship Deleted, Object Deleted", async () => {
  const properties = { objectId: "acme", objectTypeId: 2 };
  await cdp.track({ userId, event: "Relationship Deleted", properties });
  assert.deepEqual(await objectsOf(userId), []);
  assert.deepEqual(await object("2", "acme"), { name: "Acme" });
  await cdp.track({ anonymousId: visitor, event: "Object Deleted", properties });
  assert.equal(await object("2", "acme"), undefined);
});
await pipelines("Report Delivery Event, Report Content Event", async () => {
  const deliveryId = await draft(userId);
  for (const metric of ["delivered", "opened", "clicked", "converted"]) {
    await cdp.track({ userId, event: "Report Delivery Event", properties: { deliveryId, metric, href: "https://example.com/" } });
  }
  const { delivered, opened, clicked, converted } = await metrics(deliveryId);
  assert.ok(delivered && opened && clicked && converted);
  for (const actionType of ["viewed_content", "clicked_content"]) {
    await cdp.track({ userId, event: "Report Content Event", properties: { actionType, contentId: 1, templateId: 2 } });
  }
});
await pipelines("User Suppressed, User Unsuppressed, User Deleted", async () => {
  await cdp.track({ userId, event: "User Suppressed" });
  await cdp.identify({ userId: email });
  assert.deepEqual([await person(userId), await person(email, "email")], [undefined, undefined]);
  await cdp.track({ userId, event: "User Unsuppressed" });
  await cdp.identify({ userId });
  assert.deepEqual((await person(userId)).devices, []);
  await cdp.track({ userId, event: "User Deleted" });
  assert.equal(await person(userId), undefined);
});
await pipelines("batch, every type in order", async () => {
  await cdp.batch([
    { type: "identify", userId, traits: { step: 1 } },
    { type: "identify", userId, traits: { step: 2 } },
    { type: "identify", userId: `${userId} old` },
    { type: "track", userId, event: "ordered" },
    { type: "page", userId, name: "Pricing" },
    { type: "screen", userId, name: "Home" },
    { type: "group", userId, groupId: "batched" },
    { type: "alias", userId, previousId: `${userId} old` },
    { type: "track", userId, event: "Device Created or Updated", context: { device: { token: "b", type: "android" } } },
  ]);
  assert.equal((await person(userId)).attributes.step, "2");
  assert.deepEqual((await did(userId)).toSorted(), ["event ordered", "page Pricing", "screen Home"]);
  assert.deepEqual([await objectsOf(userId), await devices(userId)], [[["1/batched", {}]], ["b"]]);
  assert.equal(await person(`${userId} old`), undefined);
});
await pipelines("a bad message is a 400 in strict mode, and dropped without it", async () => {
  const bad = { userId: unique("cdp bad"), traits: { bio: "x".repeat(1001) } };
  assert.equal(await status(cdp.identify(bad)), 400);
  const permissive = new PipelinesClient(writeKey, { url: `${url}/v1` });
  assert.deepEqual(await permissive.identify(bad), {});
  assert.equal(await person(bad.userId), undefined);
});
await pipelines("a wrong key is a 401 in strict mode, and opens nothing without it", async () => {
  const nobody = { userId: unique("cdp nobody") };
  assert.equal(await status(new PipelinesClient("wrong", { url: `${url}/v1`, strictMode: true }).identify(nobody)), 401);
  assert.deepEqual(await new PipelinesClient("wrong", { url: `${url}/v1` }).identify(nobody), {});
  assert.equal(await person(nobody.userId), undefined);
});
