// Every story, one after the other, and at the end: was anything left out?
import assert from "node:assert/strict";
import { methods, missed, step } from "./with.mjs";

await import("./story.mjs");
await import("./entity.mjs");
await import("./pipelines.mjs");
await import("./analytics.mjs");
await import("./data.mjs");
await import("./messages.mjs");
await import("./broadcasts.mjs");
await import("./webhooks.mjs");
await import("./not_served.mjs");
// Last: it makes a page of the globals that the others use.
await import("./in_app.mjs");
await step(`every method was called, all ${methods().length}`, () => assert.deepEqual(missed(), []));
