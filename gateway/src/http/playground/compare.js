// Before and after, one over the other, with a line between them that a slider moves. The frame
// is as large as there is room for, and at most twice as large as the result.

import { at } from "./dom.js";

/** Small pictures are not blown up further. */
const ENLARGED_MAX = 2;

export function begin() {
  const split = at("split");
  split.addEventListener("input", place);
  new ResizeObserver(fit).observe(at("gate"));
  place();
}

function place() {
  const { value } = at("split");
  at("frame").style.setProperty("--split", `${value}%`);
  at("split").setAttribute("aria-valuetext", `${value} % as it was`);
  at("gate").classList.toggle("all-before", value === "100");
  at("gate").classList.toggle("all-after", value === "0");
}

/** Shows both at once, so that two animations begin together; nothing when neither can be shown. */
export async function show(before, after) {
  const [one, other] = await Promise.all([decoded(before), decoded(after)]);
  for (const [id, blob] of [["before", one ? before : after], ["after", other ? after : before]]) {
    const image = at(id);
    const old = image.src;
    // An address of its own each time: else an animation goes on where its earlier showing is.
    image.src = URL.createObjectURL(blob);
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  }
  const size = other ?? one;
  at("frame").hidden = !size;
  if (!size) return null;
  Object.assign(at("frame").dataset, size);
  fit();
  return other;
}

/** The size of a picture once it can be shown; null when the browser cannot show it. */
async function decoded(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

function fit() {
  const { width, height } = at("frame").dataset;
  if (!width) return;
  const { clientWidth, clientHeight } = at("gate");
  const scale = Math.min(clientWidth / width, clientHeight / height, ENLARGED_MAX);
  at("frame").style.width = `${Math.round(width * scale)}px`;
  at("frame").style.height = `${Math.round(height * scale)}px`;
}
