// What a file says of itself: its format, its frames and how long they take. Only the blocks of the
// container are walked; what is in them is the browser's business.

const ENDINGS = { "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif" };

/** The ending of files of that content type. */
export const ending = (type) => ENDINGS[type] ?? "bin";

const text = (bytes, from, length) => String.fromCharCode(...bytes.subarray(from, from + length));

/** `{format, frames, ms}`; `format` is empty when it is none of those that are known here. */
export async function anatomy(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const view = new DataView(bytes.buffer);
  const still = (format) => ({ format, frames: 1, ms: 0 });
  try {
    if (text(bytes, 0, 3) === "GIF") return gif(bytes, view);
    if (text(bytes, 1, 3) === "PNG") return png(bytes, view);
    if (text(bytes, 8, 4) === "WEBP") return webp(bytes, view);
  } catch (error) {
    // It ends in the middle of a block.
    if (!(error instanceof RangeError)) throw error;
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return still("JPEG");
  if (text(bytes, 4, 4) === "ftyp") return still(/avif|avis/.test(text(bytes, 8, 24)) ? "AVIF" : "");
  return still("");
}

function gif(bytes, view) {
  const found = { format: "GIF", frames: 0, ms: 0 };
  const table = (flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + table(bytes[10]);
  const skip = () => {
    while (view.getUint8(at)) at += bytes[at] + 1;
    at += 1;
  };
  for (;;) {
    const kind = view.getUint8(at);
    if (kind === 0x21) {
      if (bytes[at + 1] === 0xf9) found.ms += view.getUint16(at + 4, true) * 10;
      at += 2;
      skip();
    } else if (kind === 0x2c) {
      found.frames += 1;
      at += 11 + table(bytes[at + 9]);
      skip();
    } else return found;
  }
}

function png(bytes, view) {
  const found = { format: "PNG", frames: 1, ms: 0 };
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const kind = text(bytes, at + 4, 4);
    if (kind === "acTL") Object.assign(found, { format: "APNG", frames: view.getUint32(at + 8) });
    if (kind === "fcTL") found.ms += (1000 * view.getUint16(at + 28)) / (view.getUint16(at + 30) || 100);
  }
  return found;
}

function webp(bytes, view) {
  const found = { format: "WebP", frames: 0, ms: 0 };
  for (let at = 12; at + 8 <= bytes.length; at += 8 + ((view.getUint32(at + 4, true) + 1) & ~1)) {
    if (text(bytes, at, 4) !== "ANMF") continue;
    found.frames += 1;
    found.ms += view.getUint32(at + 20, true) & 0xffffff;
  }
  found.frames ||= 1;
  return found;
}
