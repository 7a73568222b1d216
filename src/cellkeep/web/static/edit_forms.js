// Fields by which one thing that is said of a record is edited, by its form. Each has `fields`, the one of them to
// `focus`, `read` for what is to be sent of a record as it is now, and `said` for what a record says, to tell whether
// it is another.

import { api } from "./core.js";
import { h } from "./elements.js";

const HINT = "Enter saves, Escape leaves it as it was";

function one(element, field) {
  return {
    fields: [element],
    focus: element,
    hint: h("span", { class: "dim" }, HINT),
    read: () => ({ [field]: element.value.trim() || null }),
    said: (record) => record[field] ?? "",
  };
}

function line(record, field, called) {
  return one(h("input", { "aria-label": called, maxlength: 255, autocomplete: "off", value: record[field] ?? "" }), field);
}

function lines(record, field, called) {
  const area = h("textarea", { "aria-label": called, rows: 4, value: record[field] ?? "" });
  return { ...one(area, field), hint: h("span", { class: "dim" }, `${HINT}, Shift and Enter begin a line`) };
}

function day(record, field, called) {
  return one(h("input", { type: "date", "aria-label": called, value: record[field] ?? "" }), field);
}

const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A moment as a field of the zone of who looks takes it, to the second; nothing where none is known. */
function local(text) {
  if (!text) return "";
  const at = new Date(text);
  const [year, ...rest] = [at.getFullYear(), at.getMonth() + 1, at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()];
  const [month, date, hour, minute, second] = rest.map((part) => `${part}`.padStart(2, "0"));
  return `${`${year}`.padStart(4, "0")}-${month}-${date}T${hour}:${minute}:${second}`;
}

/** A moment, typed in the zone of who looks; as it was to its last digit where nobody touches it. */
function moment(record, field, called) {
  const limits = { step: 1, max: "9999-12-31T23:59:59" };
  const input = h("input", { type: "datetime-local", ...limits, "aria-label": `${called}, in the time of ${ZONE}`, value: local(record[field]) });
  const before = input.value; // which the browser may write shorter
  return {
    ...one(input, field),
    hint: h("span", { class: "dim" }, `In the time of ${ZONE}, which is yours. ${HINT}`),
    read: () => {
      if (input.validity.badInput) throw new Error(`The ${called} is not complete: it takes a day and a time.`);
      if (input.value === before) return { [field]: record[field] ?? null };
      return { [field]: input.value ? new Date(input.value).toISOString() : null };
    },
    said: ({ [field]: present }) => local(present).replace("T", " "),
  };
}

/** The lot of a cell: one that is there, or the name of a new one. */
function batch(record, field, called) {
  const list = h("datalist", { id: "known-batches" });
  const attributes = { "aria-label": called, maxlength: 255, autocomplete: "off", list: list.id };
  const input = h("input", { ...attributes, value: record.batch_name ?? "" });
  const path = `/cell_specifications/${encodeURIComponent(record.cell_specification_id)}/cell_batches?limit=500`;
  api("GET", path).then(({ items }) => list.append(...items.map(({ name }) => h("option", { value: name }))), () => {});
  const name = () => input.value.trim();
  return {
    ...one(input, field),
    fields: [input, list],
    hint: h("span", { class: "dim" }, `${HINT}. A new name makes a batch; none takes the cell out of its batch.`),
    read: () => (name() ? { batch: name() } : { batch_id: null }),
    said: ({ batch_name: present }) => present ?? "",
  };
}

const KNOWN = ["capacity", "nominal_voltage", "voltage_min", "voltage_max", "energy", "mass", "internal_resistance"];
const UNITS = ["A.h", "mA.h", "V", "W.h", "g", "mOhm", "degC"];

function isQuantity(value) {
  if (typeof value === "number") return true;
  return typeof value?.value === "number" && (value.unit === undefined || value.unit === null || typeof value.unit === "string");
}

/** What a rating is, in words: the same for the same value, in whatever order its parts were written. */
function told(rating) {
  if (rating === undefined) return "not there";
  if (isQuantity(rating) && Object.keys(rating).sort().join() === "unit,value") return `${rating.value} ${rating.unit}`;
  const isParted = (each) => each && typeof each === "object" && !Array.isArray(each);
  return JSON.stringify(rating, (_, each) => (isParted(each) ? Object.fromEntries(Object.entries(each).sort()) : each));
}

