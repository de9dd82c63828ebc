// The official Node SDK: load.mjs URL CALLS WARM_UP CONCURRENCY
import { readFileSync } from "node:fs";
import { TrackClient } from "customerio-node";

const [url, ...counts] = process.argv.slice(2);
const [calls, warmUp, concurrency] = counts.map(Number);
const data = JSON.parse(readFileSync(process.env.BENCH_EVENT, "utf8"));
// Its fetch keeps connections alive by itself, one for each call on its way.
const track = new TrackClient("benchmark", "0123456789abcdef0123", { url: `${url}/api/v1` });

async function run(calls) {
  let next = 0;
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, async () => {
    for (let number = next++; number < calls; number = next++) {
      await track.track(`person-${number}`, { name: "order_placed", timestamp: 1790000000, data });
    }
  }));
  const { user, system } = process.cpuUsage(cpu);
  return { calls, cpu_us: user + system, wall_us: Number((process.hrtime.bigint() - wall) / 1000n) };
}

await run(warmUp);
console.log(JSON.stringify(await run(calls)));
