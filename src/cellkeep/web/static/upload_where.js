// Where files go: the project, the specification, and the cell of each, existing or new.

import { api } from "./core.js";
import { h } from "./elements.js";

const KEPT = ["spec", "rated", "batch", "zone", "tags", "cell"];
const SHORTEST_NAME = 3;

export class Where {
  constructor(form, projectId, changed) {
    Object.assign(this, { form, projectId, places: { specs: [], batches: [], cells: [], zone: null } });
    this.key = `cellkeep.upload.${projectId}`;
    this.restore();
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      if (event.target.name === "project") { location.search = new URLSearchParams({ project: event.target.value }); return; }
      this.keep();
      this.show();
      changed();
    });
  }

  async load() {
    this.places = await api("GET", `/ui/upload/places?project=${encodeURIComponent(this.projectId)}`);
    this.fill("specs", this.places.specs.map(({ name }) => name));
    this.preset();
    this.show();
  }

  /** Take over the cell or the specification that the address names, from whose page somebody came. */
  preset() {
    const query = new URLSearchParams(location.search);
    const cell = this.places.cells.find(({ id }) => id === query.get("cell"));
    const spec = this.places.specs.find(({ id }) => id === (cell?.spec_id ?? query.get("spec")));
    if (spec && this.form.elements.spec.value === "") this.form.elements.spec.value = spec.name;
    this.cellName = cell?.name;
  }

  fill(id, names) {
    document.getElementById(id).replaceChildren(...[...new Set(names)].map((name) => h("option", { value: name })));
  }

  value(name) { return this.form.elements[name].value.trim(); }

  keep() {
    const kept = Object.fromEntries(KEPT.map((name) => [name, this.form.elements[name].value]));
    try { sessionStorage.setItem(this.key, JSON.stringify(kept)); } catch { /* then it is not kept */ }
  }

  restore() {
    let kept = {};
    try { kept = JSON.parse(sessionStorage.getItem(this.key) ?? "{}"); } catch { /* nothing is kept */ }
    for (const name of KEPT) if (kept[name]) this.form.elements[name].value = kept[name];
  }

  /** What the choice means is said beside it. */
  show() {
    const spec = this.spec(this.value("spec"));
    const isNew = this.value("spec") !== "" && !spec;
    this.form.querySelector(".of-new").hidden = !isNew;
    this.fill("batches", this.places.batches.filter((each) => each.spec_id === spec?.id).map(({ name }) => name));
    const cells = spec ? this.places.cells.filter((each) => each.spec_id === spec.id) : this.places.cells;
    this.fill("cells", cells.map(({ name }) => name));
    const told = [];
    if (isNew) told.push(`The specification ‘${this.value("spec")}’ is new: it is made with the first file. A rated capacity lets the checks look closer.`);
    if (this.places.zone && !this.value("zone")) told.push(`The cyclers of this project run in ${this.places.zone}.`);
    this.tellZone();
    document.getElementById("where-told").textContent = told.join(" ");
  }

  /** Ask for the time zone of files that name none, and offer that of this computer. */
  askZone(number) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const ask = document.getElementById("ask-zone");
    ask.hidden = !number;
    if (!number) return;
    const use = h("button", { type: "button", onclick: () => this.useZone(own) }, `Use ${own}, as on this computer`);
    ask.replaceChildren(`${number === 1 ? "One file says" : `${number} files say`} when the test began, and not in which time zone. Say above where the cyclers stand. `, own ? use : "");
  }

  get zones() { return [...document.getElementById("zones").options].map(({ value }) => value); }

  get wrongZone() { const zone = this.value("zone"); return zone !== "" && !this.zones.includes(zone); }

  get typedZone() { return this.wrongZone ? "" : this.value("zone"); }

  get zone() { return this.wrongZone ? "" : this.value("zone") || this.places.zone || ""; }

  useZone(name) {
    const { zone } = this.form.elements;
    zone.value = name;
    zone.dispatchEvent(new Event("input", { bubbles: true }));
    zone.focus();
  }

  /** Say at the field that there is no such time zone, and which is meant. */
  tellZone() {
    const { zone } = this.form.elements;
    const typed = this.value("zone").toLowerCase().replaceAll(" ", "_");
    const told = document.getElementById("zone-told");
    zone.setAttribute("aria-invalid", this.wrongZone);
    if (!this.wrongZone) { told.replaceChildren(); return; }
    const ending = this.zones.filter((name) => name.toLowerCase().endsWith(typed));
    const near = (ending.length ? ending : this.zones.filter((name) => name.toLowerCase().includes(typed))).slice(0, 3);
    told.replaceChildren(near.length ? "Not a time zone. Is it " : "Not a time zone: they are called as Europe/Berlin.", ...near.flatMap((name, at) => [at ? " or " : "", h("button", { type: "button", onclick: () => this.useZone(name) }, name)]), near.length ? "?" : "");
  }

  get tags() { return this.value("tags").split(",").map((tag) => tag.trim()).filter(Boolean); }

  spec(name) { return this.places.specs.find((each) => each.name === name); }

  /** The name of the cell that a file most likely belongs to. */
  proposed(upload, folder) {
    if (this.value("cell") || this.cellName) return this.value("cell") || this.cellName;
    const said = upload.facts?.cell_names ?? [];
    const perhaps = upload.facts?.perhaps_cells ?? [];
    const names = this.places.cells.map(({ name }) => name);
    const known = [folder, ...said, ...perhaps].find((each) => names.includes(each));
    if (known) return known;
    const file = upload.filename.toLowerCase();
    const within = names.filter((name) => name.length >= SHORTEST_NAME && isWithin(name.toLowerCase(), file));
    if (within.length) return within.sort((one, other) => other.length - one.length)[0];
    return folder ?? said[0] ?? upload.facts?.name ?? "";
  }

  /** Where a file goes: what is to be sent, a word on the cell, and what is still to be said. */
  target(cellName, ownSpec) {
    const specName = ownSpec || this.value("spec");
    const spec = this.spec(specName);
    if (!cellName) return { missing: "name the cell" };
    const alike = this.places.cells.filter((each) => each.name === cellName);
    const there = specName ? alike.filter((each) => each.spec_id === spec?.id) : alike;
    if (there.length === 1) return { fields: { cell_id: there[0].id, cell_name: cellName }, word: this.specName(there[0]) };
    if (there.length > 1) return { missing: "several specifications have this cell: choose one above" };
    if (!specName) return { missing: "a new cell: choose its specification above" };
    const fields = { cell_name: cellName, ...(spec ? { spec_id: spec.id } : { spec_name: specName }) };
    if (!spec && Number(this.value("rated")) > 0) fields.rated_capacity_ah = Number(this.value("rated"));
    if (this.value("batch")) fields.batch = this.value("batch");
    const elsewhere = alike.length ? `; another of ${this.specName(alike[0])} has this name` : "";
    return { fields, word: `new${elsewhere}`, isNew: true };
  }

  specName(cell) { return this.places.specs.find((each) => each.id === cell.spec_id)?.name ?? ""; }
}

/** Whether a name stands in that of a file as a word of its own, and not amid another. */
function isWithin(name, file) {
  for (let at = file.indexOf(name); at >= 0; at = file.indexOf(name, at + 1)) {
    if (!/[a-z0-9]/.test(file[at - 1] ?? "") && !/[a-z0-9]/.test(file[at + name.length] ?? "")) return true;
  }
  return false;
}
