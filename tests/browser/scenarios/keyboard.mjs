// Everything without a pointer: adding, ordering, changing, comparing, removing.

import assert from "node:assert/strict";
import { leave, until, visit } from "../browser.mjs";
import { previewed, steps } from "../playground.mjs";

export default async function ({ browser, service }) {
  const page = await visit(browser, `${service}/`);
  await page.waitForSelector("#frame:visible");
  const keys = page.keyboard;
  const tabTo = async (selector) => {
    for (let tabs = 0; tabs < 120; tabs += 1) {
      await keys.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    }
    assert.fail(`no way to ${selector} by the tabulator`);
  };

  await keys.press("Tab");
  await keys.press("Enter"); // the link that skips the head
  await tabTo("#search");
  await keys.type("shado");
  await previewed(page, () => keys.press("Enter"), "neon", "vignette:0.8", "shadow:sigma=5");
  await keys.press("Escape");
  await keys.press("ArrowDown");
  await keys.press("ArrowDown");
  const marked = await page.getAttribute("#search", "aria-activedescendant");
  assert.equal(await page.locator(`#${marked}`).getAttribute("aria-selected"), "true");

  await tabTo("#steps li:nth-child(3) .grip");
  await keys.press("ArrowUp");
  await keys.press("ArrowUp");
  assert.deepEqual(await steps(page), ["shadow", "neon", "vignette"]);
  assert.ok(await page.evaluate(() => document.activeElement.matches("#steps li:first-child .grip")), "the focus goes along");
  await until("it is said", async () => /shadow is now step 1 of 3/.test(await page.textContent("#word")));

  const slider = "#steps li:first-child [data-parameter=sigma] input[type=range]";
  await tabTo(slider);
  const before = await page.locator(slider).getAttribute("aria-valuetext");
  for (let press = 0; press < 60; press += 1) await keys.press("ArrowRight");
  assert.notEqual(await page.locator(slider).getAttribute("aria-valuetext"), before);

  await tabTo("#steps li:nth-child(2) .grip");
  await keys.press("Delete");
  assert.deepEqual(await steps(page), ["shadow", "vignette"]);
  await tabTo("#save");
  await tabTo("[data-copies=curl]");
  await keys.press("Enter");
  await until("it is copied", async () => (await page.evaluate(() => navigator.clipboard.readText())).startsWith("curl "));

  await tabTo("#split");
  await keys.press("End");
  assert.equal(await page.locator("#split").getAttribute("aria-valuetext"), "100 % as it was");
  assert.ok(await page.locator(".tag.right").isHidden());
  await leave(page);
}
