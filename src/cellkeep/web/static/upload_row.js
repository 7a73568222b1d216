// One file in the table: what it is, where it goes, how far it is.

import { count, duration, h, size } from "./elements.js";

export const BUSY = new Set(["waiting", "reading", "queued", "storing"]);
const STAGES = ["reading and checking", "keeping the file", "sending the series", "making its tables", "linking its file"];
const WORDS = {
  waiting: "waits to be read", reading: "is being read", queued: "waits to be stored", unknown: "needs you: name its columns",
  failed: "can not be read", done: "stored",
};

export class Row {
  /** `desk` knows all rows, where files go, and what is done with them. */
  constructor(desk, upload) {
    Object.assign(this, { desk, upload, cameStored: upload.state === "done", key: `cellkeep.upload.file.${upload.id}` });
    this.draft = { cell: null, name: null, spec: "", notes: "", despite: [] };
    try { Object.assign(this.draft, JSON.parse(sessionStorage.getItem(this.key) ?? "{}")); } catch { /* as it is new */ }
    this.build();
    this.update(upload);
  }

  build() {
    const { filename, size_bytes: bytes } = this.upload;
    this.what = h("td", { class: "what" });
    this.checks = h("td", { class: "checked" });
    this.cell = h("input", { list: "cells", maxlength: 255, "aria-label": `cell of ${filename}`, oninput: () => this.say("cell", this.cell.value) });
    this.cellWord = h("span", { class: "dim small" });
    this.name = h("input", { maxlength: 255, "aria-label": `name of the measurement of ${filename}`, oninput: () => this.say("name", this.name.value) });
    this.state = h("td", { class: "how" });
    this.ways = h("td", { class: "ways" });
    this.opener = h("button", { type: "button", class: "opener", "aria-expanded": "false", "aria-controls": `detail-${this.upload.id}`, onclick: () => this.desk.toggle(this), title: filename }, h("span", {}, filename));
    const head = h("th", { scope: "row" }, this.opener, h("span", { class: "dim small" }, size(bytes)));
    this.main = h("tr", { class: "file" }, head, this.what, this.checks, h("td", { class: "to", "data-label": "cell" }, this.cell, this.cellWord), h("td", { class: "to", "data-label": "measurement" }, this.name), this.state, this.ways);
    this.panel = h("td", { colspan: 7, id: `detail-${this.upload.id}` });
    this.detail = h("tr", { class: "detail", hidden: true }, this.panel);
    this.element = h("tbody", { "data-id": this.upload.id }, this.main, this.detail);
  }

  say(key, value) {
    this.draft[key] = value;
    try { sessionStorage.setItem(this.key, JSON.stringify(this.draft)); } catch { /* then it is not kept */ }
    this.desk.show();
  }

  /** The folder within what was chosen in which it lies. */
  inFolder(name) { if (name) this.say("folder", name); }

  forget() { try { sessionStorage.removeItem(this.key); } catch { /* nothing was kept */ } }

  get isStored() { return this.upload.state === "done"; }

  /** Whether nothing is left to be done with it: it is stored, now or before. */
  get isSettled() { return this.isStored || this.upload.state === "ready" && Boolean(this.there); }

  get isEarlier() { return !this.desk.visit.has(this.upload.id); }

  /** Whether it is of an earlier visit and nothing to do any more: stored, or sent again. */
  get isHidden() {
    if (!this.isEarlier) return false;
    if (this.cameStored || this.there && !this.isStored && !BUSY.has(this.upload.state)) return true;
    return this.desk.latest.get(this.upload.sha256) !== this.upload.id;
  }

  get cellName() { return (this.draft.cell ?? this.desk.where.proposed(this.upload, this.draft.folder)).trim(); }

  /** The name that the measurement would have by itself. */
  get ownName() { return this.upload.state === "file" ? this.upload.filename : this.upload.facts?.name || this.upload.filename; }

  get measurementName() {
    if (this.draft.name !== null) return this.draft.name.trim();
    return this.desk.isAlone(this) ? this.ownName : this.upload.filename;
  }

  /** The measurement of the project that holds this content already. */
  get there() { return this.upload.there?.[this.desk.where.projectId] ?? null; }

  get needsZone() {
    const { facts, how } = this.upload;
    return !this.isSettled && Boolean(facts?.local_start) && !how.timezone && !this.desk.where.zone;
  }

  get stillRefused() { return (this.upload.facts?.refused ?? []).filter((code) => !this.draft.despite.includes(code)); }

  get target() { return this.desk.where.target(this.cellName, this.draft.spec); }

  /** What is still missing before it can be stored; empty where it is ready; null where that is no question now. */
  get missing() {
    const { state, facts } = this.upload;
    if (state !== "ready" && state !== "file") return null;
    if (this.there && state === "ready") return "was stored before";
    const twin = this.desk.twin(this);
    if (twin) return `has the content of ${twin.upload.filename}`;
    if (this.desk.where.wrongZone && facts?.kind === "series") return "correct the time zone above";
    if (this.needsZone) return "say the time zone above";
    if (this.stillRefused.length) return "the checks refuse it: open it";
    if (!this.measurementName) return "name the measurement";
    return this.target.missing ?? "";
  }

  get isReady() { return this.missing === ""; }

  /** What is sent to have it stored. */
  get order() {
    const { typedZone: zone } = this.desk.where;
    return {
      project_id: this.desk.where.projectId, ...this.target.fields, name: this.measurementName, tags: this.desk.where.tags,
      notes: this.draft.notes, despite: this.draft.despite, ...(zone ? { timezone: zone } : {}),
    };
  }

