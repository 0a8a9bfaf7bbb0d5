// What the result is to be: the format and its options, as the catalogue lists them.

import { catalogue } from "./catalogue.js";
import { control } from "./controls.js";
import { at, make } from "./dom.js";
import { changed, onChange, state } from "./state.js";

/** Shown at once; all others are folded. */
const FIRST = ["quality", "max_bytes"];

export function begin() {
  onChange((what) => what === "steps" && show());
  show();
}

function show() {
  const { format } = state.output;
  const formats = catalogue.formats.map((name) => make("option", { value: name, text: name }));
  const select = make("select", { id: "format", change: () => choose(select.value) },
    make("option", { value: "", text: "as it came" }), ...formats);
  select.value = format;
  const named = make("div", { class: "control choice" }, make("label", { for: "format", text: "format" }), select);
  const [first, others] = split(catalogue.output.filter((option) => option.formats.some(has(format))));
  const folded = others.length
    ? [make("details", {}, make("summary", { text: `${others.length} more` }), ...others.map(field))]
    : [];
  at("options").replaceChildren(named, ...first.map(field), ...folded);
}

/** Whether an option that this format has can be given with the chosen one. */
const has = (chosen) => (format) => chosen === "auto" || format === chosen;

function split(options) {
  // Without a format the service takes this one alone.
  if (!state.output.format) return [catalogue.output.filter((option) => option.name === "max_bytes"), []];
  return [options.filter((option) => FIRST.includes(option.name)), options.filter((option) => !FIRST.includes(option.name))];
}

function choose(format) {
  const kept = catalogue.output.filter((option) => (format ? option.formats.some(has(format)) : option.name === "max_bytes"));
  const names = kept.map((option) => option.name);
  state.output = { format, options: Object.fromEntries(Object.entries(state.output.options).filter(([name]) => names.includes(name))) };
  show();
  at("format").focus();
  changed("output");
}

function field(option) {
  return control({
    parameter: option,
    given: state.output.options[option.name],
    sample: option.name === "max_bytes" ? "50000" : "80",
    id: `output-${option.name}`,
    change: (text) => {
      if (text === "") delete state.output.options[option.name];
      else state.output.options[option.name] = text;
      changed("output");
    },
  });
}
