// Trying a route: from the fields to a request and its curl command, and the answer.

import { make, say } from "../playground/dom.js";
import { token } from "../playground/request.js";

/** What goes along when no file is chosen; the files are the playground's. */
const SAMPLES = { image: "playground/windmill.webp", image2: "playground/rosette.png" };

/** The picture that is shown, to be let go when the next one comes. */
let shown;

/** Fills the form for one method of a route. `fields` are those of entry.js. */
export function trial(form, route, method, fields) {
  const command = make("pre", { tabindex: "0", "aria-label": "The same as a command" });
  const answer = make("div", { class: "answer", "aria-live": "off" });
  const told = () => (command.textContent = curl(route, method, fields));
  form.onsubmit = async (event) => {
    event.preventDefault();
    told();
    const button = form.querySelector(".send");
    button.disabled = true;
    try {
      answer.replaceChildren(...(await send(route, method, fields)));
      say(`Answered: ${answer.querySelector(".status").textContent}`);
    } catch (error) {
      answer.replaceChildren(make("p", { class: "problem status", text: error.message }));
      say(error.message);
    }
    button.disabled = false;
  };
  form.oninput = told;
  const send_ = make("button", { class: "button send", text: `Send ${method.toUpperCase()}` });
  form.replaceChildren(...fields.map(({ element }) => element), send_, command, answer);
  told();
}

const lines = (input) => input.value.split("\n").map((line) => line.trim()).filter(Boolean);

/** Path and query, without the slash before them. */
function target(route, fields) {
  let path = route.path.slice(1);
  const query = new URLSearchParams();
  for (const { name, place, schema, input } of fields) {
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(input.value));
    if (place !== "query" || input.value === "") continue;
    if (schema.type === "array") lines(input).forEach((line) => query.append(name, line));
    else if (schema.type === "object") lines(input).forEach((line) => query.append(...line.split(/=(.*)/s).slice(0, 2)));
    else query.append(name, input.value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** The parts that go along: each `{name, file}` or `{name, text}` or `{name, sample}`. */
function content(fields) {
  const sampled = (name) => name === "image" || (name === "image2" && !fields.some((field) => field.name === "job"));
  const found = fields.filter(({ place }) => place === "part").map(({ name, input }) => {
    if (input.type !== "file") return input.value.trim() ? { name, text: input.value } : null;
    if (input.files[0]) return { name, file: input.files[0] };
    return sampled(name) ? { name, sample: SAMPLES[name] } : null;
  });
  return found.filter(Boolean);
}

async function send(route, method, fields) {
  const options = { method: method.toUpperCase(), headers: {}, cache: "no-store" };
  if (token.get()) options.headers.Authorization = `Bearer ${token.get()}`;
  const along = await Promise.all(content(fields).map(async ({ name, file, text, sample }) => {
    if (sample) file = await (await fetch(new URL(sample, document.baseURI))).blob();
    return { name, value: text === undefined ? file : new Blob([text], { type: "application/json" }) };
  }));
  if (along.length === 1 && along[0].name === "image") {
    options.body = along[0].value;
    options.headers["Content-Type"] = "application/octet-stream";
  } else if (along.length > 0) {
    options.body = new FormData();
    for (const { name, value } of along) options.body.append(name, value);
  }
  const response = await fetch(new URL(target(route, fields), document.baseURI), options);
  const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return [
    make("h3", { class: "status", text: `${response.status} ${response.statusText}` }),
    make("pre", { tabindex: "0", "aria-label": "Headers of the answer", text: head }),
    await body(response),
  ];
}

async function body(response) {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("image/")) {
    URL.revokeObjectURL(shown);
    shown = URL.createObjectURL(await response.blob());
    return make("img", { src: shown, alt: "The picture that was answered" });
  }
  const text = await response.text();
  let told = text;
  if (type === "application/json") told = JSON.stringify(JSON.parse(text), null, 2);
  return make("pre", { tabindex: "0", "aria-label": "Body of the answer", text: told });
}

/** A command for a shell. */
function curl(route, method, fields) {
  const along = content(fields);
  const named = ({ file, sample }) => file?.name ?? sample.split("/").at(-1);
  const parts = ["curl --fail"];
  if (token.get()) parts.push('-H "Authorization: Bearer $TOKEN"');
  if (along.length === 1 && along[0].name === "image") parts.push(`--data-binary ${quoted(`@${named(along[0])}`)}`);
  else for (const one of along) parts.push(`-F ${quoted(one.text === undefined ? `${one.name}=@${named(one)}` : `${one.name}=${one.text}`)}`);
  parts.push(quoted(new URL(target(route, fields), document.baseURI).href));
  if (route.item[method].security) parts.push("-o result");
  return parts.join(" ");
}

/** For a POSIX shell, in which everything between apostrophes is itself. */
const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
