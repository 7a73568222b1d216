// What is in a file, opened: picture, facts, checks with mends, columns, first rows, and reading it in another way.

import { duration, h } from "./elements.js";
import { Figure } from "./figure.js";
import { Mapping } from "./upload_mapping.js";

const NOT_SHOWN = new Set(["cycler"]);

/** Fill the panel of a row with what the server found in the file. */
export function detail(row, look, desk) {
  const parts = look.kind === "series" ? seriesParts(row, look, desk) : otherParts(row, look, desk);
  const { problem, state } = row.upload;
  const told = problem && state !== "done" ? h("p", { class: "bad" }, `${problem.message} ${problem.remedy}`) : null;
  row.panel.replaceChildren(h("div", { class: "inside" }, told, parts.filter(Boolean)));
  drawAll(row.panel, desk.plotly);
}

function seriesParts(row, look, desk) {
  const did = look.turned && !look.repairs.includes(look.turned) ? [`The sign of the current was turned. ${look.turned}`, ...look.repairs] : look.repairs;
  return [
    figures(row, look),
    h("div", { class: "columns" },
      h("section", {}, h("h3", {}, "Checks"), checks(row, look, desk), did.length ? [h("h3", {}, "What reading did to the series"), h("ul", { class: "findings" }, did.map((each) => h("li", {}, each)))] : null),
      h("section", {}, h("h3", {}, "What the file says"), facts(look), more(row))),
    columns(look),
    firstRows(look),
    otherwise(row, look, desk, false),
  ];
}

function otherParts(row, look, desk) {
  const open = look.kind === "unknown";
  return [
    h("p", { class: look.kind === "failed" ? "bad" : "" }, look.message),
    open ? h("p", {}, "Say below what its columns are: a time, a voltage and a current, or a frequency and an impedance. The preview follows.") : null,
    open && !look.headings ? h("p", {}, "No line of headings was found in it, and columns are named by their headings: put one in, or keep the file as it is.") : null,
    otherwise(row, look, desk, open),
    look.kind === "file" ? h("div", { class: "columns" }, h("section", {}, more(row))) : null,
  ];
}

function figures(row, look) {
  if (!look.has_figure) return null;
  const isMended = look.mends.some((each) => each.chosen);
  const turned = look.turned ? h("span", { class: "dim small" }, " The reader turned the sign of the current: positive is discharge here.") : null;
  const place = `/ui/upload/files/${row.upload.id}/figure?turn=${row.upload.turn}&which=`;
  const frame = (which, words) => h("div", {}, words || turned ? h("h3", {}, words, which === "before" ? turned : null) : null, h("section", { class: "figure small", "data-source": place + which, "aria-label": `${words || "preview"}: ${row.upload.filename}` }, h("div", { class: "plot", role: "img", "aria-label": "voltage and current against time" }), h("p", { class: "status", "aria-live": "polite" })));
  return h("div", { class: isMended ? "pictures two" : "pictures" }, isMended ? [frame("before", "As it was read"), frame("after", "As it will be stored")] : frame("before", ""));
}

function drawAll(panel, address) {
  if (panel.querySelector("[data-source]") && !document.getElementById("plotly")) document.head.append(h("script", { id: "plotly", src: address }));
  for (const section of panel.querySelectorAll("[data-source]")) {
    section.dataset.src = section.dataset.source;
    new Figure(section).draw();
  }
}

function checks(row, look, desk) {
  if (!look.findings.length && !look.mends.length) return h("p", { class: "good" }, `Nothing was found: ${look.data_type === "eis" ? "the spectrum has what it needs, and its imaginary part has the sign that it should have" : "time runs forward, the sign of the current agrees with the voltage, steps are counted, values are there"}.`);
  const refused = new Set(look.refused);
  const left = look.findings.map((each) => h("li", {}, h("span", { class: each.severity === "error" ? "bad" : "warn" }, refused.has(each.code) ? "refused" : each.severity), " ", each.message, each.more ? h("span", { class: "dim" }, ` And ${each.more} more of this kind.`) : null));
  return [mends(row, look, desk), left.length ? h("ul", { class: "findings" }, left) : h("p", { class: "good" }, "After the mends nothing is left."), refused.size ? despite(row, look) : null, left.length && !refused.size ? h("p", { class: "dim" }, "It can be stored as it is: what was found is kept with it.") : null];
}

/** What can be mended, to be chosen; the preview follows. */
function mends(row, look, desk) {
  if (!look.mends.length) return null;
  const boxes = look.mends.map((each) => {
    const box = h("input", { type: "checkbox", value: each.code, checked: each.chosen, disabled: !each.does.length || isFixed(row) });
    box.addEventListener("change", () => desk.read(row, { mends: look.mends.filter(({ code }) => (code === each.code ? box.checked : look.mends.find((other) => other.code === code).chosen)).map(({ code }) => code) }));
    return h("label", {}, box, h("span", {}, h("b", {}, each.words), h("span", { class: "dim" }, ` ${each.does.length ? each.does.join(" ") : `can not be done: ${each.not_done}`} `, h("code", {}, each.code))));
  });
  return h("fieldset", { class: "mends" }, h("legend", {}, "Mends that are offered; each is told with the measurement"), boxes);
}

