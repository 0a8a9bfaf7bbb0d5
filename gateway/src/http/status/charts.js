// The curves: four small ones over the same five minutes, drawn by hand as SVG. A pointer on one
// shows the same second in all.

/** Seconds from the left to the right. */
const SPAN = 300;
const HEIGHT = 100;
const SVG = "http://www.w3.org/2000/svg";

const whole = (number) => String(number);
const time = (ms) => (ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const stacked = (second) => second.finished + second.refused + second.failed;

/**
 * Each line: its name, its colour's class, and its value of a second, null for none. On a scale by
 * decades the ground is 1: times differ by factors.
 */
const CHARTS = [
  { id: "rate", title: "Answers per second", text: whole, lines: [{ name: "all", kind: "good", area: true, of: stacked }] },
  { id: "latency", title: "Time to the answer", text: time, decades: true, lines: [
    { name: "p99", kind: "middling", of: (second) => second.p99_ms },
    { name: "p50", kind: "good", of: (second) => second.p50_ms }] },
  { id: "queue", title: "Jobs", text: whole, lines: [
    { name: "waiting", kind: "middling", of: (second) => second.queue_jobs },
    { name: "at work", kind: "good", area: true, of: (second) => second.busy }] },
  { id: "errors", title: "Errors per second", text: whole, lines: [
    { name: "refused", kind: "middling", area: true, of: (second) => second.refused },
    { name: "failed", kind: "bad", area: true, of: (second) => second.failed }] },
];

let kept = [];
/** The second under the pointer, counted back from the newest; null: none. */
let pointed = null;

const drawn = CHARTS.map(make);
document.getElementById("curves").append(...drawn.map(({ figure }) => figure));

function make(chart) {
  const part = (name, kind) => Object.assign(document.createElement(name), { className: kind ?? "" });
  const svg = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const [figure, caption, plot, top] = [part("figure"), part("figcaption"), part("div", "plot"), part("output")];
  const picture = svg("svg", { viewBox: `0 0 ${SPAN} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", id: chart.id });
  const cursor = svg("line", { class: "cursor", y1: 0, y2: HEIGHT });
  const legend = part("p");
  const texts = chart.lines.map(({ kind }) => part("span", kind));
  legend.append(...texts);
  const paths = chart.lines.map(({ kind, area }) => svg("path", { class: area ? `${kind} area` : kind }));
  const title = part("b");
  title.textContent = chart.title;
  caption.append(title, legend);
  picture.append(...paths, cursor);
  plot.append(part("hr"), picture, top);
  figure.append(caption, plot);
  plot.addEventListener("pointermove", (event) => {
    const { left, width } = plot.getBoundingClientRect();
    pointed = Math.round(SPAN - (SPAN * (event.clientX - left)) / width);
    draw();
  });
  plot.addEventListener("pointerleave", () => {
    pointed = null;
    draw();
  });
  return { ...chart, figure, picture, top, texts, paths, cursor };
}

/** Takes in what is new; `anew`: it is all there is. */
export function take(news, anew) {
  kept = [...(anew ? [] : kept), ...news].slice(-SPAN);
}

export function draw() {
  const newest = kept.at(-1)?.number ?? 0;
  const shown = kept.find((second) => second.number === newest - (pointed ?? 0));
  document.getElementById("when").textContent = pointed ? `· ${pointed} s ago` : "";
  for (const chart of drawn) {
    const values = chart.lines.flatMap((line) => kept.map(line.of));
    const highest = Math.max(...values.filter((value) => value !== null), 1);
    const most = chart.decades ? 10 ** Math.max(Math.ceil(Math.log10(highest)), 1) : rounded(highest);
    const part = (value) => (chart.decades ? Math.max(Math.log10(value), 0) / Math.log10(most) : value / most);
    chart.top.textContent = chart.text(most);
    chart.lines.forEach((line, at) => {
      chart.paths[at].setAttribute("d", path(line, newest, part));
      const value = shown && line.of(shown);
      chart.texts[at].textContent = `${line.name} ${value === null || value === undefined ? "–" : chart.text(value)}`;
    });
    const x = SPAN - (pointed ?? 0);
    chart.cursor.setAttribute("x1", x);
    chart.cursor.setAttribute("x2", x);
    chart.cursor.classList.toggle("away", pointed === null);
    const told = chart.texts.map((text) => text.textContent).join(", ");
    chart.picture.setAttribute("aria-label", `${chart.title}: ${told}; highest in five minutes below ${chart.text(most)}`);
  }
}

/** Through all seconds that have a value; a gap where there is none. */
function path({ of, area }, newest, part) {
  let [text, begun] = ["", null];
  const close = (x) => {
    if (area && begun !== null) text += `L${x} ${HEIGHT}L${begun} ${HEIGHT}Z`;
    begun = null;
  };
  for (const second of kept) {
    const [x, value] = [SPAN - (newest - second.number), of(second)];
    if (value === null) {
      close(x - 1);
      continue;
    }
    const y = (HEIGHT * (1 - part(value))).toFixed(1);
    text += begun === null ? `M${x} ${y}h.01` : `L${x} ${y}`;
    begun ??= x;
  }
  close(SPAN);
  return text;
}

/** The next of 1, 2, 5, 10, 20, 50 … */
function rounded(most) {
  const decade = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].find((step) => step * decade >= most) * decade;
}