/** A rating of which value and unit can be changed; whatever else is said of it stays. */
class Rating {
  constructor(key, given, leave) {
    this.key = key;
    this.given = given;
    const [value, unit] = typeof given === "number" ? [given, ""] : [given?.value ?? "", given?.unit ?? ""];
    this.typed = [`${value}`, unit];
    const words = key === null ? "new rating" : key.replaceAll("_", " ");
    const plain = { autocomplete: "off", spellcheck: "false" };
    this.name = h("input", { ...plain, "aria-label": "name of the new rating", placeholder: "name", list: "known-ratings" });
    this.value = h("input", { ...plain, inputmode: "decimal", "aria-label": `value of ${words}`, placeholder: "value", value: `${value}` });
    this.unit = h("input", { ...plain, "aria-label": `unit of ${words}`, placeholder: "unit", list: "known-units", value: unit });
    const gone = h("button", { type: "button", class: "gone", "aria-label": `remove ${words}`, onclick: () => leave(this) }, "×");
    this.row = h("div", { class: "rating" }, key === null ? this.name : h("span", {}, words), this.value, this.unit, gone);
  }

  get called() {
    return this.key ?? this.name.value.trim().replaceAll(/\s+/g, "_");
  }

  /** Whether something was said of it here. */
  get isTouched() {
    if (this.key === null) return Boolean(this.called || this.value.value.trim());
    return this.value.value !== this.typed[0] || this.unit.value !== this.typed[1];
  }

  /** Put it among the ratings of a record. */
  write(present) {
    const [key, text, unit] = [this.called, this.value.value.trim(), this.unit.value.trim()];
    if (!key) throw new Error(`What has the value ${text}? Give the rating a name.`);
    if (!text || !Number.isFinite(Number(text))) throw new Error(`“${text}” as ${key} is no number. Write it like 4.2 or 5e-3.`);
    if (this.key === null && present.has(key)) {
      throw new Error(`There is a rating ${key} already, and it is kept: give this one another name, or change that one.`);
    }
    const before = isQuantity(present.get(key)) ? present.get(key) : this.given;
    const more = before && typeof before === "object" ? before : {};
    if (!unit && !Object.keys(more).length) present.set(key, Number(text));
    else present.set(key, { ...more, value: Number(text), ...(unit || "unit" in more ? { unit } : {}) });
  }
}

/** Only what is changed, added or taken away here is said anew; what others say of the rest stays. */
function ratings(record) {
  const given = record.ratings ?? {};
  const rows = h("div");
  const gone = new Set();
  const leave = (rating) => {
    rating.row.remove();
    shown = shown.filter((each) => each !== rating);
    if (rating.key !== null) gone.add(rating.key);
  };
  let shown = Object.entries(given).filter(([, value]) => isQuantity(value)).map(([key, value]) => new Rating(key, value, leave));
  const touched = () => shown.filter(({ isTouched }) => isTouched);
  const add = () => {
    const fresh = new Rating(null, null, leave);
    shown.push(fresh);
    rows.append(fresh.row);
    return fresh.name;
  };
  rows.append(...shown.map(({ row }) => row));
  const more = h("button", { type: "button", class: "chip", onclick: () => add().focus() }, "+ rating");
  const lists = [["known-ratings", KNOWN], ["known-units", UNITS]].map(
    ([id, words]) => h("datalist", { id }, words.map((value) => h("option", { value }))),
  );
  return {
    fields: [rows, more, lists],
    focus: shown[0]?.value ?? add(),
    hint: h("span", { class: "dim" }, HINT),
    read: ({ ratings: now }) => {
      const present = new Map(Object.entries(now ?? {}).filter(([key]) => !gone.has(key)));
      for (const rating of touched()) rating.write(present);
      return { ratings: Object.fromEntries(present) };
    },
    said: ({ ratings: now }) => [...gone, ...touched().map(({ key }) => key).filter((key) => key !== null)].sort().map(
      (key) => `${key.replaceAll("_", " ")}: ${told(now?.[key])}`,
    ).join(", "),
  };
}

export const FORMS = { line, lines, day, moment, batch, ratings };
