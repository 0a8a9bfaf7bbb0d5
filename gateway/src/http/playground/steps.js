// The list of steps: their fields, their order. By pointer a step is dragged by its grip; by
// keyboard the arrow keys on the grip move it, and the buttons do for both.

import { given, parse, specification } from "./catalogue.js";
import { control } from "./controls.js";
import { at, make, say } from "./dom.js";
import { changed, move, onChange, remove, state } from "./state.js";

/** More fields than this are folded, unless they are at work. */
const OPEN = 4;

export function begin() {
  at("clear").addEventListener("click", () => {
    state.steps = [];
    changed("steps");
    say("All steps removed");
    at("search").focus();
  });
  onChange((what) => what === "steps" && show());
  show();
}

function show() {
  at("steps").replaceChildren(...state.steps.map(card));
  at("empty").hidden = state.steps.length > 0;
  at("clear").hidden = state.steps.length === 0;
}

function card(step, place) {
  const title = `${step.name}, step ${place + 1} of ${state.steps.length}`;
  const button = (action, text, label, click) =>
    make("button", { type: "button", class: "icon", "data-action": action, text, title: label, "aria-label": `${label}: ${title}`, click });
  const grip = make("button", {
    type: "button", class: "grip", "data-action": "grip", text: "⠿", title: "Drag, or use the arrow keys",
    "aria-label": `Move with the arrow keys: ${title}`,
    keydown: (event) => key(event, step), pointerdown: (event) => drag(event, step),
  });
  const up = button("up", "↑", "Earlier", () => shift(step, -1, "up"));
  const down = button("down", "↓", "Later", () => shift(step, 1, "down"));
  up.disabled = place === 0;
  down.disabled = place === state.steps.length - 1;
  const head = make("div", { class: "head" }, grip, make("span", { class: "ordinal", "aria-hidden": "true", text: String(place + 1) }),
    make("h3", { text: step.name, title: specification(step.name)?.description }), up, down,
    button("remove", "×", "Remove", () => drop(step)));
  return make("li", { id: `step-${step.id}`, "aria-label": title }, head, ...fields(step));
}

function fields(step) {
  const spec = specification(step.name);
  if (!spec) return [];
  const { values: samples } = parse(spec.example);
  const atWork = new Set(given(step).map(({ parameter }) => parameter.name));
  const field = (parameter) => control({
    parameter,
    given: step.values[parameter.name],
    sample: samples[parameter.name],
    id: `step-${step.id}-${parameter.name}`,
    change: (text) => {
      if (text === "") delete step.values[parameter.name];
      else step.values[parameter.name] = text;
      changed("values");
    },
  });
  const open = spec.parameters.filter((parameter, place) => spec.parameters.length <= OPEN || place < 2 || atWork.has(parameter.name));
  const folded = spec.parameters.filter((parameter) => !open.includes(parameter));
  const boxes = open.map(field);
  if (folded.length) {
    const details = make("details", { open: step.unfolded, toggle: () => (step.unfolded = details.open) },
      make("summary", { text: `${folded.length} more` }), ...folded.map(field));
    boxes.push(details);
  }
  return boxes;
}

function focus(step, action) {
  const row = document.querySelector(`#step-${step.id}`);
  const wanted = row?.querySelector(`[data-action=${action}]`);
  (wanted?.disabled ? row.querySelector("[data-action=grip]") : wanted)?.focus();
}

function shift(step, by, action) {
  const place = state.steps.indexOf(step) + by;
  if (place < 0 || place >= state.steps.length) return;
  move(step, place);
  focus(step, action);
  say(`${step.name} is now step ${place + 1} of ${state.steps.length}`);
}

function drop(step) {
  const place = state.steps.indexOf(step);
  remove(step);
  say(`${step.name} removed`);
  const next = state.steps[Math.min(place, state.steps.length - 1)];
  if (next) focus(next, "remove");
  else at("search").focus();
}

function key(event, step) {
  if (event.key === "ArrowUp") shift(step, -1, "grip");
  else if (event.key === "ArrowDown") shift(step, 1, "grip");
  else if (event.key === "Delete" || event.key === "Backspace") drop(step);
  else return;
  event.preventDefault();
}

/** The row follows the pointer through the list; the order counts when it is let go. */
function drag(event, step) {
  if (event.button !== 0) return;
  const grip = event.currentTarget;
  const row = grip.closest("li");
  grip.setPointerCapture(event.pointerId);
  row.classList.add("dragged");
  const follow = ({ clientY }) => {
    const others = [...at("steps").children].filter((other) => other !== row);
    const next = others.find((other) => {
      const { top, height } = other.getBoundingClientRect();
      return clientY < top + height / 2;
    });
    // The others make way: a row that is itself moved loses the pointer.
    const wanted = next ? others.indexOf(next) : others.length;
    others.forEach((other, place) => place < wanted ? row.before(other) : null);
    [...others].reverse().forEach((other, place) => others.length - 1 - place >= wanted ? row.after(other) : null);
  };
  const end = () => {
    grip.removeEventListener("pointermove", follow);
    row.classList.remove("dragged");
    const place = [...at("steps").children].indexOf(row);
    if (place !== state.steps.indexOf(step)) {
      move(step, place);
      say(`${step.name} is now step ${place + 1} of ${state.steps.length}`);
    }
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("lostpointercapture", end, { once: true });
}

/** Marks the field that the service says is wrong, and takes the mark from all others. */
export function blame(body) {
  for (const marked of document.querySelectorAll("#steps [aria-invalid]")) marked.removeAttribute("aria-invalid");
  const step = body && state.steps.find((other) => other.name === body.op);
  const field = step && at(`step-${step.id}-${body.parameter}`);
  field?.setAttribute("aria-invalid", "true");
}
