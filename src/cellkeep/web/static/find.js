// The search box at the top answers while somebody types: arrows choose, Enter goes there, Escape closes.

import { api } from "./core.js";

const SHORTEST = 2;
const PAUSE_MS = 150;

class Find {
  constructor(form) {
    this.field = form.querySelector("input[type=search]");
    this.project = form.querySelector("input[name=project]")?.value;
    this.list = Object.assign(document.createElement("div"), { id: "found", className: "found", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "what was found");
    form.append(this.list);
    const said = { role: "combobox", "aria-controls": "found", "aria-expanded": "false", "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(said)) this.field.setAttribute(name, value);
    this.field.autocomplete = "off";
    this.field.addEventListener("input", () => this.wait());
    this.field.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) this.close(); });
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE_MS);
  }

  async ask() {
    const text = this.field.value.trim();
    this.asked?.abort();
    if (text.length < SHORTEST) { this.close(); return; }
    this.asked = new AbortController();
    const query = new URLSearchParams({ q: text });
    if (this.project) query.set("project", this.project);
    try {
      this.show(await api("GET", `/ui/search.json?${query}`, undefined, { signal: this.asked.signal }));
    } catch {
      this.close();  // whoever presses Enter is told why
    }
  }

  show({ groups }) {
    this.list.replaceChildren(...groups.flatMap(({ name, results }) => results.map((hit) => this.option(name, hit))));
    this.list.querySelectorAll("a").forEach((option, place) => { option.id = `found-${place}`; });
    const isOpen = this.list.childElementCount > 0 && document.activeElement === this.field;
    this.list.hidden = !isOpen;
    this.field.setAttribute("aria-expanded", isOpen);
    this.field.removeAttribute("aria-activedescendant");
  }

  option(kind, { name, href, below }) {
    const option = Object.assign(document.createElement("a"), { href, tabIndex: -1 });
    option.setAttribute("role", "option");
    const place = Object.assign(document.createElement("span"), { className: "dim" });
    place.textContent = [kind, below].filter(Boolean).join(" · ");
    option.append(name, place);
    return option;
  }

  close() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = [...this.list.children];
    const now = options.findIndex((option) => option.ariaSelected === "true");
    if (event.key === "Escape" && options.length) this.close();
    else if (event.key === "ArrowDown" && options.length) this.choose(options, Math.min(now + 1, options.length - 1));
    else if (event.key === "ArrowUp" && options.length) this.choose(options, Math.max(now - 1, 0));
    else if (event.key === "Enter" && now >= 0) location.href = options[now].href;
    else return;
    event.preventDefault();
  }

  choose(options, place) {
    options.forEach((option, number) => option.setAttribute("aria-selected", number === place));
    options[place].scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", options[place].id);
  }
}

for (const form of document.querySelectorAll("form.find")) new Find(form);
