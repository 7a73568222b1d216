// The wall of the laboratory: it keeps itself up to date, and only what has changed is put anew, so that nothing jumps.

import { api, localise, tell } from "./core.js";

const EVERY_MS = 30_000;
const TYPING_MS = 250;
const WIDE = matchMedia("(min-width: 1101px)");
const main = document.getElementById("main");
const wall = document.getElementById("wall");
const channel = document.getElementById("channel");
const ask = document.getElementById("ask");
const fresh = document.getElementById("fresh");
const pause = document.getElementById("pause");
const CLOCK = new Intl.DateTimeFormat("sv-SE", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });
const LENGTHS = [["d", 86_400], ["h", 3_600], ["min", 60]];

let shown = shape(location);
let version = wall.dataset.version;
let refreshed = Date.now();
let coming;
let timer;

/** What of an address decides which tiles there are. */
function shape(address) {
  const query = new URLSearchParams(address.search);
  query.delete("channel");
  return query.toString();
}

/** Ask what has changed, and show it. */
async function refresh() {
  clearTimeout(timer);
  coming?.abort();
  const own = coming = new AbortController();
  const wanted = shape(location);
  const headers = { "X-Cellkeep-Page": "1", Accept: "application/json" };
  if (wanted === shown) headers["X-Cellkeep-Known"] = version;
  try {
    const found = await api("GET", location.pathname + location.search, undefined, { headers, signal: own.signal });
    if (own.signal.aborted) return;
    if (found.wall !== null) put(found.wall, wanted === shown);
    [shown, version, refreshed] = [wanted, found.version, Date.now()];
    detail(found.channel);
    told();
  } catch (error) {
    if (error.name === "AbortError") return;
    fresh.textContent = `not since ${CLOCK.format(refreshed)}: ${error.message}`;
    fresh.parentElement.classList.add("old");
  }
  ages();
  again();
}

function again() {
  clearTimeout(timer);
  if (!document.hidden && pause.getAttribute("aria-pressed") !== "true") timer = setTimeout(refresh, EVERY_MS);
}

function told() {
  const rests = pause.getAttribute("aria-pressed") === "true";
  fresh.textContent = `as of ${CLOCK.format(refreshed)}, ${rests ? "paused" : "anew every 30 s"}`;
  fresh.parentElement.classList.remove("old");
}

/** Put the wall in place: all of it where other tiles are asked for, otherwise only those that have changed. */
function put(html, alike) {
  const held = focus();
  const coming = document.createElement("template");
  coming.innerHTML = html;
  const [before, after] = [[...wall.children], [...coming.content.children]];
  const fits = before.length === after.length && before.every((part, place) => part.tagName === after[place].tagName && part.id === after[place].id);
  if (alike && fits) before.forEach((part, place) => patch(part, after[place]));
  else wall.replaceChildren(...after);
  held?.();
  choose();
}

function patch(part, next) {
  const [tiles, others] = [part, next].map((each) => [...each.querySelectorAll(".tile")]);
  const alike = tiles.length && tiles.length === others.length && tiles.every(({ id }, place) => id === others[place].id);
  if (!alike) { part.replaceWith(next); return; }
  part.querySelector("h3").replaceWith(next.querySelector("h3"));
  tiles.forEach((tile, place) => { if (tile.dataset.v !== others[place].dataset.v) tile.replaceWith(others[place]); });
}

/** What has the focus, as a way to give it back to what comes in its place. */
function focus() {
  const held = document.activeElement;
  const tile = held?.closest?.(".tile");
  if (!tile) return null;
  return () => { if (!held.isConnected) document.getElementById(tile.id)?.querySelector(`.${held.classList[0]}`)?.focus(); };
}

function detail(html) {
  const isOpen = channel.firstElementChild !== null;
  const coming = document.createElement("template");
  coming.innerHTML = html;
  localise(coming.content);
  if (channel.textContent.trim() === coming.content.textContent.trim()) return;
  channel.replaceChildren(coming.content);
  if (!isOpen) channel.querySelector("h2")?.focus({ preventScroll: WIDE.matches });
}

function choose() {
  const id = new URLSearchParams(location.search).get("channel");
  wall.querySelector(".tile.chosen")?.classList.remove("chosen");
  if (id) document.getElementById(`t-${id}`)?.classList.add("chosen");
}

