// Comparing: a list of measurements with colours, whose state is the hidden fields of the form, and so the address.

import { api, basket } from "./core.js";
import { sentence } from "./elements.js";
import "./figure.js";

const WAIT_MS = 200;
const section = document.getElementById("comparison");
const list = document.getElementById("entries");
const add = document.getElementById("add");
const matches = document.getElementById("matches");

/** The measurements of the address: id, cycles, place in the palette, and whether each is hidden. */
function entries() {
  const query = new URLSearchParams(location.search);
  const hidden = new Set(query.getAll("hide"));
  return query.getAll("m").map((text) => {
    const [id, cycles = "", colour = ""] = text.split(":");
    return { id, cycles, colour, hidden: hidden.has(id) };
  });
}

function written({ id, cycles, colour }) {
  return [id, cycles, colour].join(":").replace(/:+$/, "");
}

/** The address of the page with these measurements. */
function address(those) {
  const query = new URLSearchParams();
  for (const entry of those) query.append("m", written(entry));
  for (const { id, hidden } of those) if (hidden) query.append("hide", id);
  for (const [name, value] of new URLSearchParams(location.search)) if (name !== "m" && name !== "hide") query.append(name, value);
  return `/ui/compare${query.size ? `?${query}` : ""}`;
}

/** Colours that were given by place stay, also when those before them go. */
function kept(those) {
  return those.map((entry, place) => ({ ...entry, colour: entry.colour === "" ? String(place) : entry.colour }));
}

/** Colours that are as they would be anyway are not written. */
function plain(those) {
  return those.every(({ colour }, place) => colour === "" || colour === String(place)) ? those.map((entry) => ({ ...entry, colour: "" })) : those;
}

function freeColour(those) {
  const taken = new Set(those.map(({ colour }) => colour));
  let place = 0;
  while (taken.has(String(place))) place += 1;
  return String(place);
}

/** Show other measurements: the address, the figure and the rest of the page follow. */
async function show(those) {
  const next = address(plain(those));
  if (!section || !those.length) { location.assign(next); return; }
  history.pushState(null, "", next);
  await follow();
}

async function follow() {
  restate();
  await Promise.all([section.figure.draw(), refresh()]);
}

/** The fields of the form that say what is compared. */
function restate() {
  const state = document.getElementById("state");
  const query = new URLSearchParams(location.search);
  state.replaceChildren(...["m", "hide"].flatMap((name) => query.getAll(name).map((value) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    return field;
  })));
}

let refreshing;

