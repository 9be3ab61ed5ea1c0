// The security policy forbids inline scripts, so starting the page's module takes a file.
import init from "./page.js";

init({ module_or_path: new URL("./page.wasm", import.meta.url) });
