// Starts wisp-js as a server on a free port, says which, and ends with its input.
// Usage: node server.mjs FOLDER_WITH_NODE_MODULES

import http from "node:http";
import { pathToFileURL } from "node:url";

const wispJs = pathToFileURL(`${process.argv[2]}/node_modules/@mercuryworkshop/wisp-js/src/`);
const { server: wisp, logging } = await import(new URL("entrypoints/server.mjs", wispJs));

logging.set_level(logging.NONE);
// The servers of the tests are on the loopback.
wisp.options.allow_loopback_ips = true;

const server = http.createServer((_, response) => response.end());
server.on("upgrade", wisp.routeRequest);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit());
