// Track v2: every action there is, alone and in a batch, and what a batch says of bad items.
import assert from "node:assert/strict";
import { data, devices, did, draft, logged, metrics, object, objectsOf, person, status, step, track, unique } from "./with.mjs";

const ways = { entity: (operation) => track.entity(operation), batch: (operation) => track.batch([operation]) };
for (const [way, send] of Object.entries(ways)) {
  const v2 = (name, run) => step(`v2 ${way}: ${name}`, run);
  const id = unique(`v2/${way} ü`);
  const email = `${unique(way).replaceAll(" ", ".")}@example.com`;
  const acme = unique("acme");
  const identifiers = { id };
  const ofPerson = (action, more) => send({ type: "person", action, identifiers, ...more });
  const ofObject = (action, more) =>
    send({ type: "object", action, identifiers: { object_type_id: "1", object_id: acme }, ...more });
  const related = [{ identifiers: { object_type_id: "1", object_id: acme }, relationship_attributes: { role: "owner" } }];

  await v2("person identify", async () => {
    assert.deepEqual(await ofPerson("identify", {
      attributes: { email, plan: "pro", nested: { a: [1] }, gone: null }, timestamp: 1700000000, cio_relationships: related,
    }), {});
    const { attributes, timestamps } = await person(email, "email");
    assert.deepEqual([attributes.id, attributes.plan, attributes.nested, attributes.gone], [id, "pro", '{"a":[1]}', undefined]);
    assert.equal(timestamps.plan, 1700000000);
    assert.deepEqual(await objectsOf(id), [[`1/${acme}`, { role: "owner" }]]);
    await ofPerson("identify", { attributes: { plan: "free" }, timestamp: 1600000000 });
    assert.equal((await person(id)).attributes.plan, "pro");
    await ofPerson("identify", { identifiers: { id: `${id} nobody` }, attributes: { _update: true } });
    assert.equal(await person(`${id} nobody`), undefined);
  });
  await v2("person event, page, screen", async () => {
    await ofPerson("event", { name: "ordered", attributes: { total: 12.5 }, timestamp: 1700000001, id: `${way} once` });
    await ofPerson("event", { name: "ordered", attributes: { total: 13 }, timestamp: 1700000001, id: `${way} once` });
    await ofPerson("page", { name: "https://example.com/pricing", attributes: { title: "Pricing" }, timestamp: 1700000002 });
    await ofPerson("screen", { identifiers: { email }, name: "Home", timestamp: 1700000003 });
    assert.deepEqual(await did(id), ["screen Home", "page https://example.com/pricing", "event ordered"]);
    assert.deepEqual(await data(id, "ordered"), { total: 12.5 });
  });
  await v2("what a visitor does becomes the person's", async () => {
    const visitor = unique("visitor");
    await send({ type: "person", action: "event", identifiers: { anonymous_id: visitor }, name: "looked" });
    await ofObject("identify_anonymous", { cio_relationships: [{ identifiers: { anonymous_id: visitor } }] });
    const known = unique("known");
    await send({ type: "person", action: "identify", identifiers: { id: known }, attributes: { anonymous_id: visitor } });
    assert.deepEqual(await did(known), ["event looked"]);
    assert.deepEqual(await objectsOf(known), [[`1/${acme}`, {}]]);
  });
  await v2("person add_device, delete_device", async () => {
    await ofPerson("add_device", {
      device: { token: "token:1", platform: "ios", last_used: 1700000000, attributes: { app_version: "1" } },
    });
    await ofPerson("add_device", { device: { token: "token:2", platform: "android" } });
    await ofPerson("delete_device", { device: { token: "token:2" } });
    const [device, ...others] = (await person(id)).devices;
    assert.deepEqual([device.id, device.platform, device.last_used, device.attributes.app_version, others.length],
      ["token:1", "ios", 1700000000, "1", 0]);
  });
  await v2("person delete_relationships, add_relationships", async () => {
    await ofPerson("delete_relationships", { cio_relationships: related });
    assert.deepEqual(await objectsOf(id), []);
    await ofPerson("add_relationships", { cio_relationships: related });
    assert.deepEqual(await objectsOf(id), [[`1/${acme}`, { role: "owner" }]]);
  });
  await v2("object identify", async () => {
    const friend = unique("friend");
    await ofObject("identify", {
      attributes: { name: "Acme", gone: "" },
      cio_relationships: [{ identifiers: { id: friend }, relationship_attributes: { role: "guest" } }],
    });
    assert.deepEqual(await object("1", acme), { name: "Acme" });
    assert.deepEqual(await objectsOf(friend), [[`1/${acme}`, { role: "guest" }]]);
  });
  await v2("object delete_relationships, add_relationships", async () => {
    await ofObject("delete_relationships", { cio_relationships: [{ identifiers }] });
    assert.deepEqual(await objectsOf(id), []);
    await ofObject("add_relationships", { cio_relationships: [{ identifiers: { email }, relationship_attributes: { a: 1 } }] });
    assert.deepEqual(await objectsOf(id), [[`1/${acme}`, { a: "1" }]]);
  });
  await v2("object delete", async () => {
    await ofObject("delete");
    assert.equal(await object("1", acme), undefined);
    assert.deepEqual(await objectsOf(id), []);
  });
  await v2("delivery event", async () => {
    const delivery = await draft(id);
    for (const name of ["delivered", "opened", "converted"]) {
      await send({ type: "delivery", action: "event", identifiers: { id: delivery }, name, attributes: { device_token: "token:1" } });
    }
    const { delivered, opened, converted } = await metrics(delivery);
    assert.ok(delivered && opened && converted);
    assert.deepEqual(await logged(delivery), ["converted_email", "delivered_email", "drafted_email", "opened_email"]);
  });
  await v2("person merge", async () => {
    const other = unique("other");
    await ofPerson("identify", { identifiers: { id: other }, attributes: { city: "Oslo", plan: "free" } });
    await send({ type: "person", action: "merge", primary: { email }, secondary: { id: other } });
    const { attributes } = await person(id);
    assert.deepEqual([attributes.city, attributes.plan], ["Oslo", "pro"]);
    assert.equal(await person(other), undefined);
  });
  await v2("person suppress, unsuppress, delete", async () => {
    await ofPerson("suppress");
    await ofPerson("identify", { identifiers: { email } });
    assert.deepEqual([await person(id), await person(email, "email")], [undefined, undefined]);
    await ofPerson("unsuppress");
    assert.equal(await person(id), undefined);
    await ofPerson("event", { name: "came back" });
    assert.deepEqual([await did(id), await devices(id)], [["event came back"], []]);
    await ofPerson("delete");
    assert.equal(await person(id), undefined);
  });
}

await step("v2 entity: bad input is a 400", async () => {
  assert.equal(await status(track.entity({ type: "person", action: "event", identifiers: { id: "1" } })), 400);
});
await step("v2 batch: what is good is taken, and what is not is named", async () => {
  const id = unique("mixed");
  const answer = await track.batch([
    { type: "person", action: "identify", identifiers: { id }, attributes: { plan: "pro" } },
    { type: "person", action: "event", identifiers: { id } },
    { type: "object", action: "identify", identifiers: { object_type_id: "1", object_id: "mixed" } },
    { type: "delivery", action: "event", identifiers: { id: "nobody's" }, name: "opened" },
  ]);
  assert.deepEqual(answer.errors.map(({ batch_index, reason, field }) => [batch_index, reason, field]), [[1, "required", "name"]]);
  assert.equal((await person(id)).attributes.plan, "pro");
  assert.deepEqual(await object("1", "mixed"), {});
});
