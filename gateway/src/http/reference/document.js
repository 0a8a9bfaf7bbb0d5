// The document of the service: asked for once, and its references followed.

import { ask } from "../playground/request.js";

let whole;
let all = [];

/** In the order in which a route's methods are shown. */
const METHODS = ["post", "get"];

/** Asks for it. */
export async function load() {
  whole = await (await ask("openapi.json")).json();
  all = Object.entries(whole.paths).map(([path, item]) => {
    const methods = METHODS.filter((method) => item[method]);
    const first = item[methods[0]];
    return { path, methods, item, tag: first.tags[0], text: first.description ?? first.summary };
  });
}

/** Each `{path, methods, item, tag, text}`. */
export const routes = () => all;
export const tags = () => whole.tags;
export const errorCodes = () => Object.entries(whole["x-error-codes"]);

/** What a reference leads to, or the value itself. */
export function follow(value) {
  if (!value?.$ref) return value;
  const steps = value.$ref.slice(2).split("/");
  return steps.reduce((part, step) => part[step.replaceAll("~1", "/").replaceAll("~0", "~")], whole);
}

/** The parameters of a route with that method; an address that an upload makes superfluous comes last. */
export function parameters(route, method) {
  const own = (route.item[method].parameters ?? []).map(follow);
  const shared = (route.item.parameters ?? []).map(follow);
  return method === "get" ? [...own, ...shared] : [...shared, ...own];
}

/** The parts of a form that the method takes: names and schemas. */
export function parts(route, method) {
  const form = route.item[method].requestBody?.content["multipart/form-data"];
  return Object.entries(form?.schema.properties ?? {}).map(([name, schema]) => ({ name, schema: follow(schema) }));
}

/** What a value must be, in words. */
export function expected(schema) {
  const { type, minimum, maximum, "x-unit": unit, default: initial } = schema;
  const known = { binary: "A file", uri: "An address", colour: "A colour", ratio: "A ratio" };
  const kinds = { number: "A number", integer: "A whole number", boolean: "True or false", array: "A list", object: "Named values" };
  const words = [schema.enum ? "One of a list" : (known[schema.format] ?? kinds[type] ?? "A text")];
  if (minimum !== undefined) words.push(`from ${minimum} to ${maximum}`);
  if (unit) words.push(unit);
  if (initial !== undefined) words.push(`· default ${initial === "" ? "none" : initial}`);
  return words.join(" ");
}
