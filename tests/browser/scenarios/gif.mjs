// A GIF is dropped, two operations are added; the answer moves, and is the same by every spelling,
// whatever the file is called.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFile, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { leave, until, visit } from "../browser.mjs";
import { add, copied, drop, previewed, saved, steps } from "../playground.mjs";

/** A name in which a shell, and curl itself, could find something to do. */
const NAME = `it's; "$(touch made)", \`touch made\` & so on.gif`;

export default async function ({ browser, service, file }) {
  const folder = dirname(file);
  await copyFile(file, join(folder, NAME));
  const page = await visit(browser, `${service}/`);
  await page.waitForSelector("#frame:visible");
  await page.click("#clear");
  await page.selectOption("#format", "");
  await previewed(page, () => drop(page, join(folder, NAME)));
  await previewed(page, () => add(page, "invert"), "invert");
  const response = await previewed(page, () => add(page, "rotate"), "invert", "rotate");
  assert.deepEqual(await steps(page), ["invert", "rotate"]);
  assert.equal(response.headers()["content-type"], "image/gif");

  const edge = await until("the facts are there", async () => {
    const text = await page.locator("#edge").innerText();
    return /GIF/.test(text) && text;
  });
  assert.match(edge, /\b8 frames, 0\.32 s\b/);
  assert.match(edge, /\b64 × 96\b/);
  assert.match(await page.locator("#timing").innerText(), /ops [\d.]+ ms/);

  await page.fill("#split", "0");
  const shot = () => page.locator("#frame").screenshot();
  const first = await shot();
  await until("the picture moves", async () => !first.equals(await shot()));

  const result = await saved(page);
  assert.equal(result.name, "result.gif");
  assert.equal(result.bytes.toString("latin1", 0, 3), "GIF");
  const source = await readFile(file);
  const url = await copied(page, "url");
  const answer = await fetch(url, { method: "POST", body: source });
  assert.ok(result.bytes.equals(Buffer.from(await answer.arrayBuffer())), "by URL");

  const form = new FormData();
  form.append("image", new Blob([source]));
  form.append("job", await copied(page, "json"));
  const posted = await fetch(`${service}/v1/process`, { method: "POST", body: form });
  assert.ok(result.bytes.equals(Buffer.from(await posted.arrayBuffer())), "as a job");

  const run = async () => {
    execFileSync("sh", ["-c", await copied(page, "curl")], { cwd: folder, stdio: "pipe" });
    const made = await readFile(join(folder, "result.gif"));
    assert.ok(!(await readdir(folder)).includes("made"), "the name did something");
    return made;
  };
  assert.ok(result.bytes.equals(await run()), "by curl");
  await previewed(page, () => add(page, "overlay"), "invert", "rotate", "overlay:gravity=southeast:scale=0.25:opacity=0.8");
  await page.waitForFunction(() => document.querySelector("#curl").textContent.includes("-F"));
  assert.ok((await saved(page)).bytes.equals(await run()), "by curl, as a form");
  await leave(page);
}
