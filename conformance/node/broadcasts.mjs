// A broadcast, triggered in each of the six ways there are to say whom it is for: everybody gets
// a message of each action, once. Then what the App API says of it.
import assert from "node:assert/strict";
import { listen } from "./files.mjs";
import { api, sent, status, step, track, unique } from "./with.mjs";

const club = unique("club");
const people = ["ana", "bob", "cleo"].map((name) => ({ id: unique(name), email: `${name}.${Date.now()}@example.com`, name }));
const [ana, bob, cleo] = people;
for (const { id, email, name } of people) await track.identify(id, { email, first_name: name, plan: name });
// The audience of the broadcast: ana and bob.
for (const { id } of [ana, bob]) await track.identify(id, { club: "member", [club]: true });
const known = (await api.listBroadcasts()).broadcasts.find((it) => it.name === "club news").id;

/** All messages of the broadcast, from all pages. */
async function listed() {
  const found = [];
  for (let start; start !== ""; ) {
    const page = await api.getBroadcastMessages(known, { limit: 7, ...(start && { start }) });
    found.push(...page.messages);
    start = page.next;
  }
  return found;
}

/** Those with this headline. What a message says is known once something became of it. */
async function messagesOf(headline) {
  for (let look = 0; look < 200; look++) {
    const found = await listed();
    if (found.every((it) => Object.keys(it.metrics).length > 0)) return found.filter((it) => it.subject.startsWith(headline));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("nothing becomes of some messages");
}

/** Waits until a trigger was taken through. */
async function ended(id) {
  for (let look = 0; look < 200; look++) {
    const state = await api.getBroadcastTriggerStatus(known, id);
    if (state.processed_at > 0) return state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`trigger ${id} does not end`);
}

/** Triggers it, and tells who got what: each letter and each note, in order. */
async function reached(recipients, data = {}) {
  const headline = unique("headline");
  const { id } = await api.triggerBroadcast(known, { headline, ...data }, recipients);
  const { recipients_count, broadcast_id } = await ended(id);
  assert.equal(broadcast_id, known);
  assert.deepEqual(await api.getBroadcastTriggerErrors(known, id), { errors: [], next: 0 });
  const messages = await messagesOf(headline);
  assert.ok(messages.every((it) => it.metrics.sent), JSON.stringify(messages));
  const got = messages.map((it) => `${it.type} ${it.customer_id} ${it.subject.slice(headline.length).trim()}`.trim());
  assert.equal(new Set(messages.map((it) => it.customer_id)).size, recipients_count, got);
  return got.toSorted();
}
/** A letter and a note to each, with what the letter says of their seat. */
const both = (...those) => those.flatMap(([{ id }, seat]) =>
  [`email ${id}${seat ? ` , seat ${seat}` : ""}`, `inbox ${id}`]).toSorted();

await step("triggerBroadcast for its audience", async () => {
  assert.deepEqual(await reached(), both([ana], [bob]));
  assert.deepEqual(await reached({}, { seat: 3 }), both([ana, 3], [bob, 3]));
});
await step("triggerBroadcast for whoever meets a filter", async () => {
  const filter = { or: [
    { attribute: { field: "plan", operator: "eq", value: "cleo" } },
    { attribute: { field: club, operator: "exists" } },
  ] };
  assert.deepEqual(await reached(filter), both([ana], [bob], [cleo]));
});
await step("triggerBroadcast for ids, each once", async () => {
  assert.deepEqual(await reached({ ids: [cleo.id, ana.id, cleo.id] }), both([ana], [cleo]));
  assert.deepEqual(await reached({ ids: [cleo.id, "nobody"], id_ignore_missing: true }), both([cleo]));
});
await step("triggerBroadcast for emails", async () => {
  assert.deepEqual(await reached({ emails: [bob.email, cleo.email.toUpperCase()] }), both([bob], [cleo]));
  assert.deepEqual(await reached({ emails: ["nobody@example.com", bob.email], email_ignore_missing: true }), both([bob]));
  // An address is one person's here, so there are no others to add.
  assert.deepEqual(await reached({ emails: [bob.email], email_add_duplicates: true }), both([bob]));
});
const seats = [
  { id: ana.id, data: { seat: "A1" } },
  { email: cleo.email, data: { seat: "B2" } },
  { id: "nobody", data: { seat: "C3" } },
];
await step("triggerBroadcast with data of each person", async () => {
  const recipients = { per_user_data: seats, id_ignore_missing: true };
  assert.deepEqual(await reached(recipients, { seat: "?" }), both([ana, "A1"], [cleo, "B2"]));
});
await step("triggerBroadcast with a file", async () => {
  const data_file_url = await listen(seats.map((it) => `${JSON.stringify(it)}\n`).join(""));
  assert.deepEqual(await reached({ data_file_url, id_ignore_missing: true }), both([ana, "A1"], [cleo, "B2"]));
});
await step("triggerBroadcast for somebody who is not there is a 422 that says where to look", async () => {
  const headline = unique("nobody's");
  const error = await api.triggerBroadcast(known, { headline }, { ids: [ana.id, "nobody"] }).catch((error) => error);
  assert.equal(error.statusCode, 422, error);
  const [{ detail, source }] = JSON.parse(error.body).errors;
  assert.equal(source.pointer, "/data/attributes/ids");
  const [, id] = detail.match(/triggers\/(\d+)\/errors/);
  assert.deepEqual((await api.getBroadcastTriggerErrors(known, id)).errors.length, 1);
  assert.deepEqual(await messagesOf(headline), []);
  assert.equal(await status(api.triggerBroadcast(4711, {})), 404);
});
await step("getBroadcastTriggers, the last one first", async () => {
  const { triggers } = await api.getBroadcastTriggers(known);
  const numbers = triggers.map((it) => it.id);
  assert.ok(numbers.length >= 11 && triggers.every((it) => it.broadcast_id === known), JSON.stringify(triggers));
  assert.deepEqual(numbers, numbers.toSorted((one, other) => other - one));
});
await step("getBroadcast, getBroadcastActions, getBroadcastAction, getBroadcastActionLanguage", async () => {
  const { broadcast } = await api.getBroadcast(known);
  assert.deepEqual([broadcast.state, broadcast.tags, broadcast.actions.map((it) => it.type)], ["running", ["club"], ["email", "inbox"]]);
  assert.ok(broadcast.first_started > 0);
  const { actions } = await api.getBroadcastActions(known);
  assert.deepEqual((await api.getBroadcastAction(known, actions[0].id)).action, actions[0]);
  assert.match((await api.getBroadcastActionLanguage(known, actions[0].id, "de")).action.subject, /^Auf Deutsch/);
  assert.equal(await status(api.getBroadcast(4711)), 404);
});
await step("updateBroadcastAction, updateBroadcastActionLanguage", async () => {
  const [letter, note] = (await api.getBroadcastActions(known)).actions;
  const subject = "{{ trigger.headline }} auf Deutsch";
  await api.updateBroadcastActionLanguage(known, letter.id, "de", { subject });
  await api.updateBroadcastAction(known, note.id, { sending_state: "off" });
  await track.identify(ana.id, { language: "de" });
  assert.deepEqual(await reached({ ids: [ana.id] }), [`email ${ana.id} auf Deutsch`]);
  await api.updateBroadcastAction(known, note.id, { sending_state: "automatic" });
  assert.deepEqual(await reached({ ids: [ana.id] }), [`email ${ana.id} auf Deutsch`, `inbox ${ana.id}`]);
  assert.equal(await status(api.updateBroadcastAction(known, note.id, { sending_state: "nothing" })), 400);
});
await step("getBroadcastMetrics, getBroadcastActionMetrics, and of links", async () => {
  const [letter, note] = (await api.getBroadcastActions(known)).actions;
  const total = (series) => series.sent.reduce((sum, it) => sum + it, 0);
  const whole = total((await api.getBroadcastMetrics(known, { period: "days", steps: 2 })).metric.series);
  const [letters, notes] = await Promise.all([letter, note].map(async ({ id }) =>
    total((await api.getBroadcastActionMetrics(known, id, { period: "days", steps: 2 })).metric.series)));
  assert.ok(notes > 0 && letters === notes + 1 && whole === letters + notes, `${whole} ${letters} ${notes}`);
  assert.deepEqual((await api.getBroadcastMetricsLinks(known)).links, []);
  assert.deepEqual((await api.getBroadcastActionMetricsLinks(known, letter.id)).links, []);
});
await step("a trigger without a headline reaches nobody, and says why", async () => {
  const { id } = await api.triggerBroadcast(known, {}, { ids: [bob.id] });
  assert.equal((await ended(id)).recipients_count, 1);
  const { messages } = await api.getCustomerMessages(bob.id, { limit: 1 });
  const { message } = await sent(messages[0].id, "undeliverable");
  assert.match(message.failure_message, /trigger\.headline/);
});
