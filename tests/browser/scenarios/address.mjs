// A picture by its address; and a token, which is sent and shown nowhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { leave, until, visit } from "../browser.mjs";
import { copied, previewed, saved } from "../playground.mjs";

export default async function ({ browser, service, file }) {
  const picture = await readFile(file);
  const origin = createServer((_, answer) => answer.end(picture)).listen(0, "127.0.0.1");
  await until("it listens", () => origin.address());
  const page = await visit(browser, `${service}/#op=flip`);
  await page.waitForSelector("#frame:visible");
  const address = `http://127.0.0.1:${origin.address().port}/a b&c.gif`;
  await page.fill("#url-0", address);
  const response = await previewed(page, () => page.press("#url-0", "Enter"), "flip");
  assert.equal(response.request().method(), "GET");
  await until("the facts are there", async () => /8 frames/.test(await page.locator("#edge").innerText()));
  const url = await copied(page, "url");
  assert.equal(new URL(url).searchParams.get("url"), address);
  const answer = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.ok(answer.equals((await saved(page)).bytes), "what the address gives is what was shown");
  origin.close();
  origin.closeAllConnections();

  const secret = "a-secret-that-is-nowhere-else";
  await page.click("#access summary");
  await page.fill("#token", secret);
  const sent = page.waitForRequest((request) => request.headers().authorization === `Bearer ${secret}`);
  await page.press("#token", "Enter");
  await sent;
  const command = await copied(page, "curl");
  assert.match(command, /"Authorization: Bearer \$TOKEN"/);
  assert.ok(![command, page.url(), await page.content()].some((text) => text.includes(secret)));
  const kept = await page.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie]);
  assert.deepEqual(kept, [1, 0, ""]);
  await leave(page);
}
