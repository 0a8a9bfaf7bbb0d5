// The list of operations with its search: a combobox whose list is always open. The focus stays in
// the search; arrow keys mark, Enter adds.

import { catalogue } from "./catalogue.js";
import { at, make, say } from "./dom.js";
import { add } from "./state.js";

const TITLES = { geometry: "Geometry", tone: "Tone", detail: "Detail", animation: "Animation", effect: "Effects", composite: "Second pictures" };

let rows = [];
let marked = -1;

export function begin() {
  const search = at("search");
  search.addEventListener("input", () => show(search.value));
  search.addEventListener("keydown", key);
  show("");
}

/** Shows what a search finds: by name first, then by other names and what is said of it. */
function show(words) {
  const sought = words.trim().toLowerCase();
  const rank = (spec) => {
    const names = [spec.name, ...(spec.aliases ?? []).map((alias) => alias.name)];
    if (names[0].startsWith(sought)) return 0;
    if (names.some((name) => name.includes(sought))) return 1;
    return spec.description.toLowerCase().includes(sought) || spec.group.startsWith(sought) ? 2 : 3;
  };
  const found = catalogue.operations.map((spec) => ({ spec, rank: rank(spec) })).filter(({ rank }) => rank < 3);
  rows = [];
  marked = -1;
  const row = ({ spec }) => {
    const made = option(spec);
    rows.push({ spec, made });
    return made;
  };
  const groups = sought
    ? [made("Found", found.toSorted((one, other) => one.rank - other.rank).map(row))]
    : Object.entries(Object.groupBy(found, ({ spec }) => spec.group)).map(([group, specs]) => made(TITLES[group] ?? group, specs.map(row)));
  at("found").replaceChildren(...(rows.length ? groups : [make("p", { class: "note", text: "Nothing of that name." })]));
  mark(sought && rows.length ? 0 : -1);
  if (sought) say(`${rows.length} found`);
}

function made(title, options) {
  const head = make("div", { class: "group", "aria-hidden": "true", text: title });
  return make("div", { role: "group", "aria-label": title }, head, ...options);
}

function option(spec) {
  const [first] = spec.description.split(/(?<=[.:;]) /);
  return make("div", {
    role: "option", id: `operation-${spec.name}`, "aria-selected": "false",
    // The focus stays where it is.
    pointerdown: (event) => event.pointerType === "mouse" && event.preventDefault(),
    click: () => take(spec),
    pointerenter: () => mark(rows.findIndex((row) => row.spec === spec), false),
  }, make("b", { text: spec.name }), make("span", { text: first.replace(/[.:;]$/, "") }));
}

function take(spec) {
  const { id } = add(spec);
  say(`${spec.name} added as the last step`);
  document.querySelector(`#step-${id}`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function mark(index, scroll = true) {
  rows[marked]?.made.setAttribute("aria-selected", "false");
  marked = index;
  const row = rows[marked];
  row?.made.setAttribute("aria-selected", "true");
  if (row && scroll) row.made.scrollIntoView({ block: "nearest" });
  at("search").setAttribute("aria-activedescendant", row?.made.id ?? "");
  at("about").textContent = row ? row.spec.description : "";
}

function key(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  const step = steps[event.key];
  if (step && rows.length) mark(Math.min(Math.max(marked + step, 0), rows.length - 1));
  else if (event.key === "Enter" && rows[marked]) take(rows[marked].spec);
  else if (event.key === "Escape" && at("search").value) {
    at("search").value = "";
    show("");
  } else return;
  event.preventDefault();
}
