// The preview follows: many changes at once are one request, and an answer that is no longer wanted is
// dropped with its request.

import assert from "node:assert/strict";
import { leave, until, visit } from "../browser.mjs";
import { previewed } from "../playground.mjs";

export default async function ({ browser, service }) {
  const page = await visit(browser, `${service}/#op=rotate:10`);
  await page.waitForSelector("#save:visible");
  const asked = [];
  const dropped = [];
  const operation = (request) => new URL(request.url()).searchParams.get("op");
  page.on("request", (request) => request.url().includes("/v1/process") && asked.push(operation(request)));
  page.on("requestfailed", (request) => dropped.push(operation(request)));

  const slide = (...degrees) => page.locator("[data-parameter=degrees] input[type=number]").evaluate((field, values) => {
    for (const value of values) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }, degrees);
  await previewed(page, () => slide(20, 30, 40, 50, 60), "rotate:60");
  assert.deepEqual(asked, ["rotate:60"]);

  // The first is held back until the second has been answered.
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/v1/process?op=rotate:70", async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await Promise.all([page.waitForRequest("**/v1/process?op=rotate:70"), slide(70)]);
  await previewed(page, () => slide(80), "rotate:80");
  await until("the first is dropped", () => dropped.length > 0);
  release();
  assert.deepEqual([asked, dropped], [["rotate:60", "rotate:70", "rotate:80"], ["rotate:70"]]);
  await until("the second is shown", async () => /^rotate:80$/.test(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("op")));
  assert.match(await page.locator("#curl").textContent(), /op=rotate:80/);
  await leave(page);
}
