// What wide.py measures framefarm against: Node's own server and sharp (libvips), a picture as body, what is to be
// done with it in the query, in the order given.
//   node wide.mjs PORT FOLDER      FOLDER has sharp in its node_modules
import http from 'node:http';
import { createRequire } from 'node:module';

const [port, folder] = process.argv.slice(2);
const sharp = createRequire(`${folder}/`)('sharp');

const steps = {
  resize: (image, width, height) => image.resize({ width, height, fit: 'inside' }),
  cover: (image, width, height) => image.resize({ width, height, fit: 'cover' }),
  crop: (image, width, height) => image.extract({ left: 0, top: 0, width, height }),
  rotate: (image, angle) => image.ensureAlpha().rotate(angle),
  turn: (image, angle) => image.rotate(angle),
  flip: (image) => image.flip(),
  grey: (image) => image.grayscale(),
  sharpen: (image, sigma) => image.sharpen({ sigma }),
  median: (image, size) => image.median(size),
  blur: (image, sigma) => image.blur(sigma),
  brightness: (image, brightness) => image.modulate({ brightness }),
  pad: (image, by) => image.extend({ top: by, bottom: by, left: by, right: by, background: '#ffffff' }),
  flatten: (image) => image.flatten({ background: '#ffffff' }),
};

async function answer(query, body) {
  let image = sharp(body, { animated: query.has('frames') });
  for (const [name, values] of query) {
    if (steps[name]) image = steps[name](image, ...values.split(':').filter(Boolean).map(Number));
  }
  const format = query.get('format');
  const options = format === 'webp' && query.has('lossless') ? { lossless: true } : { quality: 80 };
  return image.toFormat(format, format === 'png' || format === 'gif' ? {} : options).toBuffer();
}

http
  .createServer(async (request, response) => {
    try {
      const parts = [];
      for await (const part of request) parts.push(part);
      const query = new URL(request.url, 'http://localhost').searchParams;
      response.end(await answer(query, Buffer.concat(parts)));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  })
  .listen(Number(port), '127.0.0.1', () => console.log('ready'));
