// What the visitor has built: pictures, steps, output. Everybody who shows it listens for changes;
// nobody but this file keeps it. The address of the page holds all of it that is no file.

import { parameters, parse, spell } from "./catalogue.js";

export const PICTURES = 4;

export const state = {
  /** Each `{name, blob, path?}` or `{name, url}`, or null. `path`: it is a sample of this page. */
  pictures: Array(PICTURES).fill(null),
  /** Each `{id, name, values}`; values are texts by parameter, absent ones are defaults. */
  steps: [],
  output: { format: "", options: {} },
};

const listeners = [];
let lastId = 0;
/** Browsers refuse to change the address at every move of a slider. */
let keeping;

/** `listener` is called with what changed: "pictures", "steps" (which there are), "values", "output". */
export function onChange(listener) {
  listeners.push(listener);
}

export function changed(what) {
  clearTimeout(keeping);
  keeping = setTimeout(() => history.replaceState(null, "", `#${query()}`), 300);
  for (const listener of listeners) listener(what);
}

/** A step of that operation as its example has it, at the end. */
export function add(spec) {
  const step = { id: ++lastId, ...parse(spec.example) };
  state.steps.push(step);
  changed("steps");
  return step;
}

export function remove(step) {
  state.steps = state.steps.filter((other) => other !== step);
  changed("steps");
}

/** Puts a step at another place. */
export function move(step, place) {
  const others = state.steps.filter((other) => other !== step);
  others.splice(Math.max(0, Math.min(place, others.length)), 0, step);
  state.steps = others;
  changed("steps");
}

/** The number of pictures that the steps need. */
export function needed() {
  const taken = state.steps.map((step) =>
    parameters(step).some((parameter) => parameter.name === "picture") ? Math.trunc(step.values.picture) || 2 : 1);
  return Math.min(Math.max(1, ...taken), PICTURES);
}

/** Steps and output as they stand in a query. */
export function query() {
  const pairs = state.steps.map((step) => ["op", spell(step)]);
  const { format, options } = state.output;
  if (format) pairs.push(["format", format]);
  pairs.push(...Object.entries(options).filter(([, text]) => text !== ""));
  state.pictures.slice(0, needed()).forEach((picture, at) => {
    if (picture?.url) pairs.push([at === 0 ? "url" : `url${at + 1}`, picture.url]);
  });
  return pairs.map(([name, text]) => `${name}=${encoded(text)}`).join("&");
}

/** Percent-encoded as far as a query needs it. */
function encoded(text) {
  return encodeURIComponent(text).replace(/%(3A|2F|2C|3D)/g, decodeURIComponent);
}

/** Takes over what an address of this page says; whether it says anything. */
export function adopt(hash) {
  if (!hash.includes("=")) return false;
  const pairs = [...new URLSearchParams(hash.replace(/^#/, ""))];
  const [steps, options] = [[], {}];
  let format = "";
  for (const [name, text] of pairs) {
    const place = /^url([2-4]?)$/.exec(name);
    if (name === "op") steps.push({ id: ++lastId, ...parse(text) });
    else if (place) state.pictures[Number(place[1] || 1) - 1] = { name: text, url: text };
    else if (name === "format") format = text;
    else options[name] = text;
  }
  state.steps = steps;
  state.output = { format, options };
  return true;
}