/** Lengths of time go on between two answers. */
function ages() {
  const now = Date.now() / 1000;
  for (const span of wall.querySelectorAll("[data-t]")) {
    const text = length(Math.abs(now - span.dataset.t));
    if (span.textContent !== text) span.textContent = text;
  }
}

function length(seconds) {
  const [unit, size] = LENGTHS.find(([, least]) => seconds >= least) ?? LENGTHS.at(-1);
  const count = seconds / size;
  return `${count >= 9.95 || unit === "min" ? Math.round(count) : Number(count.toFixed(1))} ${unit}`;
}

function go(query, replace = false) {
  const address = `${location.pathname}${query.size ? `?${query}` : ""}`;
  if (address === location.pathname + location.search) return;
  if (replace) history.replaceState(null, "", address); else history.pushState(null, "", address);
  choose();
  refresh();
}

/** The present address with the fields of the form. */
function asked() {
  const query = new URLSearchParams(location.search);
  for (const field of ask.elements) {
    if (!field.name || field.type === "hidden") continue;
    const value = field.type === "checkbox" ? (field.checked ? field.value : "") : field.value.trim();
    if (value) query.set(field.name, value); else query.delete(field.name);
  }
  return query;
}

/** The fields of the form as the address says. */
function restore() {
  const query = new URLSearchParams(location.search);
  for (const field of ask.elements) {
    if (!field.name || field.type === "hidden") continue;
    if (field.type === "checkbox") field.checked = query.has(field.name); else field.value = query.get(field.name) ?? "";
  }
}

function open(id) {
  const query = new URLSearchParams(location.search);
  const before = query.get("channel");
  if (id) query.set("channel", id); else query.delete("channel");
  go(query);
  if (!id && before) document.getElementById(`t-${before}`)?.querySelector(".at").focus();
}

async function watch(button) {
  const isOn = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", !isOn);
  try {
    await api(isOn ? "DELETE" : "POST", `/cell_measurements/${encodeURIComponent(button.dataset.watch)}/watch`);
  } catch (error) {
    button.setAttribute("aria-pressed", isOn);
    tell(error.message);
  }
}

function press(event) {
  const button = event.target.closest("[data-watch]");
  if (button) { watch(button); return; }
  const link = event.target.closest(".lab a");
  if (!link || link.pathname !== location.pathname || link.closest(".project")) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const query = new URLSearchParams(link.search);
  if (query.has("channel") && !link.matches("[data-ask]")) open(query.get("channel"));
  else if (link.matches("[data-close]")) open(null);
  else { go(query); restore(); }
}

/** Arrows lead from tile to tile, `w` watches, Escape closes the panel. */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
  if (event.key === "Escape" && channel.firstElementChild) { open(null); return; }
  const tile = event.target.closest(".tile");
  if (!tile) return;
  if (event.key === "w") tile.querySelector(".watch")?.click();
  const next = beside(tile, event.key);
  if (next) { event.preventDefault(); next.querySelector(".at").focus(); }
}

function beside(tile, arrow) {
  const tiles = [...wall.querySelectorAll(".tile")];
  const place = tiles.indexOf(tile);
  if (arrow === "ArrowRight") return tiles[place + 1];
  if (arrow === "ArrowLeft") return tiles[place - 1];
  if (arrow !== "ArrowDown" && arrow !== "ArrowUp") return null;
  const { left, top } = tile.getBoundingClientRect();
  const further = arrow === "ArrowDown" ? tiles.slice(place + 1) : tiles.slice(0, place).reverse();
  return further.find((each) => {
    const box = each.getBoundingClientRect();
    return Math.abs(box.left - left) < 2 && Math.abs(box.top - top) > 2;
  });
}

pause.addEventListener("click", () => {
  pause.setAttribute("aria-pressed", pause.getAttribute("aria-pressed") !== "true");
  if (pause.getAttribute("aria-pressed") === "true") { told(); again(); } else refresh();
});
ask.addEventListener("submit", (event) => { event.preventDefault(); go(asked()); });
ask.addEventListener("change", () => go(asked()));
ask.addEventListener("input", ({ target }) => {
  if (target.type !== "search") return;
  clearTimeout(ask.timer);
  ask.timer = setTimeout(() => go(asked(), true), TYPING_MS);
});
document.addEventListener("click", press);
document.addEventListener("keydown", key);
document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - refreshed > EVERY_MS) refresh(); else again(); });
window.addEventListener("popstate", () => { restore(); choose(); refresh(); });

main.classList.add("live");
pause.hidden = false;
told();
choose();
again();
