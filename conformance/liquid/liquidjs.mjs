// Renders the cases it reads, one JSON object a line, with LiquidJS as the service sets it up:
// a variable without a value fails, unless a condition asks for it.

import readline from "node:readline";
import { Liquid } from "liquidjs";

const NOW = 1795609845;
Date.now = () => NOW * 1000;

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { template, data, partials } = JSON.parse(line);
  const engine = new Liquid({
    strictVariables: true,
    lenientIf: true,
    strictFilters: true,
    timezoneOffset: 0,
    locale: "en-US",
    templates: partials ?? {},
    memoryLimit: 1e7,
    renderLimit: 2000,
  });
  let told;
  try {
    told = { output: engine.parseAndRenderSync(template, data ?? {}) };
  } catch (error) {
    told = { error: String(error.message).split("\n")[0] };
  }
  console.log(JSON.stringify(told));
}
