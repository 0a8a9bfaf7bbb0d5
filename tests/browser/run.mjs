// Plays one scenario: `node run.mjs SCENARIO SERVICE ADMIN FILE`, with the addresses of both listeners
// and a GIF; for a service that wants tokens, one and its name behind those. Ends with another status than 0 when something is not as it should be.

import { open } from "./browser.mjs";

const [scenario, service, admin, file, token, name] = process.argv.slice(2);
const { default: play } = await import(`./scenarios/${scenario}.mjs`);
const browser = await open();
try {
  await play({ browser, service, admin, file, token, name });
} finally {
  await browser.close();
}
