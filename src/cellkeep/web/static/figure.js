// Figures: the server draws, the page shows. A zoom asks for the same part in full detail, and all of it is in the URL.
//
// <section class="figure" data-src="…" [data-zoom]>
//   <form class="controls">…</form>   its fields are parameters of the figure, and of the page
//   <div class="plot"></div> <p class="status" aria-live="polite"></p>
// </section>

import { api, tell } from "./core.js";
import { sentence } from "./elements.js";

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false };
const dark = matchMedia("(prefers-color-scheme: dark)");
const WAIT_MS = 120;

/** The parameters of a form; what is empty, or as it would be anyway, stays away from the address. */
function asked(form) {
  const query = new URLSearchParams();
  for (const field of form?.elements ?? []) {
    if (!field.name || field.disabled || field.value === "") continue;
    if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
    if (field.dataset.default === field.value) continue;
    if (field.tagName === "SELECT" && field.multiple) for (const each of field.selectedOptions) query.append(field.name, each.value);
    else query.append(field.name, field.value);
  }
  return query;
}

export class Figure {
  constructor(section) {
    this.section = section;
    const owner = section.dataset.form ? document.getElementById(section.dataset.form) : section;
    this.form = owner.querySelector("form.controls");
    this.plot = section.querySelector(".plot");
    this.status = section.querySelector(".status");
    this.zooms = "zoom" in section.dataset;
    this.window = this.zooms ? this.windowOfAddress() : null;
    this.x = this.form?.elements.x?.value;
    this.turn = 0;
    this.ready = false;
    section.figure = this;
    this.listen();
  }

