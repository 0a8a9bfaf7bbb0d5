// What visitors do on the playground, as the scenarios say it.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { until } from "./browser.mjs";

/** Does something, and waits for the preview of these operations that it brings about. */
export async function previewed(page, action, ...operations) {
  const wanted = (response) => {
    const url = new URL(response.url());
    const given = url.searchParams.getAll("op");
    return url.pathname === "/v1/process" && JSON.stringify(given) === JSON.stringify(operations);
  };
  const [response] = await Promise.all([page.waitForResponse(wanted), action()]);
  await response.finished();
  await page.waitForFunction(() => !document.querySelector("#film[aria-busy]"));
  return response;
}

/** Drops a file on the page. */
export async function drop(page, path, name = basename(path)) {
  const bytes = (await readFile(path)).toString("base64");
  const transfer = await page.evaluateHandle(([bytes, name]) => {
    const transfer = new DataTransfer();
    const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([raw], name));
    return transfer;
  }, [bytes, name]);
  for (const event of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("main", event, { dataTransfer: transfer });
}

/** Adds the operation that the search finds first. */
export async function add(page, name) {
  await page.fill("#search", name);
  await page.press("#search", "Enter");
}

/** The names of the steps, in order. */
export const steps = (page) => page.locator("#steps h3").allTextContents();

/** Copies a spelling with its button and reads the clipboard. */
export async function copied(page, id) {
  await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
  await page.click(`[data-copies=${id}]`);
  return until("it is copied", async () => {
    const text = await page.evaluate(() => navigator.clipboard.readText());
    return text !== "nothing yet" && text;
  });
}

/** The bytes that "Save the result" saves, and the name that it gives them. */
export async function saved(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
