// Each operation as the page writes it, in the query and as JSON, is to the service what the catalogue's
// example is; so is each other name.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { leave, visit } from "../browser.mjs";

export default async function ({ browser, service, file }) {
  const page = await visit(browser, `${service}/`);
  await page.waitForSelector("#frame:visible");
  const spelled = await page.evaluate(async () => {
    const { catalogue, object, parse, spell } = await import(new URL("playground/catalogue.js", document.baseURI));
    const texts = catalogue.operations.flatMap((spec) => [spec.example, ...(spec.aliases ?? []).map((alias) => alias.name)]);
    return texts.map((text) => [text, spell(parse(text)), object(parse(text))]);
  });
  await leave(page);
  assert.ok(spelled.length > 80, `${spelled.length} are not the catalogue`);

  const picture = new Blob([await readFile(file)]);
  const made = async (operations, job) => {
    const form = new FormData();
    form.append("image", picture);
    if (/overlay|watermark/.test(operations + JSON.stringify(job))) form.append("image2", picture);
    if (job) form.append("job", JSON.stringify({ ops: [job] }));
    const answer = await fetch(`${service}/v1/process?${operations ? new URLSearchParams({ op: operations }) : ""}`, { method: "POST", body: form });
    assert.equal(answer.status, 200, `${operations ?? JSON.stringify(job)}: ${answer.statusText}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  for (const [text, query, job] of spelled) {
    const expected = await made(text);
    assert.ok(expected.equals(await made(query)), `${query} is not ${text}`);
    assert.ok(expected.equals(await made("", job)), `${JSON.stringify(job)} is not ${text}`);
  }
}
