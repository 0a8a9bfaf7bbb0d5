// The reference, in the order of its story: document, list, the route that the address names. Everything
// that it knows of routes is in openapi.json.

import { at, make, say } from "../playground/dom.js";
import { token } from "../playground/request.js";
import { load, routes, tags } from "./document.js";
import { codes, show } from "./entry.js";

/** The entry that is no route. */
const CODES = "#errors";
const WELCOME = "#/v1/process";

at("token").value = token.get();
at("token").addEventListener("change", () => token.set(at("token").value.trim()));
at("sheet").addEventListener("submit", (event) => {
  event.preventDefault();
  token.set(at("token").value.trim());
});
at("search").addEventListener("input", list);
// The address names the route, so the link may not put its own target there.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  at("entry-title").focus();
});
addEventListener("hashchange", () => open(true));

/** The routes that fit what is searched for, by tags. */
function list() {
  const wanted = at("search").value.trim().toLowerCase();
  const fits = (route) => route.path.toLowerCase().includes(wanted) || route.text.toLowerCase().includes(wanted);
  const groups = tags().map(({ name, description }) => {
    const found = routes().filter((route) => route.tag === name && fits(route));
    if (found.length === 0) return null;
    const items = found.map(({ path }) => make("li", {}, make("a", { href: `#${path}`, text: path })));
    return make("section", {}, make("h3", { text: name, title: description }), make("ul", {}, ...items));
  });
  const errors = "errors error codes".includes(wanted);
  const last = errors ? make("section", {}, make("h3", { text: "errors" }), make("ul", {}, make("li", {}, make("a", { href: CODES, text: "error codes" })))) : null;
  const all = [...groups, last].filter(Boolean);
  at("contents").replaceChildren(...(all.length ? all : [make("p", { class: "note", text: "No route is called that." })]));
  mark();
}

/** Shows in the list where we are. */
function mark() {
  for (const link of at("contents").querySelectorAll("a")) {
    if (link.getAttribute("href") === (location.hash || WELCOME)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Opens what the address names; `moved`: somebody went there, and the focus goes along. */
function open(moved) {
  const hash = decodeURI(location.hash || WELCOME);
  const route = routes().find(({ path }) => `#${path}` === hash);
  if (hash === CODES) at("entry").replaceChildren(...codes());
  else if (route) at("entry").replaceChildren(...show(route));
  else at("entry").replaceChildren(make("h2", { id: "entry-title", tabindex: "-1", text: "There is no such route" }));
  mark();
  if (!moved) return;
  at("entry-title").focus();
  at("entry-title").scrollIntoView({ block: "nearest" });
  say(`${at("entry-title").textContent} is shown`);
}

try {
  await load();
  list();
  open(false);
} catch (error) {
  at("problem").textContent = error.message;
  at("problem").hidden = false;
}
