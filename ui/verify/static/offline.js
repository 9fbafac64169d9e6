// Keeps the page for when there is no network. It keeps no answer of any peer: what the page
// knew last it keeps itself, and says as of when.
'use strict';

const STORE = 'chopmark-{{version}}';
const FILES = {{files}};
// The page is the same at every label's address; one copy serves all.
const PAGE = '/assets/page';
const START = '/assets/start.js';

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) {
    return;
  }
  if (request.mode === 'navigate') {
    event.respondWith(fresh(request, PAGE));
  } else if (url.pathname === START) {
    event.respondWith(fresh(request, START));
  } else if (FILES.some((name) => url.pathname === '/assets/' + name)) {
    event.respondWith(kept(request));
  }
});

async function install() {
  const store = await caches.open(STORE);
  await store.addAll(FILES.map((name) => '/assets/' + name).concat(START));
  // The visit that brought this program was not seen by it: fetch its page once more.
  const [visit] = await self.clients.matchAll({ includeUncontrolled: true, type: 'window' });
  if (visit) {
    await keep(store, PAGE, await fetch(visit.url));
  }
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith('chopmark-') && name !== STORE) {
      await caches.delete(name);
    }
  }
  await self.clients.claim();
}

// What has no hash in its name may have changed: the network first.
async function fresh(request, name) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request);
    await keep(store, name, answer.clone());
    return answer;
  } catch (unreachable) {
    return (await store.match(name)) || Promise.reject(unreachable);
  }
}

// What has its hash in its name never changes.
async function kept(request) {
  return (await caches.match(request)) || fetch(request);
}

// A proof that was downloaded by a link is a navigation too, and not the page.
async function keep(store, name, answer) {
  const type = answer.headers.get('content-type') || '';
  if (answer.ok && (name !== PAGE || type.startsWith('text/html'))) {
    await store.put(name, answer);
  }
}
