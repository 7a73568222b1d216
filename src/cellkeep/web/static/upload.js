// The page that takes files: sends them, shows what the server finds, and has them stored.

import { api, localise, tell } from "./core.js";
import { count } from "./elements.js";
import { detail } from "./upload_detail.js";
import { BUSY, Row } from "./upload_row.js";
import { Sender, dropped } from "./upload_send.js";
import { Visit } from "./upload_visit.js";
import { Where } from "./upload_where.js";

const EVERY_MS = 700;
const FILES = "/ui/upload/files";
const NAMES = new Intl.Collator(undefined, { numeric: true });

class Desk {
  constructor(page) {
    Object.assign(this, { page, rows: new Map(), visit: new Visit(), seen: [[], []], latest: new Map(), gone: new Set(), awaited: null, plotly: page.dataset.plotly });
    this.targets = JSON.parse(page.dataset.targets);
    this.readers = JSON.parse(page.dataset.readers);
    this.table = page.querySelector("#files table");
    this.earlier = page.querySelector("#earlier table");
    this.where = new Where(document.getElementById("where"), page.dataset.project, () => this.show());
    const place = document.createElement("tbody");
    this.table.append(place);
    this.sending = place;
    this.sender = new Sender(place, Number(page.dataset.largest), { sent: (...told) => this.arrived(...told), told: (words) => this.warn(words) });
    this.opened = new URLSearchParams(location.search).get("file");
    this.listen();
  }

