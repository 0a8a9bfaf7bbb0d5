// The curves of the status page follow the load, and are there at once on a page that comes later.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { leave, until, visit } from "../browser.mjs";

const curve = (page, id) => page.locator(`#${id} path`).first().getAttribute("d");
/** Whether a curve has left the ground, at whose height y is 100. */
const risen = (path) => [...path.matchAll(/[ML][\d.]+ ([\d.]+)/g)].some(([, y]) => Number(y) < 99);

export default async function ({ browser, service, admin, file }) {
  const page = await visit(browser, `${admin}/status`);
  await page.waitForSelector("#workers tr:nth-child(2)");
  assert.equal(await page.textContent("#word").then((word) => word.startsWith("Working.")), true);
  await until("the first second is there", async () => (await curve(page, "rate")) !== "");
  assert.ok(!risen(await curve(page, "rate")), "nothing was asked for yet");

  const picture = await readFile(file);
  let over = false;
  const client = async (operation) => {
    while (!over) {
      const answer = await fetch(`${service}/v1/process?op=${operation}`, { method: "POST", body: picture });
      await answer.arrayBuffer();
    }
  };
  const clients = [...Array(5)].map(() => client("blur:40")).concat(client("blur:999"));
  for (const id of ["rate", "latency", "queue", "errors"]) {
    await until(`${id} rises`, async () => risen(await curve(page, id)));
  }
  over = true;
  await Promise.all(clients);
  assert.match(await page.getAttribute("#latency", "aria-label"), /p99 .+; highest in five minutes below/);

  const later = await visit(browser, `${admin}/status`);
  await until("it has drawn", async () => (await later.locator("#rate path").count()) && (await curve(later, "rate")));
  assert.ok(risen(await curve(later, "rate")), "a page that comes later shows the minutes before");
  const box = await later.locator("#rate").boundingBox();
  await later.mouse.move(box.x + box.width - 2, box.y + 20);
  await until("the time under the pointer is said", async () => /s ago/.test(await later.textContent("#when")));
  await leave(later);
  await leave(page);
}
