// What this server does not have. Its methods answer so, and once one of them is served, this
// fails and asks for a story.
import assert from "node:assert/strict";
import * as sdk from "customerio-node";
import { api, status, step } from "./with.mjs";

const notServed = Object.getOwnPropertyNames(sdk.APIClient.prototype).filter((name) =>
  /Campaign|Newsletter|DesignStudio|Asset|^batchUpdate/.test(name));

/** What the SDK lets pass, whatever it is that a method wants. */
const said = { name: "n", language: "de", tag: "x-n", start: 1, end: 2, res: "days", data: "x", filename: "n", contentType: "text/plain" };
const someArguments = {
  batchUpdateAttributes: [[{ name: "plan" }]],
  batchUpdateEvents: [[{ name: "ordered" }]],
};

/** Calls it with as many ids as it wants before the rest. */
async function refusal(name) {
  const method = api[name];
  const ids = method.of.toString().match(/^[^)]*/)[0].match(/\w*Id\b/g)?.length ?? 0;
  const language = /Language$/.test(name) && !/^(create|list)/.test(name) ? ["de"] : [];
  return status(method.call(api, ...(someArguments[name] ?? [...Array(ids).fill(1), ...language, said])));
}

await step(`not served: campaigns, newsletters, Design Studio, assets, the data index; ${notServed.length} methods`, async () => {
  const answers = await Promise.all(notServed.map(async (name) => [name, await refusal(name)]));
  assert.deepEqual(answers.filter(([, it]) => it !== 405), []);
});
