// Keeps one version of the page in the browser, whole, so that it opens without its server.
// `cargo xtask web` writes in which version and of which files.
const VERSION = "version";
const FILES = ["files"];

const scope = self.registration.scope;
// A server may have this page in several folders, and they share one store.
const ours = `wirelab ${scope} `;
const name = ours + VERSION;

self.addEventListener("install", (event) => {
  event.waitUntil(store());
});

async function store() {
  const cache = await caches.open(name);
  // What has its content's hash in its name is what the page itself has just loaded.
  await cache.addAll(FILES.map((file) => new Request(file, { cache: file.includes("-") ? "default" : "no-cache" })));
}

// A new version waits until somebody asks for it: another page may be in the middle of a session.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(begin());
});

async function begin() {
  // A page that nothing serves from here is none that a newer version would wait for.
  await self.clients.claim();
  const names = await caches.keys();
  await Promise.all(names.filter((old) => old.startsWith(ours) && old !== name).map((old) => caches.delete(old)));
}

// Only the page's own files; the tunnel and all else go to the server as if this were not here.
self.addEventListener("fetch", (event) => {
  const url = event.request.url.split(/[?#]/)[0];
  const file = url.startsWith(scope) ? url.slice(scope.length) || "index.html" : "";
  if (event.request.method === "GET" && FILES.includes(file)) event.respondWith(serve(file, event.request));
});

async function serve(file, request) {
  const kept = await caches.match(file, { cacheName: name });
  return kept ?? fetch(request);
}
