// One field for one parameter, whatever its type. A field knows texts only: its parameter's
// range and default come from the catalogue, and what is wrong is said by the service.

import { isDefault } from "./catalogue.js";
import { parts } from "./colour.js";
import { make } from "./dom.js";

/** Positions of a slider. */
const POSITIONS = 1000;

/**
 * The field. `given` is its text, absent for the default; `sample` a text at which the operation shows
 * well; `change` is called with each new text, empty for the default. `id` is unique on the page.
 */
export function control({ parameter, given, sample, change, id }) {
  const box = make("div", { class: `control ${parameter.type}`, "data-parameter": parameter.name });
  const shown = given ?? parameter.default ?? "";
  const reset = make("button", {
    type: "button", class: "reset", title: "Default", "aria-label": `Default for ${parameter.name}`,
    text: "↺", click: () => put(""),
  });
  const told = (text) => {
    reset.hidden = isDefault(parameter, text);
    change(text);
  };
  const field = fields[parameter.type] ?? word;
  const { main, others = [], show } = field({ parameter, shown, sample, told, id });
  const put = (text) => {
    show(text === "" ? (parameter.default ?? "") : text);
    told(text);
    main.focus();
  };
  reset.hidden = isDefault(parameter, shown);
  main.id = id;
  main.setAttribute("aria-description", parameter.description);
  const name = make("label", { for: id, title: parameter.description, text: parameter.name });
  if (parameter.unit && parameter.unit !== parameter.name) name.append(make("span", { class: "unit", text: parameter.unit }));
  box.append(name, reset, main, ...others);
  return box;
}

const fields = { number: numeric, integer: numeric, boolean, choice, colour, ratio: word };

function word({ parameter, shown, told }) {
  const placeholder = parameter.type === "ratio" ? "16x9" : "none";
  const main = make("input", { type: "text", value: shown, placeholder, autocomplete: "off", spellcheck: "false",
    input: () => told(main.value.trim()) });
  return { main, show: (text) => (main.value = text) };
}

function boolean({ shown, told }) {
  const main = make("input", { type: "checkbox", change: () => told(String(main.checked)) });
  const show = (text) => (main.checked = text.toLowerCase() === "true");
  show(shown);
  return { main, show };
}

function choice({ parameter, shown, told }) {
  const names = parameter.choices.map((name) => make("option", { value: name, text: name }));
  if (parameter.default === null) names.unshift(make("option", { value: "", text: "–" }));
  const main = make("select", { change: () => told(main.value) }, ...names);
  main.value = shown;
  return { main, show: (text) => (main.value = text) };
}

function colour({ parameter, shown, told }) {
  const main = make("input", { type: "text", value: shown, placeholder: "none", autocomplete: "off", spellcheck: "false",
    input: () => {
      fill();
      told(main.value.trim());
    } });
  const well = make("input", { type: "color", value: parts(shown).rgb, "aria-label": `${parameter.name}, picker`,
    input: () => {
      main.value = well.value + parts(main.value).alpha;
      fill();
      told(main.value);
    } });
  const fill = () => {
    well.value = parts(main.value).rgb;
    well.classList.toggle("clear", ["", "transparent"].includes(main.value.trim()));
  };
  fill();
  const show = (text) => {
    main.value = text;
    fill();
  };
  return { main, others: [well], show };
}

function numeric({ parameter, shown, sample, told }) {
  const { minimum, maximum } = parameter;
  const scale = scaled(parameter, Number(parameter.default ?? sample));
  const main = make("input", { type: "number", min: minimum, max: maximum, value: shown, placeholder: "–",
    step: parameter.type === "integer" ? "1" : "any", inputmode: minimum < 0 ? "text" : "decimal",
    input: () => {
      place();
      told(main.value);
    } });
  const slider = make("input", { type: "range", min: 0, max: POSITIONS, "aria-label": `${parameter.name}, slider`,
    input: () => {
      main.value = scale.value(slider.value / POSITIONS);
      place();
      told(main.value);
    } });
  const place = () => {
    const unset = main.value === "";
    const part = unset ? 0 : scale.position(Number(main.value));
    slider.value = Math.round(part * POSITIONS);
    slider.style.setProperty("--part", `${part * 100}%`);
    slider.classList.toggle("unset", unset);
    slider.setAttribute("aria-valuetext", unset ? "not set" : `${main.value} ${parameter.unit ?? ""}`.trim());
  };
  place();
  const show = (text) => {
    main.value = text;
    place();
  };
  return { main, others: [slider], show };
}

/**
 * Where values lie on a slider. Ranges reach far beyond what is mostly wanted, so they are bent until
 * `usual` lies at two fifths of the way; those on both sides of zero are bent on both sides.
 */
function scaled({ type, minimum, maximum }, usual) {
  const both = minimum < 0 && maximum > 0;
  const [from, to] = [both ? 0 : minimum, maximum];
  const share = (Math.abs(usual) - from) / (to - from);
  const wanted = share > 0 && share < 0.4 ? Math.log(share) / Math.log(0.4) : 1;
  const bend = both && to > 2000 ? 3 : both ? 1 : Math.min(Math.max(wanted, 1), 5);
  const clamped = (part) => Math.min(Math.max(part, 0), 1);
  const bent = (part) => from + (to - from) * clamped(part) ** bend;
  const straight = (value) => clamped((value - from) / (to - from)) ** (1 / bend);
  return {
    value: (part) => {
      const value = both ? Math.sign(part - 0.5) * bent(Math.abs(part - 0.5) * 2) : bent(part);
      return String(rounded(value, type, to - from));
    },
    position: (value) => (both ? 0.5 + (Math.sign(value) * straight(Math.abs(value))) / 2 : straight(value)),
  };
}

/** No more digits than one can see the effect of. */
function rounded(value, type, span) {
  if (type === "integer" || span > 100) return Math.round(value);
  if (span <= 1) return Math.round(value * 100) / 100;
  return Math.round(value * (Math.abs(value) < 1 ? 20 : 10)) / (Math.abs(value) < 1 ? 20 : 10);
}