  update(upload) {
    const before = this.upload;
    this.upload = upload;
    this.show();
    if (!this.detail.hidden && (before.turn !== upload.turn || before.state !== upload.state)) this.desk.fill(this);
    return before.state !== upload.state;
  }

  show() {
    const { state, facts, problem } = this.upload;
    this.main.className = `file is-${state}`;
    this.element.hidden = this.isHidden;
    this.what.replaceChildren(...this.whatItIs());
    this.checks.replaceChildren(...this.found());
    const isFixed = this.isSettled || !["ready", "file", "waiting", "reading"].includes(state);
    for (const input of [this.cell, this.name]) {
      input.disabled = isFixed;
      input.hidden = state === "unknown" || state === "failed";
    }
    if (document.activeElement !== this.cell && facts) this.cell.value = this.upload.target?.cell_name && isFixed ? this.upload.target.cell_name : this.cellName;
    if (document.activeElement !== this.name && facts) this.name.value = this.upload.target && isFixed ? this.upload.target.name : this.measurementName;
    for (const input of [this.cell, this.name]) input.title = input.value;
    this.cellWord.textContent = facts && !isFixed ? this.target.word ?? "" : "";
    this.state.replaceChildren(...this.how());
    this.ways.replaceChildren(...this.whatCanBeDone());
    this.state.classList.toggle("bad", Boolean(problem) && state !== "done");
  }

  whatItIs() {
    const { facts, state } = this.upload;
    if (!facts || BUSY.has(state) && state !== "queued" && state !== "storing") return [h("span", { class: "dim" }, "…")];
    if (facts.kind !== "series") return [h("span", {}, { unknown: "a table that no reader knows", file: "no series", failed: "not read" }[facts.kind])];
    const parts = [count(facts.rows, "row"), facts.steps !== null && facts.data_type !== "eis" ? count(facts.steps, "step") : null, facts.data_type === "eis" ? "impedance" : duration(facts.duration_s) || null];
    const zone = this.upload.how.timezone || this.upload.target?.timezone || this.desk.where.zone;
    const start = facts.start_time ? h("time", { datetime: facts.start_time }, facts.start_time.slice(0, 16).replace("T", " ")) : facts.local_start ? `${facts.local_start.slice(0, 16).replace("T", " ")}${this.needsZone ? ", zone?" : zone && !(this.there && !this.isStored) ? ` ${zone}` : ""}` : null;
    return [h("b", {}, facts.reader_title), h("span", { class: "dim small" }, parts.filter(Boolean).join(" · ")), start ? h("span", { class: "dim small" }, "began ", start) : null].filter(Boolean);
  }

  found() {
    const { facts } = this.upload;
    if (!facts || facts.kind !== "series") return [];
    const { errors, warnings, not_read: left, turned, moved } = facts;
    const words = [errors ? count(errors, "error") : null, warnings ? count(warnings, "warning") : null].filter(Boolean);
    const found = words.length ? h("span", { class: errors ? "bad" : "warn" }, words.join(", ")) : h("span", { class: "good" }, "nothing found");
    const hint = (words, why, kind = "dim") => (why ? h("span", { class: `${kind} small`, title: why }, words) : null);
    const next = this.stillRefused.length ? "to be mended" : this.isReady ? "can be stored as it is" : "";
    return [found, hint(next, errors ? next : ""), hint("not all of it was read: open it", left.join("\n"), "warn"), hint("current turned", turned), hint("times moved", moved)].filter(Boolean);
  }

  how() {
    const { state, stage, problem } = this.upload;
    if (state === "storing") {
      const at = STAGES.indexOf(stage) + 1;
      return [h("progress", { max: STAGES.length + 1, value: at, "aria-label": "storing" }), h("span", { class: "small" }, stage)];
    }
    if (problem && state !== "done") return [h("span", { class: "clamped", title: problem.message }, problem.message), problem.remedy ? h("span", { class: "dim small" }, problem.remedy) : null].filter(Boolean);
    if (state === "done") return [h("span", { class: "good" }, problem?.kind === "there" ? "was stored before" : "stored"), problem && problem.kind !== "there" ? h("span", { class: "warn small" }, problem.message) : null].filter(Boolean);
    if (state === "failed") return [h("span", { class: "bad" }, WORDS.failed), h("span", { class: "dim small clamped", title: this.upload.facts?.message }, this.upload.facts?.message ?? "")];
    if (state in WORDS) return [h("span", { class: state === "failed" ? "bad" : state === "unknown" ? "warn" : "dim" }, WORDS[state])];
    if (this.missing === "") return [h("span", { class: "good" }, state === "file" ? "ready, kept as a file" : "ready")];
    return [h("span", { class: this.there ? "dim" : "warn" }, this.missing)];
  }

  whatCanBeDone() {
    const { state, measurement_id: id, problem } = this.upload;
    const { desk, there } = this;
    const open = state === "done" ? id : there ?? problem?.measurement_id;
    const away = ["queued", "storing"].includes(state) ? null : h("button", { type: "button", class: "quiet", "aria-label": `remove ${this.upload.filename} from the list`, title: "remove from the list", onclick: () => desk.remove(this) }, "✕");
    return [
      open ? h("a", { class: "button", href: `/ui/measurements/${encodeURIComponent(open)}` }, "Open") : null,
      this.isReady ? h("button", { type: "button", class: "main", onclick: () => desk.store([this]) }, "Store") : null,
      state === "unknown" ? h("button", { type: "button", onclick: () => desk.toggle(this, true) }, "Name columns") : null,
      state === "failed" ? h("button", { type: "button", onclick: () => desk.keepAsFile(this) }, "Keep as a file") : null,
      away,
    ].filter(Boolean);
  }
}