/** Take the list, the table and the properties from a fresh page. */
async function refresh() {
  refreshing?.abort();
  refreshing = new AbortController();
  const { signal } = refreshing;
  try {
    const answer = await fetch(location.href, { signal, credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (signal.aborted || !answer.ok) return;
    for (const id of ["entries", "results", "how-many"]) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id)?.replaceChildren(...fresh.childNodes);
    }
    const facts = page.querySelectorAll("[data-facts]");
    document.querySelectorAll("[data-facts]").forEach((old, place) => renew(old, facts[place]));
    if (section.figure.found) tell(section.figure.found);
    aboutBasket();
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function renew(old, fresh) {
  if (!fresh || old.innerHTML === fresh.innerHTML) return;
  const select = old.closest("select");
  const { value } = select;
  old.replaceChildren(...fresh.childNodes);
  select.value = value;
}

/** Put into the list what the figure found out: colours, and what can not be drawn and why. */
function tell({ chips = {}, lacking = {} }) {
  for (const row of document.querySelectorAll("#entries > li, #results tr[data-id]")) {
    const { id } = row.dataset;
    for (const circle of row.querySelectorAll(".swatch circle")) circle.setAttribute("fill", chips[id] ?? "none");
    row.querySelector(".swatch")?.toggleAttribute("data-none", !(id in chips));
    const why = row.querySelector(".why");
    if (!why) continue;
    why.hidden = !(id in lacking);
    if (id in lacking) why.replaceChildren(...sentence(lacking[id]));
  }
}

/** Show the controls that go with the plot, and have the others say nothing. */
function fit() {
  const { form } = section.figure;
  const plot = form.elements.plot.value;
  for (const label of form.querySelectorAll("[data-for], [data-with]")) {
    const goes = !label.dataset.for || label.dataset.for.split(" ").includes(plot);
    const [name, wanted] = (label.dataset.with ?? "").split("=");
    const given = name ? form.elements[name].value : "";
    const fits = goes && (!name || (wanted ? given === wanted : given !== ""));
    label.hidden = !fits;
    for (const field of label.querySelectorAll("input, select")) field.disabled = !fits;
  }
  const { cycles } = form.elements;
  cycles.placeholder = cycles.dataset.some.split(" ").includes(plot) ? "first, middle, last" : "all, or 1, 3-5";
}

/** Light the row of the measurement that a line of the figure is of. */
function light(id) {
  for (const row of document.querySelectorAll("#entries > li.lit, #results tr.lit")) row.classList.remove("lit");
  if (id) for (const row of document.querySelectorAll(`#entries > li[data-id="${CSS.escape(id)}"], #results tr[data-id="${CSS.escape(id)}"]`)) row.classList.add("lit");
}

/** The page of an address without a selection is that of the basket, where it holds something. */
function toBasket() {
  if (section || entries().length || !basket.read().length) return;
  const query = new URLSearchParams(new URL(basket.address(), location.href).search);
  for (const [name, value] of new URLSearchParams(location.search)) query.append(name, value);
  location.replace(`/ui/compare?${query}`);
}

let isFollowed = false;

function follows() {
  if (isFollowed) return;
  isFollowed = true;
  const { plot } = section.figure;
  const idOf = ({ points }) => section.figure.found.lines?.[points[0]?.curveNumber];
  plot.on("plotly_hover", (event) => light(event.points.length === 1 ? idOf(event) : null));
  plot.on("plotly_unhover", () => light());
  plot.on("plotly_click", (event) => document.querySelector(`#entries > li[data-id="${CSS.escape(idOf(event) ?? "")}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" }));
}

function press(event) {
  const row = event.target.closest("#entries > li");
  const id = row?.dataset.id;
  if (event.target.closest("[data-remove]")) remove(id, row);
  else if (event.target.closest("[data-hide]")) show(entries().map((entry) => (entry.id === id ? { ...entry, hidden: !entry.hidden } : entry)));
  else if (event.target.closest("#clear")) { basket.clear(); show([]); }
  else if (event.target.closest("#take-basket")) take();
  else if (event.target.closest("#keep-basket")) keep();
  else if (event.target.closest("#results th a")) { event.preventDefault(); history.pushState(null, "", event.target.closest("a").href); refresh(); }
}

async function remove(id, row) {
  const next = row.nextElementSibling?.dataset.id ?? row.previousElementSibling?.dataset.id;
  basket.remove(id);
  await show(kept(entries()).filter((entry) => entry.id !== id));
  list.querySelector(`li[data-id="${CSS.escape(next ?? "")}"] [data-remove]`)?.focus();
}

function change(event) {
  if (!event.target.matches("#entries .cycles") || !event.target.reportValidity()) return;
  const { id } = event.target.closest("li").dataset;
  const cycles = event.target.value.replace(/\s+/g, "");
  show(entries().map((entry) => (entry.id === id ? { ...entry, cycles } : entry)));
}

// ---- adding

let waiting;

async function look() {
  const text = add.value.trim();
  if (text.length < 2) { closeMatches(); return; }
  try {
    const { found } = await api("GET", `/ui/compare/search?q=${encodeURIComponent(text)}`);
    if (add.value.trim() !== text) return;
    const there = new Set(entries().map(({ id }) => id));
    matches.replaceChildren(...found.map((each) => match(each, there.has(each.id))));
    matches.hidden = !found.length;
    matched(found.length ? "" : "Nothing is called so.");
  } catch (error) {
    matched(error.message);
  }
}

function matched(text) { document.getElementById("matched").textContent = text; }

function closeMatches() {
  matches.hidden = true;
  matches.replaceChildren();
  matched("");
}

function match(each, isThere) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const of = document.createElement("span");
  button.type = "button";
  button.disabled = isThere;
  button.append(`${each.cell} · ${each.name}`);
  of.className = "dim";
  of.textContent = [isThere ? "in the list" : "", each.spec, each.batch, each.type, each.state === "ready" ? "" : each.state].filter(Boolean).join(", ");
  button.append(of);
  button.addEventListener("click", () => take([each]));
  item.append(button);
  return item;
}

/** Add measurements that were found, or those of the basket. */
async function take(those = basket.read()) {
  const there = kept(entries());
  for (const { id, name, cell } of those) {
    if (there.some((entry) => entry.id === id)) continue;
    const colour = freeColour(there);
    there.push({ id, cycles: "", colour, hidden: false });
    basket.add({ id, name, cell, colour: Number(colour) });
  }
  add.value = "";
  closeMatches();
  await show(there);
  add.focus();
}

/** Put what is on the page into the basket. */
function keep() {
  const colours = new Map(kept(entries()).map(({ id, colour }) => [id, Number(colour)]));
  for (const { dataset: { id, name, cell } } of list.children) basket.add({ id, name, cell, colour: colours.get(id) });
  aboutBasket();
}

/** What the basket has that the page has not, and the other way round. */
function aboutBasket() {
  const here = new Set(entries().map(({ id }) => id));
  const there = new Set(basket.read().map(({ id }) => id));
  const more = [...there].filter((id) => !here.has(id)).length;
  const other = [...here].filter((id) => !there.has(id)).length;
  const [takes, keeps] = [document.getElementById("take-basket"), document.getElementById("keep-basket")];
  takes.hidden = !more;
  takes.textContent = `add ${more} more that you chose`;
  keeps.hidden = !other;
  keeps.textContent = `take ${other === here.size ? "these" : `the other ${other}`} with me`;
  keeps.title = "Put them into your own choice, which follows you from page to page.";
  document.getElementById("from-basket").hidden = !more && !other;
}

function keys(event) {
  if (event.key === "Escape") { closeMatches(); add.focus(); return; }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || matches.hidden) return;
  const all = [add, ...matches.querySelectorAll("button:not(:disabled)")];
  event.preventDefault();
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
}

document.addEventListener("click", press);
document.addEventListener("change", change);
document.addEventListener("basket", aboutBasket);
add.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, WAIT_MS); });
document.querySelector(".adding").addEventListener("keydown", keys);
add.addEventListener("keydown", (event) => { if (event.key === "Enter") matches.querySelector("button:not(:disabled)")?.click(); });
aboutBasket();
toBasket();
if (section) {
  const copied = document.getElementById("copy-link");
  copied.addEventListener("pointerdown", () => { copied.dataset.copy = location.href; });
  copied.addEventListener("keydown", () => { copied.dataset.copy = location.href; });
  fit();
  section.figure.form.addEventListener("change", fit, true);
  section.addEventListener("drawn", (event) => { tell(event.detail); follows(); });
  window.addEventListener("popstate", () => { fit(); follow(); });
}