  listen() {
    const { page } = this;
    for (const id of ["pick", "pick-folder"]) {
      document.getElementById(id).addEventListener("change", (event) => { this.take([...event.target.files]); event.target.value = ""; });
    }
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) document.addEventListener(name, (event) => this.drag(event));
    document.getElementById("store-all").addEventListener("click", () => this.store(this.shown(false).filter((row) => row.isReady)));
    document.getElementById("clear-done").addEventListener("click", () => this.putAway(this.shown(false).filter((row) => row.isSettled)));
    document.getElementById("put-away").addEventListener("click", () => this.putAway([...this.rows.values()].filter((row) => row.isEarlier && !row.isStored)));
    page.hidden = false;
  }

  drag(event) {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    const isOver = event.type === "dragenter" || event.type === "dragover";
    this.page.classList.toggle("over", isOver);
    if (event.type === "drop") dropped(event.dataTransfer).then((files) => this.take(files), (error) => this.warn(error.message));
  }

  take(files) {
    if (!files.length) return;
    this.sender.take(files, this.visit.begin());
    this.say(`${count(files.length, "file")} on the way.`);
    this.show();
  }

  async start() {
    await this.list(this.where.load());
    if (this.opened && this.rows.has(this.opened)) this.toggle(this.rows.get(this.opened), true);
    if (this.isBusy) this.poll();
  }

  /** The rows that are seen: of this visit, or of an earlier one. */
  shown(isEarlier) { return this.seen[Number(isEarlier)]; }

  /** Tell the rows of this visit from those of an earlier one. */
  sort() {
    const rows = [...this.rows.values()];
    const now = rows.filter((row) => !row.isEarlier);
    const waiting = [...rows.filter((row) => row.isEarlier && !row.cameStored), ...now];
    this.latest = new Map(waiting.map(({ upload }) => [upload.sha256, upload.id]));
    this.seen = [now, rows.filter((row) => row.isEarlier && !row.isHidden)];
  }

  get isBusy() { return [...this.rows.values()].some((row) => BUSY.has(row.upload.state)); }

  arrived(upload, drop, folder) {
    this.visit.add(upload.id, drop);
    this.add(upload).inFolder(folder);
    this.show();
    this.poll();
  }

  /** Put a file into its table, which is ordered by name, however files arrive. */
  add(upload) {
    const row = new Row(this, upload);
    const nameOf = ({ dataset }) => this.rows.get(dataset.id)?.upload.filename;
    const table = row.isEarlier ? this.earlier : this.table;
    const next = [...table.tBodies].find((body) => NAMES.compare(nameOf(body) ?? "", upload.filename) > 0);
    table.insertBefore(row.element, next ?? (row.isEarlier ? null : this.sending));
    this.rows.set(upload.id, row);
    return row;
  }

  /** Ask what the server says of all files. One that arrives meanwhile is not gone because the answer lacks it. */
  async list(before = null) {
    const known = [...this.rows.values()];
    const [{ files }] = await Promise.all([api("GET", FILES), before]);
    const there = new Set(files.map(({ id }) => id));
    for (const row of known) if (!there.has(row.upload.id)) this.drop(row);
    this.merge(files);
  }

  /** Take over what is said of all files. */
  merge(uploads) {
    const changed = [];
    for (const upload of uploads) {
      const row = this.rows.get(upload.id);
      if (row?.update(upload)) changed.push(row);
      if (!row && !this.gone.has(upload.id) && !this.sender.isSending(upload.filename)) this.add(upload);
    }
    this.show();
    for (const row of changed) this.changed(row);
  }

  async poll() {
    if (this.polling) return;
    this.polling = true;
    try {
      do {
        await new Promise((done) => { setTimeout(done, EVERY_MS); });
        await this.list();
      } while (this.isBusy || this.sender.isBusy);
    } catch (error) {
      this.warn(`${error.message} Load the page again.`);
    } finally {
      this.polling = false;
    }
  }

  /** Tell what became of a file, and go where it is if it was stored alone. */
  changed(row) {
    if (row.isHidden) return;
    const { filename, state, facts, problem, measurement_id: id } = row.upload;
    if (state === "ready") this.say(`${filename} was read: ${facts.reader_title}, ${count(facts.rows, "row")}.`);
    if (state === "unknown") this.say(`${filename}: no reader knows its columns.`);
    if (state === "failed") this.warn(`${filename} can not be read. ${facts?.message ?? ""}`);
    if (problem && state !== "done") this.warn(`${filename} was not stored. ${problem.message}`);
    if (state !== "done") return;
    this.say(`${filename} is stored.`);
    this.where.load().then(() => this.show(), () => {});
    if (!problem && this.isAwaited(row)) location.assign(`/ui/measurements/${encodeURIComponent(id)}`);
  }

  /** Whether a file was the only one to be stored, and none came with it that somebody has still to see to. */
  isAwaited(row) {
    const { drops } = this.visit;
    const others = this.shown(row.isEarlier).filter((other) => other !== row);
    const beside = others.filter(({ upload }) => drops[upload.id] === drops[row.upload.id]);
    return this.awaited === row && !beside.length && !others.some(({ upload }) => BUSY.has(upload.state)) && !this.sender.isBusy;
  }

  show() {
    this.sort();
    for (const row of this.rows.values()) row.show();
    const [rows, earlier] = [this.shown(false), this.shown(true)];
    const has = rows.length > 0 || this.sending.children.length > 0;
    document.getElementById("where").hidden = !has && !earlier.length;
    document.getElementById("files").hidden = !has;
    document.getElementById("earlier").hidden = !earlier.length;
    this.page.classList.toggle("has-files", has);
    const unzoned = (has ? rows : earlier).filter((row) => ["ready", "file"].includes(row.upload.state) && row.needsZone).length;
    if (unzoned !== this.unzoned) this.where.askZone(unzoned);
    this.unzoned = unzoned;
    this.summarise(rows);
    localise(this.page);
  }

  summarise(rows) {
    const ready = rows.filter((row) => row.isReady);
    const done = rows.filter((row) => row.isStored);
    const faulty = ready.filter((row) => row.upload.facts?.errors).length;
    const told = [
      [rows.filter((row) => BUSY.has(row.upload.state)).length, "under way"],
      [ready.length, `ready${faulty ? ` (${faulty} with errors)` : ""}`],
      [rows.filter((row) => row.missing && !row.there || row.upload.state === "unknown").length, "with a question"],
      [rows.filter((row) => row.there && row.upload.state === "ready").length, "stored before"],
      [rows.filter((row) => row.upload.state === "failed").length, "not readable"],
      [done.length, "stored"],
    ].filter(([number]) => number).map(([number, words]) => `${number} ${words}`);
    document.getElementById("summary").textContent = `${count(rows.length, "file")}${told.length ? `: ${told.join(", ")}` : ""}.`;
    const all = document.getElementById("store-all");
    all.disabled = !ready.length;
    all.textContent = ready.length > 1 ? `Store all ${ready.length} that are ready` : "Store all that are ready";
    const compare = document.getElementById("compare-all");
    const series = done.filter((row) => row.upload.facts?.kind === "series");
    compare.hidden = series.length < 2;
    compare.href = `/ui/compare?${new URLSearchParams(series.map((row) => ["m", row.upload.measurement_id]))}`;
    document.getElementById("clear-done").hidden = !rows.some((row) => row.isSettled);
  }

  /** Whether no other file would make a measurement of the same name on the same cell. */
  isAlone(row) {
    return !this.shown(row.isEarlier).some((other) => other !== row && other.upload.facts && other.ownName === row.ownName && other.cellName === row.cellName);
  }

  /** An earlier file of the list with the same content. */
  twin(row) {
    for (const other of this.shown(row.isEarlier)) {
      if (other === row) return null;
      if (other.upload.sha256 === row.upload.sha256 && other.upload.state !== "done") return other;
    }
    return null;
  }

  async store(rows) {
    this.awaited = rows.length === 1 ? rows[0] : null;
    const sent = await Promise.all(rows.map((row) => this.ask("POST", row, "/storing", row.order)));
    if (sent.some(Boolean)) this.say(`${count(sent.filter(Boolean).length, "file")} on the way into the store.`);
  }

  /** Have a file read in another way. */
  read(row, change) { return this.ask("POST", row, "/reading", { ...row.upload.how, ...change }); }

  keepAsFile(row) { return this.read(row, { as_file: true, mends: [], columns: {}, reader: null }); }

  async ask(method, row, way, body) {
    try {
      const upload = await api(method, `${FILES}/${row.upload.id}${way}`, body);
      row.update({ ...row.upload, ...upload });
      this.show();
      this.poll();
      return true;
    } catch (error) {
      this.warn(`${row.upload.filename}: ${error.message}`);
      tell(error.message);
      return false;
    }
  }

  async remove(row) {
    try {
      await api("DELETE", `${FILES}/${row.upload.id}`);
      this.gone.add(row.upload.id);
      this.visit.forget(row.upload.id);
      const next = row.element.nextElementSibling?.querySelector("button") ?? document.getElementById("pick");
      this.drop(row);
      next.focus();
      this.show();
    } catch (error) {
      this.warn(error.message);
      tell(error.message);
    }
  }

  drop(row) {
    row.forget();
    row.element.remove();
    this.rows.delete(row.upload.id);
  }

  /** Take files from the list, except those that are being stored. */
  async putAway(rows) {
    for (const row of rows) if (!["queued", "storing"].includes(row.upload.state)) await this.remove(row);
  }

  /** Open a file, or close it; the address says which is open. */
  async toggle(row, open = row.detail.hidden) {
    row.detail.hidden = !open;
    row.opener.setAttribute("aria-expanded", open);
    const query = new URLSearchParams(location.search);
    if (open) query.set("file", row.upload.id); else if (query.get("file") === row.upload.id) query.delete("file");
    history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
    if (open) await this.fill(row);
  }

  async fill(row) {
    try {
      const { look, ...upload } = await api("GET", `${FILES}/${row.upload.id}`);
      row.panel.classList.toggle("busy", BUSY.has(upload.state));
      if (look && !["waiting", "reading"].includes(upload.state)) detail(row, look, this);
      localise(row.panel);
    } catch (error) {
      row.panel.textContent = error.message;
    }
  }

  say(words) { document.getElementById("told").textContent = words; }

  warn(words) { document.getElementById("warned").textContent = words; }
}

const page = document.getElementById("upload");
if (page) {
  const desk = new Desk(page);
  desk.start().catch((error) => { desk.warn(error.message); tell(error.message); });
}
