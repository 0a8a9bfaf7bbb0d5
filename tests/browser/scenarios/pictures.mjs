// The pictures of both pages in the documentation, made by the service from screenshots.

import { writeFile } from "node:fs/promises";
import { leave, visit } from "../browser.mjs";

const DOCS = new URL("../../../docs/", import.meta.url);
const LARGE = { width: 1360, height: 850 };

export default async function ({ browser, service, admin }) {
  const keep = async (name, page) => {
    const png = await page.screenshot();
    const answer = await fetch(`${service}/v1/process?format=webp&quality=82&effort=6`, { method: "POST", body: png });
    await writeFile(new URL(`${name}.webp`, DOCS), Buffer.from(await answer.arrayBuffer()));
    await leave(page);
  };
  for (const [name, options] of [
    ["playground", { viewport: LARGE, colorScheme: "light" }],
    ["playground-dark", { viewport: LARGE, colorScheme: "dark" }],
  ]) {
    const page = await visit(browser, `${service}/`, options);
    await page.waitForSelector("#save:visible, #timing:visible");
    await page.waitForTimeout(400);
    await keep(name, page);
  }

  const end = Date.now() + 150_000;
  const sample = await (await fetch(`${service}/playground/cat.jpg`)).arrayBuffer();
  const client = async (pause) => {
    for (let turn = 0; Date.now() < end; turn += 1) {
      const wave = 1 + Math.sin(Date.now() / 9000);
      const operation = turn % 23 === 7 ? "blur:999" : ["blur:3", "oilpaint:6", "resize:120", "neon"][turn % 4];
      await (await fetch(`${service}/v1/process?op=${operation}`, { method: "POST", body: sample })).arrayBuffer();
      await new Promise((resolve) => setTimeout(resolve, pause * wave));
    }
  };
  const clients = [60, 90, 140, 200].map(client);
  const page = await visit(browser, `${admin}/status`, { viewport: { width: 1200, height: 620 }, colorScheme: "dark" });
  await page.waitForTimeout(end - Date.now() - 1500);
  await keep("status", page);
  await Promise.all(clients);
}
