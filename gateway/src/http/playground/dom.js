// Elements. A text is always set as text, never as markup: names of files and messages come from
// elsewhere.

/** The element of the page with that id. */
export const at = (id) => document.getElementById(id);

/**
 * Makes an element. `properties` are attributes, except `text`, `class`, and functions, which listen
 * to the event of their name. Absent children are left out.
 */
export function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") made.textContent = value;
    else if (key === "class") made.className = value;
    else if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Tells whoever cannot see it. */
export function say(text) {
  at("word").textContent = text;
}
