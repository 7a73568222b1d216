// A measurement that is being processed: asked for now and then while somebody looks, and shown once it is settled.

import { api } from "./core.js";

const [SHORTEST_MS, LONGEST_MS] = [2000, 30000];
const { waits: id } = document.querySelector("[data-waits]").dataset;
let wait = SHORTEST_MS;
let timer;

async function look() {
  try {
    const { processing_status: state } = await api("GET", `/cell_measurements/${encodeURIComponent(id)}`);
    if (state !== "pending" && state !== "running") { location.reload(); return; }
  } catch { /* the server may be back the next time */ }
  later();
}

function later() {
  clearTimeout(timer);
  if (document.hidden) return;
  timer = setTimeout(look, wait);
  wait = Math.min(wait * 1.5, LONGEST_MS);
}

document.addEventListener("visibilitychange", () => { wait = SHORTEST_MS; later(); });
later();
