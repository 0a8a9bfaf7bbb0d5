// axe finds nothing to object to, by day and by night, on a large screen and on a phone; both
// schemes are schemes of their own.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { leave, visit } from "../browser.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PIPELINE = "op=overlay&op=tint:f80&op=resize:200&op=blur:999&op=noise&format=webp";

export default async function ({ browser, service, admin }) {
  const papers = new Set();
  for (const colorScheme of ["light", "dark"]) {
    for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
      for (const [url, ready] of [[`${service}/`, "#frame:visible"], [`${service}/#${PIPELINE}`, "#problem:visible"], [`${service}/docs#/v1/process`, "#entry-title"], [`${service}/docs#errors`, "#entry-title"], [`${admin}/status`, "#workers tr"]]) {
        const page = await visit(browser, url, { colorScheme, viewport });
        await page.waitForSelector(ready);
        if (ready === "#frame:visible") await page.click("#access summary");
        papers.add(`${colorScheme} ${await page.evaluate(() => getComputedStyle(document.body).color)}`);
        assert.deepEqual(await objections(page), [], `${url}, ${colorScheme}, ${viewport.width} px`);
        await leave(page);
      }
    }
  }
  assert.equal(papers.size, 2, [...papers].join(", "));
}

async function objections(page) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => axe.run());
  assert.ok(passes.length > 15, "axe has looked at the page");
  return violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
}
