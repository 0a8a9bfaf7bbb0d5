// The farm as it is, asked for every second. Everything is set as text, never as markup: names and
// last words come from workers.

import { draw, take } from "./charts.js";

const at = (id) => document.getElementById(id);
const element = (name, text, kind) => {
  const made = document.createElement(name);
  made.textContent = text ?? "–";
  if (kind) made.className = kind;
  return made;
};
const seconds = (s) => {
  if (s === null || s === undefined) return null;
  if (s < 90) return `${s.toFixed(1)} s`;
  return s < 5400 ? `${(s / 60).toFixed(0)} min` : `${(s / 3600).toFixed(1)} h`;
};
const size = (bytes) => {
  if (bytes === null || bytes === undefined) return null;
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;
};
const job = (job) => job && [
  `#${job.id}`, job.phase, job.operation === null ? "" : `op ${job.operation + 1}`,
  job.frame ? `frame ${job.frame}` : "", `for ${seconds(job.age_s)}`, size(job.source_bytes),
].filter(Boolean).join(", ");

function row(worker) {
  const kind = { busy: "busy", idle: "idle" }[worker.state] ?? "gone";
  const made = document.createElement("tr");
  made.append(
    element("td", worker.slot, "number"), element("td", worker.pid, "number"), element("td", worker.state, kind),
    element("td", seconds(worker.age_s), "number"), element("td", worker.jobs, "number"),
    element("td", size(worker.rss_bytes), "number"), element("td", seconds(worker.cpu_s), "number"),
    element("td", job(worker.job)), element("td", worker.last_exit));
  return made;
}

/** Tokens that are shown; the JSON has more. */
const TOKENS = 50;

/** Those that sent most; `tokens` is null where none are needed. */
function showTokens(tokens) {
  at("access").hidden = !tokens?.length;
  if (!tokens) return;
  const left = tokens.length - TOKENS;
  at("more").textContent = left > 0 ? `· the ${TOKENS} that sent most; ${left} more in the JSON` : "";
  at("tokens").replaceChildren(...tokens.slice(0, TOKENS).map((token) => {
    const made = document.createElement("tr");
    const numbers = [token.requests, token.rate_limited, token.requests_per_minute, token.in_progress, token.queued];
    made.append(element("td", token.name), element("td", token.priority), ...numbers.map((number) => element("td", number, "number")));
    return made;
  }));
}

function word(text, isFault) {
  // Said again only when it changes: it is read aloud.
  if (at("word").textContent !== text) at("word").textContent = text;
  at("word").className = isFault ? "fault" : "";
}

function show(status) {
  if (status.draining) word("Draining: it takes no more jobs.", true);
  else if (status.broken) word("All workers keep dying; it tries again with growing pauses.", true);
  else if (status.missing_layers.length) word(`Working. The workers' cage lacks: ${status.missing_layers.join(", ")}.`);
  else word("Working.");
  const facts = {
    version: status.version, pid: status.pid, up: seconds(status.uptime_s), requests: status.requests,
    "waiting jobs": status.queue.jobs, "waiting bytes": size(status.queue.bytes),
    "sources held": size(status.source_bytes), quarantined: status.quarantined,
  };
  at("farm").replaceChildren(...Object.entries(facts).map(([name, fact]) => {
    const made = document.createElement("div");
    made.append(element("dt", name), element("dd", fact));
    return made;
  }));
  at("workers").replaceChildren(...status.workers.map(row));
  showTokens(status.tokens);
}

async function ask(path) {
  const answer = await fetch(new URL(path, document.baseURI), { cache: "no-store" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/** The gateway whose seconds are shown: another one counts its own from the beginning. */
let pid = null;
let newest = 0;

async function look() {
  try {
    const status = await ask("status.json");
    if (status.pid !== pid) [pid, newest] = [status.pid, 0];
    const { seconds: news } = await ask(`status/history.json?after=${newest}`);
    show(status);
    take(news, newest === 0);
    newest = news.at(-1)?.number ?? newest;
    draw();
  } catch (error) {
    word(`No answer from the gateway (${error.message}).`, true);
  }
  setTimeout(look, 1000);
}

look();
