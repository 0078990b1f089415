// Runs the compiled journey outside a browser: `node run.mjs http://127.0.0.1:8000`. The cookie jar does what a browser does by itself.

import { journey } from "./journey.js";

const jar = new Map();

async function fetchWithCookies(request) {
  request.headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
  const response = await fetch(request);
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

await journey(process.argv[2], fetchWithCookies);
