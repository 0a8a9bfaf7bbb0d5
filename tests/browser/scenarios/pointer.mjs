// Steps are dragged into another order by mouse, and buttons do the same; a second picture is laid on.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { leave, until, visit } from "../browser.mjs";
import { add, copied, previewed, steps } from "../playground.mjs";

export default async function ({ browser, service, file }) {
  const page = await visit(browser, `${service}/#op=invert&op=blur:2&op=flip`);
  await page.waitForSelector("#frame:visible");
  assert.deepEqual(await steps(page), ["invert", "blur", "flip"]);
  const grip = await page.locator("#steps li:nth-child(1) .grip").boundingBox();
  const last = await page.locator("#steps li:nth-child(3)").boundingBox();
  await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await page.mouse.down();
  for (let part = 1; part <= 10; part += 1) await page.mouse.move(grip.x + 5, grip.y + ((last.y + last.height - grip.y) * part) / 10);
  await previewed(page, () => page.mouse.up(), "blur:2", "flip", "invert");
  assert.deepEqual(await steps(page), ["blur", "flip", "invert"]);
  await page.click("#steps li:nth-child(3) [data-action=up]");
  assert.deepEqual(await steps(page), ["blur", "invert", "flip"]);
  await page.click("#steps li:nth-child(1) [data-action=remove]");
  assert.deepEqual(await steps(page), ["invert", "flip"]);

  // The picture that a step comes with may take its time: nothing is asked for before it is there.
  await page.route("**/playground/rosette.png", async (route) => {
    await new Promise((later) => setTimeout(later, 500));
    await route.continue();
  });
  const mixed = ["invert", "flip", "overlay:gravity=southeast:scale=0.25:opacity=0.8"];
  const first = await previewed(page, () => add(page, "overlay"), ...mixed);
  assert.match(first.request().headers()["content-type"], /^multipart\/form-data/);
  assert.equal(first.status(), 200);
  const second = await previewed(page, () => page.setInputFiles("#file-1", file), ...mixed);
  assert.equal(second.status(), 200);
  assert.match(await copied(page, "curl"), /-F image=@windmill\.webp -F image2=@\S+\.gif/);

  // A format that no browser shows is shown as the service reads it.
  const pnm = join(dirname(file), "grey.pgm");
  await writeFile(pnm, "P2 3 2 9 0 1 2 3 4 5\n");
  await previewed(page, () => page.setInputFiles("#file-0", pnm), ...mixed);
  await until("it is as large as it is", async () => (await page.locator("#before").evaluate((image) => image.naturalWidth)) === 3);

  await previewed(page, () => paste(page), ...mixed);
  assert.equal(await page.locator("#first .name").textContent(), "pasted.pgm");

  // The address of the page brings everything back but files.
  await until("the address says it", () => page.url().includes("op=flip"));
  const again = await visit(browser, page.url());
  await again.waitForSelector("#frame:visible");
  assert.deepEqual(await steps(again), ["invert", "flip", "overlay"]);
  await leave(again);
  await leave(page);
}

/** What a browser does when a picture is pasted. */
const paste = (page) => page.evaluate(() => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File(["P2 1 1 9 5\n"], "pasted.pgm"));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
});
