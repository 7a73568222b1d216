// A measurement that is being processed: asked for now and then while somebody looks, and shown once it is settled.

import { api } from "./core.js";
import { h } from "./elements.js";

const [SHORTEST_MS, LONGEST_MS] = [2000, 30000];
const WITHOUT_HOPE = [401, 403, 404];
const place = document.querySelector("[data-waits]");
let wait = SHORTEST_MS;
let timer;
let isOver = false;

async function look() {
  try {
    const { processing_status: state } = await api("GET", `/cell_measurements/${encodeURIComponent(place.dataset.waits)}`);
    if (state !== "pending" && state !== "running") show();
  } catch (error) { // otherwise the server may be back the next time
    if (WITHOUT_HOPE.includes(error.status)) end(`This page waits no longer. ${error.message}`);
  }
  later();
}

/** Load the page anew, unless somebody is typing, who would lose it. */
function show() {
  if (!document.querySelector("form.edit, [data-tags].open")) location.reload();
  end("It is there: ", h("a", { href: location.pathname + location.search }, "load the page"), ".");
}

function end(...words) {
  isOver = true;
  place.replaceChildren(...words);
}

function later() {
  clearTimeout(timer);
  if (document.hidden || isOver) return;
  timer = setTimeout(look, wait);
  wait = Math.min(wait * 1.5, LONGEST_MS);
}

document.addEventListener("visibilitychange", () => { wait = SHORTEST_MS; later(); });
later();
