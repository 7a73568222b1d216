// What is said of a record, edited where it stands: `<div data-edit="field" data-form="line" data-at="/cells/ID">`.

import { api, basket, localise, tell } from "./core.js";
import { FORMS } from "./edit_forms.js";
import { h, sentence } from "./elements.js";

class Place {
  constructor(place) {
    this.place = place;
    this.content = [...place.childNodes];
    this.isEmpty = !place.textContent.trim();
    this.show();
  }

  /** What is said, and a button that opens it. */
  show(isFocused = false) {
    const { called } = this.place.dataset;
    const text = this.isEmpty ? "Add" : "Edit";
    const label = this.isEmpty ? `Add ${called}` : `Edit the ${called}`;
    const pen = h("button", { type: "button", class: "pen", "aria-label": label, onclick: () => this.open() });
    pen.append(this.isEmpty && this.place.dataset.form === "lines" ? label : text);
    this.place.classList.remove("open");
    this.place.replaceChildren(...this.content, pen);
    if (isFocused) pen.focus();
  }

  /** Fields that hold what the server says at this moment. */
  async open() {
    const { at, called, edit, form } = this.place.dataset;
    try {
      this.before = await api("GET", at);
    } catch (error) {
      tell(error.message);
      return;
    }
    this.asked = FORMS[form](this.before, edit, called);
    this.trouble = h("p", { class: "bad", role: "alert" });
    const cancel = h("button", { type: "button", onclick: () => this.show(true) }, "Cancel");
    const ways = h("div", { class: "ways" }, h("button", { class: "main" }, "Save"), cancel, this.asked.hint);
    const listeners = { onsubmit: (event) => this.submit(event), onkeydown: (event) => this.key(event) };
    const made = h("form", { class: `edit ${form}`, ...listeners }, this.asked.fields, ways);
    this.place.classList.add("open");
    this.place.replaceChildren(made, this.trouble);
    this.asked.focus.focus();
    this.asked.focus.select?.();
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.show(true);
    else if (event.key === "Enter" && event.target.matches("textarea") && !event.shiftKey) event.target.form.requestSubmit();
    else return;
    event.preventDefault();
  }

  /** Store what is typed. What somebody else has said meanwhile is shown first, and replaced only if it is meant. */
  async submit(event) {
    event.preventDefault();
    if (this.isBusy) return;
    this.isBusy = true;
    this.trouble.textContent = "";
    try {
      await this.save();
    } catch (error) {
      this.trouble.replaceChildren(...sentence(error.message));
    } finally {
      this.isBusy = false;
    }
  }

  /** What is changed in the moment between the look at the record and the change of it is not seen. */
  async save() {
    const { at, called, edit } = this.place.dataset;
    const present = await api("GET", at);
    const changed = this.asked.read(present);
    const [then, now] = [this.before, present].map((record) => this.asked.said(record));
    if (then !== now) {
      this.before = present;
      throw new Error(`Somebody has changed the ${called} meanwhile, to “${now || "nothing"}”. Save again to replace that.`);
    }
    await api("PATCH", at, changed);
    if (edit === "name") renamed(at, changed.name);
    await refresh(this.place);
    tell(`The ${called} ${called.endsWith("s") ? "are" : "is"} saved.`);
  }
}

/** What is chosen for comparing is listed by its name. */
function renamed(at, name) {
  const entries = basket.read();
  for (const button of document.querySelectorAll("button[data-basket]")) {
    if (at.endsWith(`/${button.dataset.basket}`)) button.dataset.name = name;
  }
  for (const entry of entries) if (at.endsWith(`/${entry.id}`)) entry.name = name;
  basket.write(entries);
}

/** Have the page say what the server says now: its parts that may be others are fetched anew; those being edited stay. */
async function refresh(edited) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) { location.reload(); return; } // it is gone, or who looks is signed out
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = made.title;
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const fresh = made.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (!fresh || (part !== edited && part.matches(".open"))) continue;
    part.replaceWith(fresh);
    localise(fresh);
    if (fresh.dataset.edit) new Place(fresh);
    if (part === edited) fresh.querySelector(".pen")?.focus();
  }
}

for (const place of document.querySelectorAll("[data-edit]")) new Place(place);
