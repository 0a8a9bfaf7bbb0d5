// Makes calls with dagpijs, as it is but for its base URL, and tells what came of them.
//
// `node calls.js BASE`, from the folder that it is installed in: each line of standard input is a
// call, {"effect", "url", "parameters"}; each gets one line of output, in order: {"result": …} with
// the picture in hexadecimal, or with the name of the error and its text. DAGPI_TOKEN is the token. The first line lists the
// effects that the client knows.

const fs = require("fs");
const path = require("path");
const readline = require("readline");
const { createRequire } = require("module");

const installed = createRequire(path.join(process.cwd(), "package.json"));
const { Client } = installed("dagpijs");

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
// The client prints every answer that is an error.
console.log = () => {};

// They are a type, which only the declarations have.
function effects() {
  const models = path.join(path.dirname(installed.resolve("dagpijs")), "models.d.ts");
  const type = /type ImageFeature = ([^;]*);/.exec(fs.readFileSync(models, "utf8"))[1];
  return [...new Set(type.split("|").map((name) => name.trim().replaceAll('"', "")))].sort();
}

async function process_one(client, { effect, url, parameters }) {
  try {
    const image = await client.image_process(effect, { url, ...parameters });
    // What is not a number becomes null in JSON.
    const limits = [client.ratelimits.ratelimit, client.ratelimits.remaining];
    return { result: image.format, picture: image.image.toString("hex"), limits };
  } catch (error) {
    const result = error.isAxiosError ? "AxiosError" : error.constructor.name;
    return { result, message: error.message };
  }
}

async function main(base) {
  const client = new Client(process.env.DAGPI_TOKEN);
  client.http.defaults.baseURL = base + "/";
  tell({ effects: effects() });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    tell(await process_one(client, JSON.parse(line)));
  }
}

main(process.argv[2]);
