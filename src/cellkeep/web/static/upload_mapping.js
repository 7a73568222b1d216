// The form in which a person says which column of a file is what.

import { h } from "./elements.js";

/** The parts of what a mapping says: `-Current [mA]`. */
function parsed(said, targets) {
  const sign = /^[+-]/.test(said) ? said[0] : "";
  const plain = said.replace(/^[+-]/, "");
  const [, name, unit = ""] = /^(.*?)(?: \[(.*)\])?$/.exec(plain);
  return targets.some((each) => each.said === name) ? { sign, name, unit } : null;
}

const SPELLED = { "°C": "degC", "Ω": "Ohm", Ah: "A.h", mAh: "mA.h", Wh: "W.h", mWh: "mW.h", "mA/cm²": "mA.cm-2" };

/** The unit that a heading has as one of its words: `mA` of "Strom mA", and of "I/mA". */
function written(title, units) {
  const parts = [title, ...title.split(/[\s_/()[\]<>{},;:]+/)].map((part) => SPELLED[part] ?? part);
  return units.find((name) => parts.includes(name)) ?? "";
}

export class Mapping {
  constructor(headings, chosen, targets) {
    Object.assign(this, { headings, targets, rows: [] });
    const lines = headings.titles.map((title, at) => (title ? this.line(title, at, chosen[title] ?? "") : null));
    this.told = h("p", { class: "warn", role: "status" });
    this.element = h("div", {}, h("div", { class: "scroll" }, h("table", { class: "mapping" },
      h("thead", {}, h("tr", {}, ["heading", "first values", "it is", "in", "positive is"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, lines.filter(Boolean)))), this.told);
    this.tell();
  }

  /** Say what a series needs and no column is yet. */
  tell() {
    const has = new Set(this.rows.map((row) => row.what.value || (this.headings.known[row.title] ?? "").replace(/ \[.*/, "")));
    const spectrum = has.has("Frequency") || has.has("Z_Re") || has.has("Z_Im");
    const needs = spectrum ? [["Frequency"], ["Z_Re", "Z_Mod"], ["Z_Im", "Z_Phase"]] : [["Time", "timestamp", "step time"], ["Voltage"], ["Current"]];
    const missing = needs.filter((any) => !any.some((each) => has.has(each))).map(([first]) => this.targets.find((each) => each.said === first).words);
    this.told.textContent = missing.length ? `Still to be said: ${missing.join(", ")}.` : "";
  }

  line(title, at, said) {
    const first = this.headings.rows.map((row) => row[at]).filter((cell) => cell !== "").slice(0, 3).join(", ");
    const known = this.headings.known[title];
    const now = parsed(said, this.targets);
    const none = known ? `${known}, by its name` : "not used";
    const what = h("select", { "aria-label": `what ${title} is` }, h("option", { value: "" }, none), this.targets.map((each) => h("option", { value: each.said, selected: now?.name === each.said }, each.words)));
    const unit = h("select", { "aria-label": `unit of ${title}`, hidden: true });
    const sign = h("select", { "aria-label": `direction of ${title}`, hidden: true }, [["", "as the voltage tells"], ["+", "discharge"], ["-", "charge"]].map(([value, words]) => h("option", { value, selected: now?.sign === value }, words)));
    const row = { title, what, unit, sign };
    const change = (said = "") => {
      const target = this.targets.find((each) => each.said === what.value);
      const wanted = said || written(title, target?.units ?? []);
      unit.replaceChildren(...(target?.units ?? []).map((name) => h("option", { value: name, selected: name === wanted }, name.replace("degC", "°C").replace("Ohm", "Ω").replace("A.h", "A·h").replace("W.h", "W·h").replace("mA.cm-2", "mA/cm²"))));
      unit.hidden = !target?.units.length;
      sign.hidden = !target?.signed;
      if (target?.said === "Z_Im") for (const [option, words] of [[sign.options[0], "as written"], [sign.options[1], "Im Z"], [sign.options[2], "−Im Z"]]) option.textContent = words;
    };
    what.addEventListener("change", () => { change(); this.tell(); });
    change(now?.unit);
    this.rows.push(row);
    return h("tr", {}, h("th", { scope: "row" }, title), h("td", { class: "dim" }, first), h("td", {}, what), h("td", {}, unit), h("td", {}, sign));
  }

  /** What the person said, by heading. */
  get columns() {
    const said = {};
    for (const { title, what, unit, sign } of this.rows) {
      if (!what.value) continue;
      const mark = sign.hidden ? "" : sign.value;
      said[title] = `${mark}${what.value}${unit.hidden ? "" : ` [${unit.value}]`}`;
    }
    return said;
  }
}
