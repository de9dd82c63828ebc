// A file on loopback, for an import or a broadcast to fetch.
import http from "node:http";

let count = 0;
export const served = () => count;

/** Serves a text once, and tells where. */
export function listen(text) {
  const server = http.createServer((_, answer) => {
    count += 1;
    answer.setHeader("Content-Type", "application/octet-stream");
    answer.end(text, () => server.close());
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}/people`));
  });
}
