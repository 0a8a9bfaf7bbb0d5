// From what was built to what is sent, and to the three spellings that people copy.

import { catalogue, object, typed } from "./catalogue.js";
import { needed, query, state } from "./state.js";

/** What a browser can show, so that `format=auto` chooses among these. */
const ACCEPT = "image/avif,image/webp,image/*";
const KEY = "framefarm-token";

/** The token, kept in this tab only. */
export const token = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (text) => (text ? sessionStorage.setItem(KEY, text) : sessionStorage.removeItem(KEY)),
};

/** What the service said to a request that it refused. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body.message ?? `The service answered with status ${status}.`);
    this.status = status;
    this.body = body;
  }
}

/** Asks the service this page came from. */
export async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  const answer = await fetch(new URL(path, document.baseURI), { ...options, headers, cache: "no-store" });
  if (answer.ok) return answer;
  throw new Refusal(answer.status, await answer.json().catch(() => ({})));
}

/** The pictures that go along as files, with the names of their parts. */
function files() {
  const used = state.pictures.slice(0, needed());
  const named = used.map((picture, at) => ({ picture, part: at === 0 ? "image" : `image${at + 1}` }));
  return named.filter(({ picture }) => picture?.blob);
}

/** Method, body and headers for `fetch`, and whether the first picture alone is the body. */
function body() {
  const uploads = files();
  if (uploads.length === 0) return { method: "GET" };
  if (uploads.length === 1 && uploads[0].part === "image") {
    return { method: "POST", body: uploads[0].picture.blob, raw: true };
  }
  const form = new FormData();
  for (const { picture, part } of uploads) form.append(part, picture.blob, picture.name);
  return { method: "POST", body: form };
}

/** Has the pipeline done. */
export function render(signal) {
  const { method, body: sent, raw } = body();
  const headers = { Accept: ACCEPT };
  // Else a browser names the type that it takes the file for, which may be wrong.
  if (raw) headers["Content-Type"] = "application/octet-stream";
  return ask(`v1/process?${query()}`, { method, body: sent, headers, signal });
}

/** A picture as the service reads it, for addresses, and for formats that no browser shows. */
export function untouched(picture, format) {
  const query = new URLSearchParams({ ...(picture.url && { url: picture.url }), ...(format && { format }) });
  const headers = { "Content-Type": "application/octet-stream" };
  return ask(`v1/process?${query}`, picture.url ? {} : { method: "POST", body: picture.blob, headers });
}

/** The address that does it. */
export function address() {
  return new URL(`v1/process?${query()}`, document.baseURI).href.replace(/\?$/, "");
}

/** The job as a form's part `job` has it. */
export function job() {
  const options = catalogue.output.filter((option) => (state.output.options[option.name] ?? "") !== "");
  const output = Object.fromEntries(options.map((option) => [option.name, typed(option, state.output.options[option.name])]));
  if (state.output.format) output.format = state.output.format;
  return { ops: state.steps.map(object), ...(Object.keys(output).length ? { output } : {}) };
}

/** A command for a shell. `ending` is the result's, without the dot. */
export function curl(ending) {
  const uploads = files();
  const samples = uploads.filter(({ picture }) => picture.path);
  const fetched = samples.map(({ picture }) => `curl -sO ${quoted(new URL(picture.path, document.baseURI).href)}`);
  const parts = ["curl --fail"];
  if (token.get()) parts.push('-H "Authorization: Bearer $TOKEN"');
  if (state.output.format === "auto") parts.push(`-H ${quoted(`Accept: ${ACCEPT}`)}`);
  if (uploads.length === 1 && uploads[0].part === "image") parts.push(`--data-binary ${quoted(`@${uploads[0].picture.name}`)}`);
  else parts.push(...uploads.map(({ picture, part }) => `-F ${quoted(`${part}=@${whole(picture.name)}`)}`));
  parts.push(quoted(address()), `-o result.${ending}`);
  return [...fetched, parts.join(" ")].join("\n");
}

/** A name of a file as `curl -F` reads it, to which some characters mean something. */
const whole = (name) => (/[;,"\\]/.test(name) ? `"${name.replace(/["\\]/g, "\\$&")}"` : name);

/** For a POSIX shell, in which everything between apostrophes is itself. */
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
