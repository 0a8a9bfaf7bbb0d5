// Plays one scenario: `node run.mjs NAME SERVICE ADMIN FILE`, with the addresses of both listeners
// and a GIF. Ends with another status than 0 when something is not as it should be.

import { open } from "./browser.mjs";

const [name, service, admin, file] = process.argv.slice(2);
const { default: play } = await import(`./scenarios/${name}.mjs`);
const browser = await open();
try {
  await play({ browser, service, admin, file });
} finally {
  await browser.close();
}
