// One route to read: what it takes, which is also the form to try it with, and what it answers.

import { make } from "../playground/dom.js";
import { errorCodes, expected, follow, parameters, parts } from "./document.js";
import { trial } from "./trial.js";

/** The elements of a route. */
export function show(route) {
  const form = make("form", { novalidate: true, "aria-label": `Try ${route.path}` });
  const answers = make("section", { "aria-labelledby": "answers-title" });
  const choose = (method) => {
    const fields = [...parts(route, method).map(part), ...parameters(route, method).map(parameter)];
    trial(form, route, method, fields);
    answers.replaceChildren(make("h3", { id: "answers-title", text: "Answers" }), statuses(route.item[method].responses));
  };
  choose(route.methods[0]);
  return [
    make("h2", { id: "entry-title", tabindex: "-1", text: route.path }),
    make("p", { text: route.text.replaceAll("`", "") }),
    ...(route.methods.length > 1 ? [methods(route, choose)] : []),
    form,
    answers,
  ];
}

function methods(route, choose) {
  const choices = route.methods.map((method, index) => {
    const input = make("input", { type: "radio", name: "method", value: method, checked: index === 0, change: () => choose(method) });
    return make("label", {}, input, method.toUpperCase());
  });
  return make("fieldset", { class: "methods" }, make("legend", { class: "unseen", text: "Method" }), ...choices);
}

function parameter(spec) {
  const input = control(spec.schema, spec.required ? spec.example : undefined);
  const place = spec.in === "path" ? "path" : "query";
  return field(spec.name, place, input, spec.required, spec.description, spec.schema);
}

function part({ name, schema }) {
  const job = schema.type === "object";
  const text = JSON.stringify(schema.examples?.[0] ?? {}, null, 1);
  const input = job ? make("textarea", { spellcheck: "false", placeholder: text }) : make("input", { type: "file" });
  const about = { image: "The picture; a sample unless you choose one.", job: "Operations and output as JSON." };
  return field(name, "part", input, name === "image", about[name] ?? "A further picture, for operations that take it.", schema);
}

/** `{name, place, input, element}`; `place` is path, query or part. */
function field(name, place, input, required, description, schema) {
  input.id = `${place}-${name}`;
  const label = make("label", { for: input.id, text: `${name} ` }, make("span", { text: required ? `${place}, required` : place }));
  const text = [description, `${expected(schema)}.`].filter(Boolean).join(" ").replaceAll("`", "");
  return { name, place, schema, input, element: make("div", { class: "field" }, label, make("p", { text }), input) };
}

function control(schema, value) {
  if (schema.type === "array" || schema.type === "object") {
    const hint = schema.type === "array" ? "one per line" : "name=value, one per line";
    return make("textarea", { spellcheck: "false", placeholder: hint });
  }
  const choices = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
  if (choices) {
    const options = choices.map((choice) => make("option", { text: String(choice), selected: choice === value }));
    return make("select", {}, ...(value === undefined ? [make("option", { value: "", text: "—" })] : []), ...options);
  }
  const number = schema.type === "number" || schema.type === "integer";
  const kind = number ? { type: "number", min: schema.minimum, max: schema.maximum, step: schema.type === "integer" ? 1 : "any" } : { type: "text", spellcheck: "false" };
  return make("input", { ...kind, value, placeholder: schema.default === undefined ? undefined : String(schema.default), autocomplete: "off" });
}

/** Each status with its codes, or what it means. */
function statuses(responses) {
  const rows = Object.entries(responses).map(([status, reference]) => {
    const answer = follow(reference);
    const types = Object.keys(answer.content ?? {}).join(", ");
    const lines = answer.description.split("\n").map((line) => make("div", { text: line.replace(/^- /, "").replaceAll("`", "") }));
    return make("tr", {}, make("td", { text: status }), make("td", {}, ...lines), make("td", { text: types }));
  });
  return table(["status", "what it means", "type"], rows);
}

/** The elements of the table of error codes. */
export function codes() {
  const rows = errorCodes().map(([code, { meaning, v1, effects }]) => make("tr", {}, ...[code, meaning, v1, effects].map((text) => make("td", { text: String(text) }))));
  return [
    make("h2", { id: "entry-title", tabindex: "-1", text: "Error codes" }),
    make("p", { text: "Every error is JSON with a message, a code and a request_id. The two dialects differ in some statuses, because clients of effects know only a few." }),
    table(["code", "what happened", "v1", "effects"], rows),
  ];
}

function table(titles, rows) {
  const head = make("tr", {}, ...titles.map((text) => make("th", { scope: "col", text })));
  // What may scroll must be reachable by keyboard.
  return make("div", { class: "wide", tabindex: "0", role: "group", "aria-label": "Table" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
}
