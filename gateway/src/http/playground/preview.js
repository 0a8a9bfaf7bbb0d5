// The live preview: asks for the result soon after a change, drops the answer to what is no longer
// wanted, and shows what came: picture, size, time, or what went wrong.

import * as compare from "./compare.js";
import { at, make, say } from "./dom.js";
import { anatomy, ending } from "./file.js";
import { Refusal, render, untouched } from "./request.js";
import { needed, onChange, state } from "./state.js";
import { blame } from "./steps.js";
import { refresh } from "./code.js";

/** Changes that follow each other more quickly than this, ms, are one. */
const PAUSE = 160;
/** What a service without the picture's format is asked for, so that a browser can show it. */
const SHOWABLE = "png";

let timer;
let asked = new AbortController();
/** The first picture as it was: what it was made for, and what shows it. */
let before = { picture: null, shown: null, bytes: 0 };
/** The first picture that the frame shows something of. */
let framed = null;

export function begin() {
  compare.begin();
  onChange(soon);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
}

async function look() {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  // One that the steps need is still on its way, and will have this called again.
  if (state.pictures.slice(0, needed()).includes(null)) return;
  at("film").setAttribute("aria-busy", "true");
  try {
    const begun = performance.now();
    const answer = await render(signal);
    const result = await answer.blob();
    const took = performance.now() - begun;
    await original();
    if (!signal.aborted) await show(answer, result, took);
  } catch (error) {
    if (!signal.aborted) await refused(error, signal);
  }
  if (!signal.aborted) at("film").removeAttribute("aria-busy");
}

/** Has the first picture ready to be shown beside its result. */
async function original() {
  const [picture] = state.pictures;
  if (before.picture === picture) return;
  let shown = picture.blob ?? (await (await untouched(picture)).blob());
  if (picture.blob && !(await anatomy(shown)).format) shown = await (await untouched(picture, SHOWABLE)).blob();
  before = { picture, shown, bytes: picture.blob?.size };
}

async function show(answer, result, took) {
  const size = await compare.show(before.shown, result);
  framed = before.picture;
  at("gate").classList.remove("untouched", "stale");
  const { format, frames, ms } = await anatomy(result);
  const type = answer.headers.get("content-type") ?? "";
  const facts = [
    format || type,
    size && `${size.width} × ${size.height}`,
    frames > 1 && `${frames} frames, ${(ms / 1000).toFixed(2)} s`,
    bytes(result.size) + change(result.size),
    `${Math.round(took)} ms`,
  ].filter(Boolean);
  at("edge").replaceChildren(...facts.map((fact) => make("span", { text: fact })));
  at("problem").hidden = size !== null;
  at("problem").textContent = size ? "" : "This browser does not show the result's format; it can be saved all the same.";
  blame(null);
  timing(answer.headers.get("server-timing") ?? "");
  const traded = answer.headers.get("x-framefarm-traded");
  at("traded").hidden = !traded;
  at("traded").textContent = traded ? `Given up for max_bytes: ${traded}` : "";
  save(result, ending(type));
  refresh(ending(type));
  say(`Result: ${facts.join(", ")}`);
}

async function refused(error, signal) {
  const told = error instanceof Refusal ? error.message : `The service cannot be reached (${error.message}).`;
  at("problem").textContent = told;
  at("problem").hidden = false;
  at("save").hidden = true;
  at("timing").hidden = true;
  at("edge").replaceChildren(make("span", { text: error.body?.code ?? "no answer" }));
  blame(error.body);
  if (error.status === 401 || error.status === 403) at("access").open ||= error.body?.code !== "source_forbidden";
  at("gate").classList.add("stale");
  if (framed === state.pictures[0]) return;
  // The picture is a new one: what is still there is of another.
  const shown = await original().then(() => before.shown, () => new Blob());
  if (signal.aborted) return;
  framed = state.pictures[0];
  await compare.show(shown, shown);
  at("gate").classList.add("untouched");
}

function bytes(count) {
  if (count < 1024) return `${count} B`;
  return count < 1 << 20 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / (1 << 20)).toFixed(2)} MiB`;
}

/** How the size compares with the file's that came; nothing for one that the service fetched. */
function change(count) {
  if (!before.bytes) return "";
  const percent = Math.round((100 * (count - before.bytes)) / before.bytes);
  return ` (${percent > 0 ? "+" : "−"}${Math.abs(percent)} %)`;
}

/** The phases of `Server-Timing` as parts of a bar. */
function timing(header) {
  const phases = [...header.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, ms]) => ({ name, ms: Number(ms) }));
  const parts = phases.filter(({ name }) => name !== "total");
  at("timing").hidden = parts.length === 0;
  at("timing").querySelector(".bar").replaceChildren(...parts.map(({ name, ms }) => {
    const part = make("i", { class: name });
    part.style.flexGrow = Math.max(ms, 0.01);
    return part;
  }));
  const texts = phases.map(({ name, ms }) => make("span", { class: name, text: `${name} ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` }));
  at("timing").querySelector(".legend").replaceChildren(...texts);
}

function save(result, suffix) {
  const link = at("save");
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(result);
  link.download = `result.${suffix}`;
  link.hidden = false;
}