  listen() {
    this.form?.addEventListener("submit", (event) => { event.preventDefault(); this.changed(); });
    this.form?.addEventListener("change", () => this.changed());
    this.form?.addEventListener("input", (event) => {
      if (event.target.type !== "range") return;
      tellValue(event.target);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.changed(), WAIT_MS);
    });
    this.section.addEventListener("click", (event) => this.press(event));
    dark.addEventListener("change", () => this.draw());
  }

  /** Where the figure comes from, with the present controls. */
  source(form = "") {
    const [path, fixed] = this.section.dataset.src.split("?");
    const query = new URLSearchParams(fixed);
    for (const [name, value] of asked(this.form)) query.append(name, value);
    if (this.window) { query.set("from", this.window[0]); query.set("to", this.window[1]); }
    if (dark.matches && !form) query.set("theme", "dark");
    return `${path}${form}?${query}`;
  }

  /** The address of the page in its present state. */
  address() {
    const query = new URLSearchParams();
    const own = new Set([...(this.form?.elements ?? [])].map((field) => field.name));
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (!own.has(name) && !(this.zooms && (name === "from" || name === "to"))) query.append(name, value);
    }
    for (const [name, value] of asked(this.form)) query.append(name, value);
    if (this.window) { query.set("from", this.window[0]); query.set("to", this.window[1]); }
    return `${location.pathname}${query.size ? `?${query}` : ""}`;
  }

  windowOfAddress() {
    const query = new URLSearchParams(location.search);
    return query.has("from") && query.has("to") ? [Number(query.get("from")), Number(query.get("to"))] : null;
  }

  remember() {
    const address = this.address();
    if (address === location.pathname + location.search) return;
    history.pushState(null, "", address);
    relink();
  }

  changed() {
    const x = this.form?.elements.x?.value;
    if (x !== this.x) this.window = null;
    this.x = x;
    this.remember();
    return this.draw();
  }

  /** Over what rows of tables are told, which is what the figure is drawn over unless something else is chosen. */
  overTime() {
    const x = this.form?.elements.x;
    if (!x) return;
    x.value = x.dataset.default;
    this.x = x.value;
  }

  /** Go to a part of the axis; without bounds to all of it. What was drawn to by hand is left for it. */
  async zoom(from, to) {
    this.turn += 1;
    await this.see(from, to);
  }

  async see(from, to) {
    this.window = from === undefined ? null : [from, to];
    this.remember();
    await this.draw();
  }

  async draw() {
    this.coming?.abort();
    const coming = new AbortController();
    this.coming = coming;
    this.section.classList.add("busy");
    const begun = performance.now();
    try {
      const found = await api("GET", this.source(), undefined, { signal: coming.signal });
      if (coming.signal.aborted) return;
      await plotly();
      await this.show(found);
      this.section.dataset.took = Math.round(performance.now() - begun);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.section.classList.add("failed");
      this.status.replaceChildren(...sentence(error.message));
    } finally {
      if (this.coming === coming) this.section.classList.remove("busy");
    }
  }

  async show(found) {
    const { data, layout } = found.figure;
    layout.autosize = true;
    if (this.zooms) for (const name of Object.keys(layout)) if (/^yaxis\d*$/.test(name)) layout[name].fixedrange = true;
    if (this.zooms) this.aim(layout);
    this.found = found;
    this.aimed = Object.fromEntries(Object.entries(layout).filter(([, axis]) => axis?.range).map(([name, { range }]) => [name, [...range]]));
    this.drawing = true;
    await Plotly.react(this.plot, data, layout, CONFIG);
    this.drawing = false;
    this.section.classList.remove("failed");
    this.section.classList.add("drawn");
    this.status.textContent = found.told ?? "";
    const code = this.section.querySelector(".python pre");
    if (code && found.python) {
      code.textContent = found.python;
      this.section.querySelector(".python [data-copy]").dataset.copy = found.python;
    }
    for (const link of this.section.querySelectorAll("a[data-csv]")) link.href = this.source(".csv");
    if (!this.ready) this.follow();
    this.ready = true;
    this.section.dispatchEvent(new CustomEvent("drawn", { detail: found }));
  }

  /** Have the axes go where the window is, which plotly does only with axes that are new to it. */
  aim(layout) {
    for (const name of Object.keys(layout).filter((each) => /^[xy]axis\d*$/.test(each))) layout[name].uirevision += ` ${this.turn}`;
    if (this.window) layout.xaxis.range = this.window;
  }

  /** Listen to what is done in the picture. */
  follow() {
    this.plot.on("plotly_relayout", (change) => this.moved(change));
    this.plot.on("plotly_doubleclick", () => (this.zooms ? this.zoom() : this.whole()));
    this.plot.on("plotly_hover", ({ points }) => this.light(points[0]?.customdata?.[0]));
    this.plot.on("plotly_unhover", () => this.light());
    this.plot.on("plotly_click", ({ points }) => {
      const row = this.rowOf(points[0]?.customdata?.[0]);
      row?.scrollIntoView({ block: "center", behavior: "smooth" });
    });
  }

  /** Show what the figure is drawn to show, where a zoom asks for nothing; the next time all that there is. */
  whole() {
    const axes = Object.keys(this.plot.layout).filter((name) => /^[xy]axis\d*$/.test(name) && !this.plot.layout[name].fixedrange);
    const given = axes.filter((name) => this.aimed[name]);
    const isThere = given.every((name) => String(this.plot.layout[name].range) === String(this.aimed[name]));
    const seen = (name) => (this.aimed[name] && !isThere ? [`${name}.range`, [...this.aimed[name]]] : [`${name}.autorange`, true]);
    return Plotly.relayout(this.plot, Object.fromEntries(axes.map(seen)));
  }

  moved(change) {
    if (this.drawing || !this.zooms) return;
    const axis = Object.keys(change).find((name) => /^xaxis\d*\.range(\[0\])?$/.test(name));
    if (axis) {
      const name = axis.split(".")[0];
      const [from, to] = change[`${name}.range`] ?? [change[`${name}.range[0]`], change[`${name}.range[1]`]];
      this.see(Number(from), Number(to));
    } else if (Object.keys(change).some((name) => /^xaxis\d*\.autorange$/.test(name))) this.zoom();
  }

  rowOf(key) {
    const table = document.querySelector(`table[data-of="${this.section.id}"]`);
    return key === undefined || key === null ? null : table?.querySelector(`tr[data-key="${CSS.escape(String(key))}"]`);
  }

  /** Light the row of a table that belongs to a point. */
  light(key) {
    document.querySelector(`table[data-of="${this.section.id}"] tr.lit`)?.classList.remove("lit");
    this.rowOf(key)?.classList.add("lit");
  }

  press(event) {
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    const name = this.found?.name ?? "figure";
    if (button.dataset.do === "all") this.zoom();
    if (button.dataset.do === "png") save(this.plot, { format: "png", scale: 2, filename: name });
    if (button.dataset.do === "svg") save(this.plot, { format: "svg", filename: name });
  }
}

