// Files on their way to the server: dropped or chosen, also whole folders, a few at once, with how far each is.

import { h, size } from "./elements.js";

const AT_ONCE = 3;
const PASSED_OVER = /^(\.|~\$)|~$|^(thumbs|ehthumbs)\.db$|^desktop\.ini$/i;

export class Sender {
  /** `place` is the body of a table; `sent` is told of each file that arrived, and its drop and folder; `told` of failures. */
  constructor(place, largest, { sent, told }) {
    Object.assign(this, { place, largest, sent, told, waiting: [], under: new Set() });
  }

  get isBusy() { return this.under.size > 0 || this.waiting.length > 0; }

  /** Whether a file of that name is on its way, which the server may know before this page does. */
  isSending(name) { return [...this.under].some((file) => file.name === name); }

  /** Take the files of one drop; hidden ones, and what operating systems leave behind, are passed over. */
  take(files, drop) {
    for (const file of files) {
      if (PASSED_OVER.test(file.name)) continue;
      const row = this.row(file);
      this.place.append(row.element);
      if (file.size > this.largest) row.fail(`It has ${size(file.size)}, and this page takes ${size(this.largest)}. The command line takes it: cellkeep import FILE --cell NAME.`);
      else this.waiting.push({ file, row, drop });
    }
    this.next();
  }

  next() {
    while (this.under.size < AT_ONCE && this.waiting.length) this.send(this.waiting.shift());
  }

  async send({ file, row, drop }) {
    this.under.add(file);
    try {
      const upload = await put(file, row);
      row.element.remove();
      this.sent(upload, drop, folderOf(file));
    } catch (error) {
      row.fail(error.message);
      this.told(`${file.name}: ${error.message}`);
    } finally {
      this.under.delete(file);
      this.next();
    }
  }

  row(file) {
    const bar = h("progress", { max: 1, value: 0, "aria-label": `sending ${file.name}` });
    const words = h("span", { class: "dim" }, "waits to be sent");
    const away = h("button", { type: "button", class: "quiet", onclick: () => row.abort() }, "stop");
    const element = h("tr", { class: "sending" }, h("th", { scope: "row", title: file.name }, file.name, h("span", { class: "dim small" }, size(file.size))), h("td", { colspan: 5 }, bar, " ", words), h("td", {}, away));
    const row = {
      element,
      abort: () => { this.waiting = this.waiting.filter((each) => each.row !== row); element.remove(); },
      progress(share) { bar.value = share; words.textContent = share < 1 ? `${Math.floor(share * 100)} % sent` : "sent"; },
      fail(message) {
        element.classList.add("failed");
        words.className = "bad";
        words.textContent = message;
        bar.hidden = true;
        away.textContent = "dismiss";
        row.abort = () => element.remove();
      },
    };
    return row;
  }
}

const placed = new WeakMap();

/** The name of the folder in which a file lies, where that is below what was chosen; none directly in it. */
function folderOf(file) { return (placed.get(file) ?? file.webkitRelativePath ?? "").split("/").filter(Boolean).slice(1, -1).at(-1); }

/** Send one file. Only this way tells how far it is. */
function put(file, row) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/ui/upload/files?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("X-Cellkeep-Page", "1");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) row.progress(event.loaded / event.total); });
    request.addEventListener("load", () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* told below */ }
      if (request.status === 201 && answer) done(answer);
      else failed(new Error(answer?.message ?? `The server answered ${request.status}.`));
    });
    request.addEventListener("error", () => failed(new Error("The connection broke off. Drop the file again.")));
    request.addEventListener("abort", () => failed(new Error("It was stopped.")));
    row.abort = () => request.abort();
    request.send(file);
  });
}

/** All files of what was dropped, also those in folders. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const found = await Promise.all(entries.map((entry) => filesOf(entry)));
  return found.flat();
}

async function filesOf(entry) {
  if (PASSED_OVER.test(entry.name)) return [];
  if (entry.isFile) {
    const file = await new Promise((done, failed) => { entry.file(done, failed); });
    placed.set(file, entry.fullPath);
    return [file];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a hundred at a time
    const some = await new Promise((done, failed) => { reader.readEntries(done, failed); });
    if (!some.length) return found;
    for (const each of some) found.push(...await filesOf(each));
  }
}
