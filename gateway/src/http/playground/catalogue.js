// The catalogue as the service tells it, and the `op=` spelling of a step. What operations there
// are, and what they take, is known from nowhere else.

import { plain } from "./colour.js";
import { ask } from "./request.js";

let operations = new Map();
export let catalogue = { operations: [], formats: [], output: [] };

/** Asks for it. */
export async function load() {
  const answer = await ask("v1/effects");
  catalogue = await answer.json();
  operations = new Map();
  for (const spec of catalogue.operations) {
    for (const alias of spec.aliases ?? []) operations.set(alias.name, spec);
  }
  for (const spec of catalogue.operations) operations.set(spec.name, spec);
}

export const specification = (name) => operations.get(name);
export const parameters = (step) => specification(step.name)?.parameters ?? [];

/** A step from an `op=` value. One that is not known stays as it is: what to say of it the service knows. */
export function parse(text) {
  let [name, ...given] = text.split(":");
  const spec = specification(name);
  if (!spec) return { name, values: {}, unknown: text };
  const alias = spec.aliases?.find((other) => other.name === name);
  if (alias) given = [...alias.means.split(":").slice(1), ...given];
  const values = {};
  given.forEach((argument, at) => {
    const named = argument.includes("=");
    const key = named ? argument.slice(0, argument.indexOf("=")) : spec.parameters[at]?.name;
    const value = named ? argument.slice(argument.indexOf("=") + 1) : argument;
    if (key && value !== "") values[key] = value;
  });
  return { name: spec.name, values };
}

/** Whether a text says the same as the default. */
export function isDefault(parameter, text) {
  if (text === undefined || text === "") return true;
  if (parameter.default === null) return false;
  if (parameter.type === "number" || parameter.type === "integer") return Number(text) === Number(parameter.default);
  return shortened(parameter, text) === shortened(parameter, parameter.default);
}

/** As it may stand in `op=`, whose separator is the colon. */
function shortened(parameter, text) {
  if (parameter.type === "colour") return plain(text);
  return text.replaceAll(":", "x");
}

/** The parameters of a step that are not at their defaults, each with its text. */
export function given(step) {
  return parameters(step)
    .map((parameter, at) => ({ parameter, at, text: step.values[parameter.name] }))
    .filter(({ parameter, text }) => !isDefault(parameter, text));
}

/** The `op=` value of a step: arguments by place as long as none is left out, then by name. */
export function spell(step) {
  if (step.unknown) return step.unknown;
  const parts = given(step).map(({ parameter, at, text }, before) => {
    const value = shortened(parameter, text);
    return at === before ? value : `${parameter.name}=${value}`;
  });
  return [step.name, ...parts].join(":");
}

/** The JSON object of a step. */
export function object(step) {
  const members = given(step).map(({ parameter, text }) => [parameter.name, typed(parameter, text)]);
  return { op: step.name, ...Object.fromEntries(members) };
}

/** A text as JSON has it. What is no number stays a text, and the service says so. */
export function typed(parameter, text) {
  const number = Number(text);
  if (parameter.type === "boolean") return text === "true";
  if (["number", "integer"].includes(parameter.type) && Number.isFinite(number)) return number;
  return text;
}