function save(plot, options) {
  const { width, height } = plot.getBoundingClientRect();
  Plotly.downloadImage(plot, { ...options, width, height }).catch((error) => tell(String(error)));
}

/** Beside a slider, the value that it has; none at its left end. */
function tellValue(slider) {
  const output = slider.form?.querySelector(`output[data-of="${slider.name}"]`);
  if (output) output.textContent = slider.value === slider.dataset.default ? "–" : slider.value;
}

/** The script of plotly, once it is there. */
function plotly() {
  if (globalThis.Plotly) return Promise.resolve();
  const script = document.getElementById("plotly");
  return new Promise((done, failed) => {
    script.addEventListener("load", done, { once: true });
    script.addEventListener("error", () => failed(new Error("The drawing script did not load. Load the page again.")), { once: true });
  });
}

/** A row of a table leads its figure to the part that it is about. */
function lead(event) {
  const row = event.target.closest("tr[data-from]");
  const table = row?.closest("table[data-of]");
  if (!table || event.target.closest("a, button, input")) return;
  if (event.type === "keydown" && event.key !== "Enter") return;
  const figure = document.getElementById(table.dataset.of)?.figure;
  if (!figure) return;
  for (const other of table.querySelectorAll("tr.chosen")) other.classList.remove("chosen");
  row.classList.add("chosen");
  figure.overTime();
  figure.zoom(Number(row.dataset.from), Number(row.dataset.to));
  figure.section.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

/** Links to other views and to other parts of a list, which go on from what the address says now. */
function relink() {
  for (const link of document.querySelectorAll(".tabs a, .pager a")) {
    const query = new URLSearchParams(location.search);
    const own = new URL(link.href).searchParams;
    if (link.closest(".tabs")) {
      for (const name of [...(query.has("x") ? ["from", "to"] : []), "steps", "y", "page", "x"]) query.delete(name);
      query.set("view", own.get("view"));
    } else query.set("page", own.get("page"));
    link.href = `${location.pathname}?${query}`;
  }
}

function back() {
  relink();
  for (const section of document.querySelectorAll("section.figure")) {
    const { figure } = section;
    if (!figure) continue;
    restore(figure.form);
    figure.x = figure.form?.elements.x?.value;
    if (figure.zooms) figure.window = figure.windowOfAddress();
    figure.turn += 1;
    figure.draw();
  }
}

/** Put the controls as the address says. */
function restore(form) {
  const query = new URLSearchParams(location.search);
  for (const field of form?.elements ?? []) {
    if (!field.name) continue;
    const given = query.getAll(field.name);
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = given.length ? given.includes(field.value) : "usual" in field.dataset;
    } else if (field.tagName === "SELECT" && field.multiple) {
      for (const option of field.options) option.selected = given.includes(option.value);
    } else if (field.type !== "hidden") field.value = given[0] ?? field.dataset.default ?? "";
    if (field.type === "range") tellValue(field);
  }
}

document.addEventListener("click", lead);
document.addEventListener("keydown", lead);
window.addEventListener("popstate", back);
for (const section of document.querySelectorAll("section.figure[data-src]")) new Figure(section).draw();
