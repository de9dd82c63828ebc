// What the stories share: the clients, one line a check, and how to read things back.
import assert from "node:assert/strict";
import * as sdk from "customerio-node";

export const { CUSTOMERIO_URL: url, CUSTOMERIO_SITE_ID: siteId } = process.env;
export const trackKey = process.env.CUSTOMERIO_TRACK_API_KEY;
export const appKey = process.env.CUSTOMERIO_APP_API_KEY;
export const writeKey = process.env.CUSTOMERIO_PIPELINES_WRITE_KEY;

// Every method that takes data in, and whether it was called.
const called = new Map();
export function watch(kind, ...except) {
  for (const name of Object.getOwnPropertyNames(kind.prototype)) {
    const method = kind.prototype[name];
    if (["constructor", ...except].includes(name) || name.startsWith("_") || typeof method !== "function") continue;
    called.set(`${kind.name}.${name}`, false);
    kind.prototype[name] = function (...values) {
      called.set(`${kind.name}.${name}`, true);
      return method.apply(this, values);
    };
    kind.prototype[name].of = method;
  }
}
export const methods = () => [...called.keys()];
export const missed = () => methods().filter((name) => !called.get(name));

watch(sdk.TrackClient);
watch(sdk.PipelinesClient, "envelope");
watch(sdk.APIClient, "resourceBase");

export const track = new sdk.TrackClient(siteId, trackKey, { url: `${url}/api/v1` });
export const api = new sdk.APIClient(appKey, { url: `${url}/v1` });

export async function step(name, run) {
  await run();
  console.log(`✓ node: ${name}`);
}

export async function status(promise) {
  try {
    await promise;
    return 200;
  } catch (error) {
    return error.statusCode;
  }
}

let count = 0;
/** A name that nobody has. */
export const unique = (name) => `${name} ${Date.now()}-${(count += 1)}`;

/** A person as the App API shows them, or `undefined`. */
export async function person(id, idType = "id") {
  try {
    return (await api.getAttributes(id, idType)).customer;
  } catch (error) {
    assert.equal(error.statusCode, 404, error);
    return undefined;
  }
}

/** What a person did, newest first: `event ordered`, `page /pricing`. */
export async function did(id) {
  const { activities } = await api.getCustomerActivities(id, { limit: 100 });
  return activities
    .filter(({ type }) => ["event", "page", "screen"].includes(type))
    .map(({ type, name, url: page }) => `${type} ${name ?? page}`);
}

/** The data of the newest event of this name. */
export async function data(id, name) {
  const { activities } = await api.getCustomerActivities(id, { name, limit: 1 });
  return activities[0]?.data;
}

/** The tokens of a person's devices. */
export const devices = async (id) => (await person(id)).devices.map((device) => device.id);

/** What a person is related to, with the attributes of the relationships. */
export async function objectsOf(id) {
  const { cio_relationships } = await api.getCustomerRelationships(id);
  return cio_relationships.map(({ object_type_id, object_id, identifiers, attributes }) => [
    `${identifiers?.object_type_id ?? object_type_id}/${identifiers?.object_id ?? object_id}`,
    attributes,
  ]);
}

/** An object's attributes, or `undefined`. */
export async function object(type, id) {
  try {
    return (await api.getObjectAttributes(type, id)).object.attributes;
  } catch (error) {
    assert.equal(error.statusCode, 404, error);
    return undefined;
  }
}

/** A message to somebody, which is held and never sent. */
export async function draft(id) {
  const answer = await api.sendEmail(new sdk.SendEmailRequest({
    to: "draft@example.com", from: "shop@example.com", subject: "Hallo", body: "Hallo",
    identifiers: { id }, queue_draft: true,
  }));
  return answer.delivery_id;
}

/** What was reported of a message. */
export async function metrics(deliveryId) {
  const read = await fetch(`${url}/v1/messages/${deliveryId}`, { headers: { Authorization: `Bearer ${appKey}` } });
  return (await read.json()).message.metrics;
}

/** The types of what the workspace's log has of a message, from all its pages. */
export async function logged(deliveryId) {
  const types = [];
  for (let start; start !== ""; ) {
    const page = await api.listActivities({ limit: 100, ...(start && { start }) });
    types.push(...page.activities.filter((it) => it.delivery_id === deliveryId).map((it) => it.type));
    start = page.next;
  }
  return types.toSorted();
}

/** A message and what it says, once this became of it. */
export async function sent(deliveryId, metric = "sent") {
  for (let look = 0; look < 200; look++) {
    const { message } = await api.getMessage(deliveryId);
    if (message.metrics[metric]) {
      return { message, archived: (await api.getArchivedMessage(deliveryId)).archived_message };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${deliveryId} is not ${metric}`);
}
