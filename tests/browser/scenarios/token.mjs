// A service that knows its clients: the playground asks for the token and goes on with it; the status
// page tells what came with it.

import assert from "node:assert/strict";
import { leave, until, visit } from "../browser.mjs";

export default async function ({ browser, service, admin, token, name }) {
  const page = await visit(browser, `${service}/`);
  const told = await fetch(`${service}/v1/process?op=neon`, { method: "POST", body: "" });
  assert.equal(told.status, 401);
  const { message } = await told.json();
  await until("the message is shown", async () => (await page.locator("#problem").textContent()) === message);
  await page.waitForSelector("#token:visible");
  await page.fill("#token", token);
  await page.press("#token", "Enter");
  await until("it goes on", () => page.locator("#problem").isHidden());
  await page.waitForSelector("#save:visible");
  await leave(page);

  const status = await visit(browser, `${admin}/status`);
  const row = await status.waitForSelector("#tokens tr");
  const [given, , requests] = await row.$$eval("td", (cells) => cells.map((cell) => cell.textContent));
  assert.equal(given, name);
  assert.ok(Number(requests) >= 1, requests);
  await leave(status);
}
