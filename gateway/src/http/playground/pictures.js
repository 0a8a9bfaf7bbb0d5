// Where the pictures come from: samples, files that are dropped, pasted or chosen, addresses.

import { at, make, say } from "./dom.js";
import { changed, needed, onChange, state } from "./state.js";

const SAMPLES = [
  { name: "windmill.webp", title: "Windmill, an animation" },
  { name: "cat.jpg", title: "A cat, a photograph" },
  { name: "rosette.png", title: "A rosette on nothing" },
];
/** What is laid on when nothing else was given. */
const SECOND = SAMPLES[2];

export async function begin() {
  dropping();
  document.addEventListener("paste", pasted);
  onChange((what) => (what === "steps" || what === "values") && fill());
  if (!state.pictures[0]) await sample(0, SAMPLES[0]);
  show();
  await fill();
}

/** Gives the steps that need another picture the sample, so that they show something. */
async function fill() {
  const missing = [...Array(needed()).keys()].find((place) => !state.pictures[place]);
  if (missing === undefined) return at("further").childElementCount === needed() - 1 || show();
  await sample(missing, SECOND);
  await fill();
}

function put(place, picture) {
  state.pictures[place] = picture;
  show();
  changed("pictures");
  say(`Picture ${place + 1} is now ${picture.name}`);
}

async function sample(place, { name }) {
  const path = `playground/${name}`;
  const answer = await fetch(new URL(path, document.baseURI));
  put(place, { name, path, blob: await answer.blob() });
}

function show() {
  at("first").replaceChildren(...chooser(0));
  const further = [...Array(needed() - 1).keys()].map((before) => before + 1);
  at("further").replaceChildren(...further.map((place) =>
    make("div", { role: "group", "aria-labelledby": `picture-${place}` }, make("h2", { id: `picture-${place}`, text: `Picture ${place + 1}` }), ...chooser(place))));
}

function chooser(place) {
  const picture = state.pictures[place];
  const suffix = place === 0 ? "" : `, picture ${place + 1}`;
  const samples = SAMPLES.map((one) => make("button", {
    type: "button", class: "sample", title: one.title, "aria-label": `Sample: ${one.title}${suffix}`,
    "aria-pressed": String(picture?.path === `playground/${one.name}`), click: () => sample(place, one),
  }, make("img", { src: `playground/${one.name}`, alt: "" })));
  const file = make("input", { type: "file", id: `file-${place}`, class: "unseen", accept: "image/*,.qoi,.pnm,.ppm,.tiff",
    change: () => file.files[0] && put(place, { name: file.files[0].name, blob: file.files[0] }) });
  const button = make("label", { for: `file-${place}`, class: "button", text: "Choose a file" });
  if (suffix) button.append(make("span", { class: "unseen", text: suffix }));
  const url = make("input", { type: "url", id: `url-${place}`, placeholder: "https://…", value: picture?.url ?? "", spellcheck: "false", autocomplete: "off",
    "aria-label": `Address of a picture${suffix}`,
    keydown: (event) => event.key === "Enter" && named(place, url.value),
    change: () => named(place, url.value) });
  const name = make("p", { class: "name", text: picture ? picture.name : "none yet" });
  const hint = place === 0 ? [make("p", { class: "note", text: "or drop one anywhere, or paste it" })] : [];
  return [make("div", { class: "samples" }, ...samples), make("div", { class: "chooser" }, file, button, url), name, ...hint];
}

function named(place, url) {
  const wanted = url.trim();
  if (wanted && wanted !== state.pictures[place]?.url) put(place, { name: wanted, url: wanted });
}

function pasted(event) {
  const [file] = event.clipboardData.files;
  if (file) {
    put(0, { name: file.name || "pasted.png", blob: file });
    event.preventDefault();
  } else if (!event.target.closest?.("input, textarea")) {
    const text = event.clipboardData.getData("text").trim();
    if (/^https?:\/\/\S+$/.test(text)) named(0, text);
  }
}

function dropping() {
  let depth = 0;
  const over = (by) => (event) => {
    event.preventDefault();
    depth = Math.max(0, depth + by);
    at("catch").classList.toggle("ready", depth > 0);
  };
  addEventListener("dragenter", over(1));
  addEventListener("dragleave", over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    over(-Infinity)(event);
    const [file] = event.dataTransfer.files;
    const url = event.dataTransfer.getData("text/uri-list").split("\n")[0].trim();
    // Dropped on the chooser of a further picture it is that picture.
    const place = Number(event.target.closest?.("[aria-labelledby^=picture-]")?.getAttribute("aria-labelledby").slice(8) ?? 0);
    if (file) put(place, { name: file.name, blob: file });
    else if (url) named(place, url);
  });
}
