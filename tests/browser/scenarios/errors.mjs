// What goes wrong is said in the service's own words, where it went wrong; texts of strangers stay texts.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { leave, until, visit } from "../browser.mjs";
import { drop, previewed } from "../playground.mjs";

const BROKEN = new URL("../../images/broken/jpeg_header_only.jpg", import.meta.url);

export default async function ({ browser, service, file }) {
  const page = await visit(browser, `${service}/#op=blur:2`);
  await page.waitForSelector("#frame:visible");
  const problem = page.locator("#problem");
  assert.ok(await problem.isHidden());
  assert.equal(await problem.getAttribute("role"), "alert");

  const told = await fetch(`${service}/v1/process?op=blur:2`, { method: "POST", body: await readFile(BROKEN) });
  const { message } = await told.json();
  const hostile = '<img src=x onerror="alert(1)">.jpg';
  await previewed(page, () => drop(page, BROKEN.pathname, hostile), "blur:2");
  await until("the message is shown", async () => (await problem.textContent()) === message);
  assert.equal(await page.locator("#first .name").textContent(), hostile);
  assert.equal(await page.locator("img[src=x]").count(), 0);
  await until("nothing of another picture is shown", () => page.locator("#frame").isHidden());

  await previewed(page, () => drop(page, file), "blur:2");
  await until("it is over", () => problem.isHidden());
  const sigma = page.locator("[data-parameter=sigma] input[type=number]");
  await previewed(page, () => sigma.fill("999"), "blur:999");
  await until("the range is named", async () => /0\.1 to 250 px/.test(await problem.textContent()));
  assert.equal(await sigma.getAttribute("aria-invalid"), "true");
  await previewed(page, () => page.click("[data-parameter=sigma] .reset"), "blur");
  await until("it is over", () => problem.isHidden());
  assert.equal(await sigma.getAttribute("aria-invalid"), null);

  const other = await visit(browser, `${service}/#op=flip&op=blurr:3`);
  await until("the nearest name is told", async () => /"blurr".*"blur"/.test(await other.locator("#problem").textContent()));
  await previewed(other, () => other.click("#steps li:nth-child(2) [data-action=remove]"), "flip");
  await until("it is over", () => other.locator("#problem").isHidden());
  await leave(other);

  await page.route("**/v1/process*", (route) => route.abort());
  await sigma.fill("3");
  await until("silence is told too", async () => /cannot be reached/.test(await problem.textContent()));
  await leave(page);
}
