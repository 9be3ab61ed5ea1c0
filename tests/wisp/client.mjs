// wisp-js as a client of a relay: says in one line of JSON what it saw.
// Usage: node client.mjs FOLDER_WITH_NODE_MODULES WS_URL ECHO_PORT REFUSED_PORT EARLY_PORT UDP_PORT

import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";

const [folder, url, echo, refused, early, udp] = process.argv.slice(2);
const wispJs = pathToFileURL(`${folder}/node_modules/@mercuryworkshop/wisp-js/src/`);
const { client } = await import(new URL("entrypoints/client.mjs", wispJs));

const HOST = "127.0.0.1";
const EARLY_ROUNDS = 200;

function connected(options) {
  const connection = new client.ClientConnection(url, options);
  return new Promise((resolve, reject) => {
    connection.onopen = () => resolve(connection);
    connection.onerror = () => reject(new Error("the relay did not upgrade"));
  });
}

// All bytes of a stream until it is closed.
function toTheEnd(stream) {
  const parts = [];
  return new Promise((resolve) => {
    stream.onmessage = (bytes) => parts.push(bytes);
    stream.onclose = (reason) => resolve({ text: Buffer.concat(parts).toString(), reason });
  });
}

async function echoed(connection) {
  const stream = connection.create_stream(HOST, Number(echo));
  const sent = createHash("sha256");
  const received = createHash("sha256");
  let [length, back] = [0, 0];
  const whole = new Promise((resolve, reject) => {
    stream.onmessage = (bytes) => {
      received.update(bytes);
      back += bytes.length;
      if (back >= length) resolve();
    };
    stream.onclose = (reason) => reject(new Error(`the echo was closed: ${reason}`));
  });
  // More packets than the credit, of all lengths; wisp-js keeps those without credit by itself.
  const parts = Array.from({ length: 600 }, (_, n) => new Uint8Array(1 + ((n * 331) % 20000)).fill(n));
  length = parts.reduce((sum, part) => sum + part.length, 0);
  for (const part of parts) {
    sent.update(part);
    stream.send(part);
  }
  await whole;
  stream.close(0x02);
  return { length, back, sent: sent.digest("hex"), received: received.digest("hex") };
}

// Asks for version 2 first, and comes again with version 1.
const connection = await connected({});
const report = { version: connection.wisp_version };
report.echo = await echoed(connection);
report.refused = (await toTheEnd(connection.create_stream(HOST, Number(refused)))).reason;
report.early = 0;
for (let round = 0; round < EARLY_ROUNDS; round++) {
  const { text, reason } = await toTheEnd(connection.create_stream(HOST, Number(early)));
  report.early += text === "twelve bytes" && reason === 0x02;
}
const datagrams = connection.create_stream(HOST, Number(udp), "udp");
report.udp = await new Promise((resolve) => {
  datagrams.onmessage = (bytes) => resolve(Buffer.from(bytes).toString());
  datagrams.send(new TextEncoder().encode("a datagram"));
});
// Version 1 from the start.
report.plain = (await echoed(await connected({ wisp_version: 1 }))).received;
console.log(JSON.stringify(report));
process.exit();
