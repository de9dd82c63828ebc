// What the App API says of people, segments, objects and all that a workspace keeps beside messages.
import assert from "node:assert/strict";
import { api, draft, status, step, track, unique } from "./with.mjs";


const ana = unique("ana");
const bob = unique("bob");
const plan = unique("plan");
const email = `ana.${Date.now()}@example.com`;
const { listen, served } = await import("./files.mjs");
await track.identify(ana, { email, plan, visits: 3 });
await track.identify(bob, { plan });
const has = (field, value) => ({ attribute: { field, operator: "eq", value } });
const ids = (answer) => answer.ids.toSorted();

await step("searchCustomers, page by page", async () => {
  assert.deepEqual(ids(await api.searchCustomers(has("plan", plan))), [ana, bob].toSorted());
  const both = { and: [has("plan", plan), { not: has("visits", "3") }] };
  assert.deepEqual(ids(await api.searchCustomers(both)), [bob]);
  const found = [];
  for (let start; start !== ""; ) {
    const page = await api.searchCustomers(has("plan", plan), { limit: 1, ...(start && { start }) });
    found.push(...page.ids);
    start = page.next;
  }
  assert.deepEqual(found.toSorted(), [ana, bob].toSorted());
  assert.equal(await status(api.searchCustomers({ segment: { id: 999 } })), 400);
});
await step("getCustomersByEmail, getAttributes, getCustomersAttributes", async () => {
  assert.equal((await api.getCustomersByEmail(email)).results[0].id, ana);
  assert.equal((await api.getAttributes(email, "email")).customer.identifiers.id, ana);
  const { customers } = await api.getCustomersAttributes([ana, "nobody", bob]);
  assert.deepEqual(customers.map((it) => it.attributes.plan), [plan, plan]);
});
await step("getCustomerMessages, getMessages, getMessage, getArchivedMessage", async () => {
  const id = await draft(ana);
  assert.equal((await api.getMessage(id)).message.customer_id, ana);
  assert.deepEqual((await api.getCustomerMessages(bob)).messages, []);
  assert.ok((await api.getMessages({ drafts: true })).messages.some((it) => it.id === id));
  assert.equal((await api.getArchivedMessage(id)).archived_message.subject, "Hallo");
  assert.equal(await status(api.getMessage("nothing")), 404);
});
await step("getCustomerActivities, listActivities, getCustomerSegments", async () => {
  const { activities } = await api.getCustomerActivities(ana, { type: "attribute_change" });
  assert.equal(activities.length, 1);
  assert.ok((await api.listActivities({ limit: 1 })).activities.length, 1);
  assert.deepEqual((await api.getCustomerSegments(bob)).segments, []);
});
await step("segments", async () => {
  const { segment } = await api.createSegment({ name: unique("segment") });
  assert.deepEqual([segment.type, segment.state], ["manual", "finished"]);
  await track.addCustomersToSegment(segment.id, [ana]);
  assert.ok((await api.listSegments()).segments.some((it) => it.id === segment.id));
  assert.equal((await api.getSegment(segment.id)).segment.name, segment.name);
  assert.equal((await api.getSegmentCustomerCount(segment.id)).count, 1);
  assert.deepEqual((await api.getSegmentMembership(segment.id)).ids, [ana]);
  assert.deepEqual(ids(await api.searchCustomers({ segment: { id: segment.id } })), [ana]);
  assert.deepEqual((await api.getSegmentUsedBy(segment.id)).used_by.campaigns, []);
  await api.deleteSegment(segment.id);
  assert.equal(await status(api.getSegment(segment.id)), 404);
});
await step("objects", async () => {
  const id = unique("acme");
  await track.entity({
    type: "object", action: "identify", identifiers: { object_type_id: "7", object_id: id }, attributes: { plan },
    cio_relationships: [{ identifiers: { id: ana } }],
  });
  const filter = { object_attribute: { field: "plan", operator: "eq", value: plan, type_id: "7" } };
  assert.deepEqual((await api.findObjects(7, filter)).ids, [id]);
  assert.equal((await api.getObjectAttributes(7, id)).object.attributes.plan, plan);
  assert.equal((await api.getObjectRelationships(7, id)).cio_relationships[0].identifiers.id, ana);
  assert.equal((await api.getCustomerRelationships(ana)).cio_relationships.length, 1);
  assert.ok((await api.listObjectTypes()).types.some((it) => it.id === "7"));
});
await step("subscriptions", async () => {
  assert.deepEqual((await api.listSubscriptionTopics()).topics, []);
  assert.ok((await api.listSubscriptionChannels()).channels.some((it) => it.type === "email"));
  assert.equal((await api.getCustomerSubscriptionPreferences(ana)).customer.unsubscribed, false);
  const { url } = await api.getSubscriptionCenterToken(ana);
  assert.equal((await fetch(url)).status, 200);
});
await step("collections", async () => {
  const name = unique("events");
  const { collection } = await api.createCollection({ name, data: [{ city: "Oslo" }, { city: "Rome", seats: 2 }] });
  assert.deepEqual([collection.rows, collection.schema.toSorted()], [2, ["city", "seats"]]);
  assert.ok((await api.listCollections()).collections.some((it) => it.name === name));
  await api.updateCollection(collection.id, { name: `${name} 2` });
  assert.equal((await api.getCollection(collection.id)).collection.name, `${name} 2`);
  await api.updateCollectionContent(collection.id, [{ city: "Bonn" }]);
  assert.deepEqual(await api.getCollectionContent(collection.id), [{ city: "Bonn" }]);
  await api.deleteCollection(collection.id);
  assert.equal(await status(api.getCollection(collection.id)), 404);
});
await step("snippets", async () => {
  const name = unique("footer");
  await api.createSnippet({ name, value: "one" });
  assert.equal(await status(api.createSnippet({ name, value: "two" })), 422);
  assert.equal((await api.updateSnippet({ name, value: "two" })).snippet.value, "two");
  assert.ok((await api.getSnippets()).snippets.some((it) => it.name === name && it.value === "two"));
  await api.deleteSnippet(name);
  assert.equal(await status(api.deleteSnippet(name)), 404);
});
await step("suppressed addresses", async () => {
  const address = `gone.${Date.now()}@example.com`;
  await api.createSuppression("bounces", address);
  assert.equal((await api.searchSuppression(address)).suppressions[0].email, address);
  assert.ok((await api.getSuppressions("bounces")).suppressions.some((it) => it.email === address));
  await api.getDomainSuppressions("example.com", "bounces");
  await api.deleteSuppression("bounces", address);
  assert.equal((await api.searchSuppression(address)).suppressions, null);
});
await step("getSenderIdentities, getSenderIdentity, getSenderIdentityUsedBy", async () => {
  assert.deepEqual((await api.getSenderIdentities()).sender_identities ?? [], []);
  assert.equal(await status(api.getSenderIdentity(1)), 404);
  assert.equal(await status(api.getSenderIdentityUsedBy(1)), 404);
});
await step("listWorkspaces, getIpAddresses", async () => {
  assert.equal((await api.listWorkspaces()).workspaces[0].id, 1);
  assert.ok(Array.isArray((await api.getIpAddresses()).ip_addresses));
});

