// The three spellings of what was built, each with a button that copies it.

import { at, make, say } from "./dom.js";
import { address, curl, job } from "./request.js";
import { onChange, state } from "./state.js";

let result = "png";

const SPELLINGS = [
  { id: "curl", title: "curl", text: () => curl(result) },
  { id: "url", title: () => (state.pictures[0]?.url ? "URL" : "URL, to POST the picture to"), text: address },
  { id: "json", title: "JSON job", text: () => JSON.stringify(job(), null, 1).replace(/\n\s+/g, " ").replace(/\n/g, " ") },
];

export function begin() {
  at("spellings").replaceChildren(...SPELLINGS.map(({ id, text }) => make("figure", {},
    make("figcaption", { id: `${id}-title` }),
    make("button", { type: "button", class: "copy", "data-copies": id, text: "Copy", click: (event) => copy(event.target, id, text()) }),
    make("pre", { tabindex: "0", "aria-labelledby": `${id}-title` }, make("code", { id })))));
  onChange(show);
  show();
}

/** The result's format is known now. */
export function refresh(ending) {
  result = ending;
  show();
}

function show() {
  for (const { id, title, text } of SPELLINGS) {
    at(`${id}-title`).textContent = typeof title === "string" ? title : title();
    at(id).textContent = text();
  }
}

async function copy(button, id, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say(`${id} copied`);
  } catch {
    // Not allowed, or a page without TLS from another machine: marked, so that one key copies it.
    getSelection().selectAllChildren(at(id));
    button.textContent = "Marked";
    say("Copying is not allowed here; the text is marked");
  }
  setTimeout(() => (button.textContent = "Copy"), 1600);
}
