// The official web SDK of in-app messages, unmodified but for the address it asks at. It is made
// for pages: what it needs of one is here, and nothing is drawn.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { appKey, metrics, siteId, step, track, unique, url } from "./with.mjs";

class Storage {
  #items = new Map();
  getItem = (key) => this.#items.get(key) ?? null;
  setItem = (key, value) => void this.#items.set(key, String(value));
  removeItem = (key) => void this.#items.delete(key);
  key = (index) => [...this.#items.keys()][index] ?? null;
  get length() {
    return this.#items.size;
  }
}

const nothing = () => {};
const element = () => ({
  style: { removeProperty: nothing },
  classList: { add: nothing, remove: nothing },
  querySelector: () => null,
  querySelectorAll: () => [],
  ...Object.fromEntries(
    ["addEventListener", "appendChild", "insertAdjacentHTML", "setAttribute"].map((name) => [name, nothing])
  ),
});
const asks = "https://consumer.cloud.gist.build";
const { fetch: send, setTimeout: later } = globalThis;
const page = {
  window: globalThis,
  HTMLElement: class {},
  customElements: { define: nothing, get: nothing },
  location: new URL("https://shop.example/"),
  navigator: { language: "de-AT" },
  localStorage: new Storage(),
  sessionStorage: new Storage(),
  addEventListener: nothing,
  removeEventListener: nothing,
  getComputedStyle: () => ({}),
  // It asks again for as long as its page is open; nobody waits for that.
  setTimeout: (...values) => later(...values).unref(),
  fetch: (address, options) => send(String(address).replace(asks, url), options),
  document: {
    ...element(),
    body: element(),
    head: element(),
    documentElement: element(),
    createElement: element,
    getElementById: () => null,
    visibilityState: "visible",
  },
};
for (const [name, value] of Object.entries(page)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
const Gist = createRequire(import.meta.url)("customerio-gist-web");

/** What becomes true before long. */
async function soon(found) {
  for (let tries = 0; tries < 200; tries += 1) {
    const value = await found();
    if (value) return value;
    await new Promise((resolve) => later(resolve, 50));
  }
  assert.fail("it never came");
}

const id = unique("in-app");
/** Sends by a template that is made if need be, which the Node client cannot ask for. */
async function sendTo(kind, template) {
  const answer = await send(`${url}/v1/send/${kind}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${appKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      transactional_message_id: template, auto_create: true, identifiers: { id }, message_data: { plan: "pro" },
    }),
  });
  return answer.json();
}

await step("in-app SDK: finds what was sent to its person", async () => {
  await track.identify(id, {});
  const kept = await sendTo("inbox_message", "in-app news");
  const shown = await sendTo("in_app", "in-app welcome");
  for (const { delivery_id } of [kept, shown]) await soon(async () => (await metrics(delivery_id)).sent);

  await Gist.setup({ siteId });
  await Gist.setUserToken(id);
  const [inbox] = await soon(async () => (await Gist.getInboxMessages())[0] && Gist.getInboxMessages());
  assert.equal(inbox.deliveryId, kept.delivery_id);
  assert.equal(inbox.properties.plan, "pro");
  assert.equal(await Gist.getInboxUnopenedCount(), 1);
  const overlay = await soon(() => Gist.currentMessages[0]);
  assert.equal(overlay.properties.gist.campaignId, shown.delivery_id);
  assert.equal(overlay.properties.plan, "pro");
});

/** What waits, asked for anew. */
async function waiting() {
  const headers = { "X-CIO-Site-Id": siteId, "X-Gist-Encoded-User-Token": btoa(id) };
  return (await send(`${url}/api/v4/users`, { method: "POST", headers })).json();
}

await step("in-app SDK: says what was opened and what was put away", async () => {
  const [{ queueId }] = await Gist.getInboxMessages();
  for (const opened of [true, false, true]) {
    await Gist.updateInboxMessageOpenState(queueId, opened);
    assert.equal((await waiting()).inboxMessages[0].opened, opened);
  }
  assert.equal(await Gist.getInboxUnopenedCount(), 0);
  await Gist.removeInboxMessage(queueId);
  assert.deepEqual((await waiting()).inboxMessages, []);
});