/** Waits for the end of a job. */
async function ended(read, states) {
  for (let look = 0; look < 200; look++) {
    const job = await read();
    if (states.includes(job.status ?? job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it does not end");
}
await step("createCustomersExport, listExports, getExport, downloadExport", async () => {
  const started = (await api.createCustomersExport(has("plan", plan))).export;
  const done = await ended(async () => (await api.getExport(started.id)).export, ["done", "failed"]);
  assert.deepEqual([done.status, done.total, done.failed], ["done", 2, false]);
  const { url } = await api.downloadExport(started.id);
  const file = await (await fetch(url)).text();
  assert.ok(file.includes(ana) && file.includes(bob), file);
  assert.ok((await api.listExports()).exports.some((it) => it.id === started.id));
});
await step("createDeliveriesExport", async () => {
  const started = (await api.createDeliveriesExport(1)).export;
  const done = await ended(async () => (await api.getExport(started.id)).export, ["done", "failed"]);
  assert.deepEqual([done.type, done.status], ["deliveries", "done"]);
});
await step("createImport, getImport", async () => {
  const cleo = unique("cleo");
  const address = await listen(`id,plan,note\n${cleo},${plan},"a, ""b""\nc"\n,none,\n`);
  const started = (await api.createImport({
    name: "people", type: "people", identifier: "id", data_file_url: address,
  })).import;
  const done = await ended(async () => (await api.getImport(started.id)).import, ["imported", "failed", "canceled"]);
  assert.deepEqual([done.state, done.rows_imported], ["imported", 1], JSON.stringify(done));
  assert.equal((await api.getAttributes(cleo)).customer.attributes.note, 'a, "b"\nc');
  assert.equal(served(), 1);
});
