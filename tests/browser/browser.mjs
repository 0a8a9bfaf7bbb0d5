// The browser that the tests drive: Debian's Chromium, without a window. Every page that is
// opened here notes what the browser complains of, so that no scenario has to look for it.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** How long anything may take. Far above what is expected, so that a busy machine fails no test. */
export const PATIENCE_MS = 60_000;

export const open = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });

/** A page of a browser context of its own, at that address; `prepare` may do something to it before. */
export async function visit(browser, url, options = {}, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
  const origin = new URL(url).origin;
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error.stack)));
  page.on("console", (message) => /Content.Security.Policy|TrustedHTML|TrustedScript/.test(message.text()) && page.complaints.push(message.text()));
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !/^(blob|data):/.test(asked)) page.complaints.push(`asked for ${asked}`);
  });
  await page.exposeFunction("violated", (text) => page.complaints.push(text));
  await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => violated(`${event.violatedDirective}: ${event.blockedURI}`)));
  await prepare(page);
  await page.goto(url);
  return page;
}

/** Ends a visit; nothing may have been complained of. */
export async function leave(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

/** Asks again and again until it holds, and gives back what held. */
export async function until(what, condition) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const held = await condition();
    if (held) return held;
    assert.ok(Date.now() < end, `waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
