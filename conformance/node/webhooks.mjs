// Reporting webhooks: made and changed by the SDK, and verified by it where they arrive.
import assert from "node:assert/strict";
import http from "node:http";
import * as sdk from "customerio-node";
import { api, draft, status, step, track, unique } from "./with.mjs";

const { CUSTOMERIO_WEBHOOK_KEY: signingSecret } = process.env;
const calls = [];
const receiver = http.createServer(async (request, answer) => {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  calls.push({ body, timestamp: request.headers["x-cio-timestamp"], signature: request.headers["x-cio-signature"] });
  answer.end();
});
await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${receiver.address().port}/told`;

async function told(count) {
  for (let look = 0; look < 200 && calls.length < count; look++) await new Promise((resolve) => setTimeout(resolve, 50));
  return calls.map(({ body }) => JSON.parse(body)).map((it) => `${it.object_type} ${it.metric}`);
}
const wanted = { name: unique("webhook"), endpoint, events: ["email_drafted"] };
let hook;

await step("createReportingWebhook, getReportingWebhook, listReportingWebhooks, updateReportingWebhook", async () => {
  hook = await api.createReportingWebhook(wanted);
  assert.deepEqual([hook.name, hook.endpoint, hook.events], [wanted.name, endpoint, ["email_drafted"]]);
  hook = await api.updateReportingWebhook(hook.id, { ...wanted, events: ["email_drafted", "email_clicked"], full_resolution: true });
  assert.deepEqual(await api.getReportingWebhook(hook.id), hook);
  assert.deepEqual([hook.events.toSorted(), hook.full_resolution], [["email_clicked", "email_drafted"], true]);
  assert.ok((await api.listReportingWebhooks()).reporting_webhooks.some((it) => it.id === hook.id));
  assert.equal(await status(api.createReportingWebhook({ ...wanted, events: ["nothing"] })), 400);
});
await step("verifyRequestSignature of what is told", async () => {
  const delivery_id = await draft(unique("told"));
  await track.reportMetric({ delivery_id, metric: "clicked", href: "https://example.com/ü" });
  await track.reportMetric({ delivery_id, metric: "clicked", href: "https://example.com/ü" });
  assert.deepEqual(await told(3), ["email drafted", "email clicked", "email clicked"]);
  for (const call of calls) {
    assert.ok(sdk.verifyRequestSignature({ signingSecret, ...call }));
    assert.ok(!sdk.verifyRequestSignature({ signingSecret, ...call, body: `${call.body} ` }));
    assert.equal(JSON.parse(call.body).data.delivery_id, delivery_id);
  }
});
await step("deleteReportingWebhook, and nothing is told any more", async () => {
  await api.deleteReportingWebhook(hook.id);
  assert.equal(await status(api.getReportingWebhook(hook.id)), 404);
  await draft(unique("not told"));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(calls.length, 3);
});
receiver.close();
