// Draws the samples of the playground (gateway/src/http/playground): a windmill that turns, and a
// rosette to lay on other pictures. `node samples.mjs http://127.0.0.1:8080`, with a service running
// there, which makes the animation from the frames.

import { writeFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { open } from "./browser.mjs";

const [service] = process.argv.slice(2);
const folder = new URL("../../gateway/src/http/playground/", import.meta.url);
const [WIDTH, HEIGHT, FRAMES, DELAY_MS] = [640, 400, 24, 60];

const browser = await open();
const page = await browser.newPage();
const frames = [];
for (let frame = 0; frame < FRAMES; frame += 1) {
  frames.push(Buffer.from(await page.evaluate(windmill, [WIDTH, HEIGHT, frame / FRAMES]), "base64"));
}
await writeFile(new URL("rosette.png", folder), Buffer.from(await page.evaluate(rosette, 240), "base64"));
await browser.close();
const answer = await fetch(`${service}/v1/process?format=webp&quality=70&effort=6`, { method: "POST", body: apng(frames) });
if (!answer.ok) throw new Error(await answer.text());
await writeFile(new URL("windmill.webp", folder), Buffer.from(await answer.arrayBuffer()));

/** One frame as PNG in base64; `turn` is the part of a quarter turn. */
function windmill([width, height, turn]) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  const shape = (colour, points) => {
    pen.fillStyle = colour;
    pen.beginPath();
    points.forEach(([x, y]) => pen.lineTo(x, y));
    pen.fill();
  };
  const hill = (colour, top, swell, phase) => {
    const points = [[0, height]];
    for (let x = 0; x <= width; x += 4) points.push([x, top - swell * Math.sin(x / 150 + phase)]);
    shape(colour, [...points, [width, height]]);
  };
  const sky = pen.createLinearGradient(0, 0, 0, 300);
  [[0, "#2c4a7c"], [0.45, "#c8708a"], [0.75, "#f4a261"], [1, "#ffd98a"]].forEach(([at, colour]) => sky.addColorStop(at, colour));
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "#fff1c9";
  pen.beginPath();
  pen.arc(508, 204, 50, 0, 7);
  pen.fill();
  pen.fillStyle = "rgb(255 236 205 / .5)";
  for (const [x, y, size] of [[104, 84, 1.1], [556, 62, 1.2], [176, 150, 0.7]]) {
    pen.beginPath();
    for (const [dx, dy, r] of [[-34, 4, 13], [-12, -4, 19], [14, 0, 16], [36, 5, 11]]) pen.ellipse(x + dx * size, y + dy * size, r * size * 1.3, r * size * 0.7, 0, 0, 7);
    pen.fill();
  }
  hill("#7d5a7d", 262, 22, 0.4);
  hill("#4c5f6b", 286, 16, 2.3);
  hill("#2f6b4f", 312, 10, 4.2);
  // Furrows that run to one point at the horizon.
  for (let furrow = -14; furrow < 26; furrow += 1) {
    const [one, other] = [furrow * 46, furrow * 46 + 23];
    shape(furrow % 4 ? "#8fae4b" : "#d9b44a", [[300 + (one - 300) * 0.18, 330], [300 + (other - 300) * 0.18, 330], [other, height], [one, height]]);
  }
  pen.translate(133, 0);
  shape("#f3e7cf", [[152, 336], [166, 186], [208, 186], [222, 336]]);
  shape("#d8c5a2", [[196, 186], [208, 186], [222, 336], [202, 336]]);
  shape("#8c2f28", [[160, 188], [187, 150], [214, 188]]);
  shape("#3b2a24", [[178, 336], [178, 304], [187, 296], [196, 304], [196, 336]]);
  shape("#3b2a24", [[181, 236], [193, 236], [193, 252], [181, 252]]);
  pen.translate(187, 176);
  pen.rotate((turn * Math.PI) / 2 + 0.35);
  for (let blade = 0; blade < 4; blade += 1) {
    pen.rotate(Math.PI / 2);
    shape("#5a3d30", [[-2.5, 0], [2.5, 0], [2, 124], [-2, 124]]);
    shape("#fbf4e4", [[3, 24], [25, 28], [23, 120], [2, 120]]);
    pen.strokeStyle = "#c9a77a";
    pen.lineWidth = 1.5;
    for (let bar = 36; bar < 120; bar += 12) {
      pen.beginPath();
      pen.moveTo(2, bar);
      pen.lineTo(24, bar);
      pen.stroke();
    }
  }
  pen.fillStyle = "#3b2a24";
  pen.beginPath();
  pen.arc(0, 0, 7, 0, 7);
  pen.fill();
  return canvas.toDataURL("image/png").split(",")[1];
}

/** A rosette, as is given to the best of a show, in base64. */
function rosette(side) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const pen = canvas.getContext("2d");
  pen.scale(side / 240, side / 240);
  const disc = (colour, radius) => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(120, 96, radius, 0, 7);
    pen.fill();
  };
  for (const [tilt, colour] of [[-0.32, "#8e2216"], [0.32, "#a92b1c"]]) {
    pen.save();
    pen.translate(120, 96);
    pen.rotate(tilt);
    pen.fillStyle = colour;
    pen.beginPath();
    [[-24, 30], [24, 30], [24, 132], [0, 112], [-24, 132]].forEach(([x, y]) => pen.lineTo(x, y));
    pen.fill();
    pen.restore();
  }
  pen.fillStyle = "#c8392b";
  pen.beginPath();
  for (let at = 0; at <= 360; at += 1) {
    const angle = (at * Math.PI) / 180;
    const radius = 84 + 6 * Math.sin(angle * 20);
    pen.lineTo(120 + radius * Math.cos(angle), 96 + radius * Math.sin(angle));
  }
  pen.fill();
  disc("#f2b04a", 62);
  disc("#fff6e0", 54);
  pen.fillStyle = "#c8392b";
  pen.beginPath();
  for (let point = 0; point < 10; point += 1) {
    const [angle, radius] = [((point - 2.5) * Math.PI) / 5, point % 2 ? 16 : 38];
    pen.lineTo(120 + radius * Math.cos(angle), 98 + radius * Math.sin(angle));
  }
  pen.fill();
  return canvas.toDataURL("image/png").split(",")[1];
}

/** An APNG of PNGs of one size, which plays for ever. */
function apng(pngs) {
  const chunk = (kind, ...parts) => {
    const body = Buffer.concat([Buffer.from(kind), ...parts]);
    return Buffer.concat([word(body.length - 4), body, word(crc32(body))]);
  };
  const word = (number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(number >>> 0);
    return bytes;
  };
  let number = 0;
  const parts = pngs.flatMap((png, frame) => {
    const [head, data] = [find(png, "IHDR")[0], Buffer.concat(find(png, "IDAT"))];
    const delay = Buffer.from([DELAY_MS >> 8, DELAY_MS & 255, 1000 >> 8, 1000 & 255, 0, 0]);
    const control = chunk("fcTL", word(number++), head.subarray(0, 8), word(0), word(0), delay);
    if (frame > 0) return [control, chunk("fdAT", word(number++), data)];
    return [chunk("IHDR", head), chunk("acTL", word(pngs.length), word(0)), control, chunk("IDAT", data)];
  });
  return Buffer.concat([pngs[0].subarray(0, 8), ...parts, chunk("IEND")]);
}

function find(png, kind) {
  const found = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === kind) found.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return found;
}
