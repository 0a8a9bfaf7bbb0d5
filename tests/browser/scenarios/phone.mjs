// 360 px wide and with fingers: nothing has to be moved sideways, whatever is on the page.

import assert from "node:assert/strict";
import { leave, visit } from "../browser.mjs";
import { drop, previewed, steps } from "../playground.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

export default async function ({ browser, service, admin, file }) {
  const page = await visit(browser, `${service}/#op=blur`, PHONE);
  await page.waitForSelector("#frame:visible");
  const fits = async (url, page) => {
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= 360 && screen === 360, `${url}: ${content} px on ${screen}`);
  };
  await fits("playground", page);
  await page.locator("#operation-overlay").scrollIntoViewIfNeeded();
  await previewed(page, () => page.tap("#operation-overlay"), "blur", "overlay:gravity=southeast:scale=0.25:opacity=0.8");
  for (const folded of await page.locator("#steps summary, #options summary").all()) await folded.tap();
  await fits("with every field", page);
  await drop(page, file, `${"a-very-long-name-".repeat(8)}.gif`);
  await page.waitForFunction(() => document.querySelector(".name").textContent.startsWith("a-very-long"));
  await fits("with a long name", page);
  await page.tap("#steps li:first-child [data-action=remove]");
  assert.deepEqual(await steps(page), ["overlay"]);
  await leave(page);

  const status = await visit(browser, `${admin}/status`, PHONE);
  await status.waitForSelector("#workers tr");
  await fits("status", status);
  await leave(status);
}
