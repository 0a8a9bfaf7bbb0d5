// The reference: every route is in the list and can be opened, the search finds, and what is sent from it is
// answered; without a pointer, and on a phone too.

import assert from "node:assert/strict";
import { leave, until, visit } from "../browser.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

export default async function ({ browser, service, file }) {
  const { paths } = await (await fetch(`${service}/openapi.json`)).json();
  const page = await visit(browser, `${service}/`);
  await page.click("header a[href=docs]");
  const links = page.locator("#contents a");
  await until("the routes are listed", async () => (await links.count()) > 0);
  const listed = await links.allTextContents();
  assert.deepEqual(listed.toSorted(), [...Object.keys(paths), "error codes"].toSorted());

  await everyRoute(page, Object.keys(paths));
  await trials(page, file);
  await keyboard(page);
  await page.click("header a:text-is('Playground')");
  await page.waitForSelector("#frame:visible");
  await leave(page);
  await phone(browser, service);
}

/** Each shows its own fields and answers. */
async function everyRoute(page, paths) {
  for (const path of paths) {
    await page.evaluate((path) => (location.hash = path), path);
    await until(`${path} is shown`, async () => (await page.textContent("#entry-title")) === path);
    assert.ok((await page.locator("#entry tbody tr").count()) > 0, path);
  }
  await page.evaluate(() => (location.hash = "errors"));
  await until("the codes are shown", async () => (await page.textContent("#entry-title")) === "Error codes");
  assert.match(await page.textContent("#entry"), /overloaded.*503/);
}

const status = (page, wanted) => until(`the answer is ${wanted}`, async () => {
  const shown = page.locator(".answer .status");
  return (await shown.count()) === 1 && (await shown.textContent()).startsWith(wanted);
});

async function trials(page, file) {
  const go = (path) => page.evaluate((path) => (location.hash = path), path);
  // The sample, a file, an address, a job; and what is refused.
  await go("/pixel/");
  await page.fill("#query-size", "12");
  await page.click(".send");
  await status(page, "200");
  await page.waitForFunction(() => document.querySelector(".answer img")?.naturalWidth > 24);
  await page.setInputFiles("#part-image", file);
  assert.match(await page.textContent("#entry form pre"), /--data-binary @moving\.gif .*\/pixel\/\?size=12/);
  await page.click(".send");
  await page.waitForFunction(() => document.querySelector(".answer img")?.naturalWidth === 96);
  await page.fill("#query-size", "100000");
  await page.click(".send");
  await status(page, "422");
  assert.match(await page.textContent(".answer"), /bad_parameter/);

  await go("/overlay/");
  await page.waitForSelector("#part-image2");
  await page.click(".send");
  await status(page, "200");
  await page.click("label:text-is('GET')");
  await page.click(".send");
  await status(page, "200");

  await go("/v1/process");
  await page.waitForSelector("#part-job");
  await page.fill("#query-op", "resize:64\nflip");
  await page.fill("#part-job", '{"ops":[{"op":"blur","sigma":2}],"output":{"format":"webp"}}');
  await page.click(".send");
  await status(page, "200");
  assert.match(await page.textContent(".answer pre"), /content-type: image\/webp/);
}

async function keyboard(page) {
  await page.focus("#search");
  await page.keyboard.type("livez");
  await until("one is left", async () => (await page.locator("#contents a").count()) === 1);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until("the focus went along", () => page.evaluate(() => document.activeElement.id === "entry-title"));
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.matches(".send")));
  await page.keyboard.press("Enter");
  await status(page, "200");
  await until("it is said", async () => /Answered: 200/.test(await page.textContent("#word")));
}

async function phone(browser, service) {
  for (const path of ["/v1/process", "/overlay/", "errors"]) {
    const page = await visit(browser, `${service}/docs#${path}`, PHONE);
    await page.waitForSelector("#entry-title");
    const send = page.locator(".send");
    if (await send.count()) {
      await send.tap();
      await status(page, "200");
    }
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= 360 && screen === 360, `${path}: ${content} px on ${screen}`);
    await leave(page);
  }
}