/** Whether nothing about a file can be changed any more. */
function isFixed(row) { return ["queued", "storing", "done"].includes(row.upload.state); }

function despite(row, look) {
  const boxes = look.refused.map((code) => h("label", {}, h("input", { type: "checkbox", checked: row.draft.despite.includes(code), onchange: (event) => row.say("despite", event.target.checked ? [...row.draft.despite, code] : row.draft.despite.filter((each) => each !== code)) }), h("span", {}, "I looked at it, and it is right: store it with ", h("code", {}, code))));
  return h("fieldset", { class: "mends" }, h("legend", {}, "Or store it as it is"), boxes);
}

function facts(look) {
  const said = { ...look.said.test_setup, ...(look.said.protocol?.name ? { protocol: look.said.protocol.name } : {}) };
  const start = look.start_time ? h("time", { datetime: look.start_time }, look.start_time.slice(0, 19).replace("T", " ")) : look.local_start ? `${look.local_start.slice(0, 19).replace("T", " ")} by the clock of the cycler; the file names no time zone` : "the file does not say";
  const pairs = [
    ["read as", `${look.reader_title} (reader ${look.reader}, version ${look.reader_version})`],
    ["told by", look.reason],
    ["began", start],
    ["lasted", duration(look.duration_s)],
    ...Object.entries(said).filter(([key]) => !NOT_SHOWN.has(key)).map(([key, value]) => [key.replaceAll("_", " "), String(value)]),
  ].filter(([, value]) => value);
  return [h("dl", { class: "pairs" }, pairs.map(([key, value]) => h("div", {}, h("dt", {}, key), h("dd", {}, value))))];
}

function more(row) {
  const spec = h("input", { list: "specs", maxlength: 255, value: row.draft.spec, placeholder: "as above", oninput: (event) => row.say("spec", event.target.value.trim()) });
  const notes = h("textarea", { rows: 3, maxlength: 20000, value: row.draft.notes, oninput: (event) => row.say("notes", event.target.value) });
  for (const each of [spec, notes]) each.disabled = isFixed(row);
  return h("div", { class: "fields tall" }, h("label", {}, "Specification of this cell alone ", spec), h("label", {}, "Notes ", notes));
}

function columns(look) {
  const scaled = (each) => [each.negated ? "sign turned" : each.partly ? "sign turned in some rows" : look.turned && each.column.startsWith("Current") ? "sign turned, and turned back" : "", each.factor !== 1 ? `× ${Number(each.factor.toPrecision(6))}` : "", each.offset ? `${each.offset > 0 ? "+" : "−"} ${Math.abs(Number(each.offset.toPrecision(6)))}` : "", each.told ? "" : "unit not told by the file"].filter(Boolean).join(", ");
  const lines = look.columns.map((each) => h("tr", {}, h("th", { scope: "row" }, each.column), h("td", {}, each.heading), h("td", { class: "dim" }, scaled(each))));
  return h("details", { open: true }, h("summary", {}, `Columns: ${look.columns.length} taken${look.unused.length ? `, ${look.unused.length} left out` : ""}`),
    scrolled("columns", h("table", {}, h("thead", {}, h("tr", {}, ["column", "heading in the file", "changed"].map((each) => h("th", { scope: "col" }, each)))), h("tbody", {}, lines))),
    look.made.length ? h("p", { class: "dim" }, "Made of the others: ", look.made.join(", "), ".") : null,
    look.unused.length ? h("p", { class: "dim" }, "Left out: ", look.unused.join(", "), ". The file itself is kept as it is.") : null);
}

/** A table that may be wider than the page, so that keys have to reach it. */
function scrolled(name, table) { return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name }, table); }

function firstRows(look) {
  if (!look.head) return null;
  const cells = (row) => h("tr", {}, row.map((cell) => h("td", { class: typeof cell === "number" ? "n" : null }, cell === null ? "" : String(cell))));
  return h("details", {}, h("summary", {}, `First rows, current positive on discharge`), scrolled("first rows", h("table", {}, h("thead", {}, h("tr", {}, look.head.titles.map((title) => h("th", { scope: "col", class: "n" }, title)))), h("tbody", {}, look.head.rows.map(cells)))));
}

/** Read it in another way: by another reader, with columns that a person names, or not at all. */
function otherwise(row, look, desk, open) {
  if (isFixed(row)) return null;
  const { how } = row.upload;
  const mapping = look.headings ? new Mapping(look.headings, how.columns, desk.targets) : null;
  const reader = h("select", {}, h("option", { value: "" }, "told by its content"), Object.entries(desk.readers).map(([name, title]) => h("option", { value: name, selected: how.reader === name }, title)));
  const again = h("button", { type: "button", class: "main", onclick: () => desk.read(row, { as_file: false, mends: [], reader: reader.value || null, columns: mapping?.columns ?? {} }) }, open ? "Read it so" : "Read it again so");
  const asFile = how.as_file ? h("button", { type: "button", onclick: () => desk.read(row, { as_file: false }) }, "Read it after all") : h("button", { type: "button", onclick: () => desk.keepAsFile(row) }, "Keep it as a file, unread");
  return h("details", { open }, h("summary", {}, open ? "Its columns" : "Read it in another way"), mapping?.element, h("p", { class: "controls" }, h("label", {}, "Format ", reader), again, asFile));
}
