// The playground, in the order of its story: token, catalogue, what the address says, and then each
// part of the page.

import { load } from "./catalogue.js";
import * as code from "./code.js";
import { at } from "./dom.js";
import * as output from "./output.js";
import * as picker from "./picker.js";
import * as pictures from "./pictures.js";
import * as preview from "./preview.js";
import { token } from "./request.js";
import { adopt, changed } from "./state.js";
import * as steps from "./steps.js";

/** What a newcomer sees. */
const WELCOME = "#op=neon&op=vignette:0.8&format=webp";

let started = false;

at("token").value = token.get();
at("token").addEventListener("change", async () => {
  token.set(at("token").value.trim());
  if (started) changed("steps");
  else await start();
});

// The address holds the pipeline, so the link may not put its own target there.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  at("catalogue").focus();
});
at("sheet").addEventListener("submit", (event) => event.preventDefault());

async function start() {
  try {
    await load();
  } catch (error) {
    at("problem").textContent = error.message;
    at("problem").hidden = false;
    if (error.status) at("access").open = true;
    return;
  }
  started = true;
  at("problem").hidden = true;
  if (!adopt(location.hash)) adopt(WELCOME);
  picker.begin();
  steps.begin();
  output.begin();
  code.begin();
  preview.begin();
  await pictures.begin();
  changed("steps");
  addEventListener("hashchange", () => adopt(location.hash) && changed("steps"));
}

await start();
