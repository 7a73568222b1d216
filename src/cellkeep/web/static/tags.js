// Tags of a measurement, edited where they stand: `<span data-tags="id" data-project="id" data-name="name">`.

import { api, tell } from "./core.js";

const LONGEST = 50;
const known = new Map();

/** The tags of a project, most used first; asked for once a page. */
function suggestions(project) {
  if (!known.has(project)) {
    const path = `/cell_measurements/tags?limit=500&project_id=${encodeURIComponent(project)}`;
    known.set(project, api("GET", path).then((page) => page.items.map(({ tag }) => tag), () => []));
  }
  return known.get(project);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function link(tag) {
  const query = new URLSearchParams(location.search);
  const address = new URLSearchParams(query.has("project") ? { project: query.get("project"), tag } : { tag });
  return element("a", { className: "tag", href: `/ui/measurements?${address}`, textContent: tag });
}

class Tags {
  constructor(place) {
    this.place = place;
    this.tags = [...place.querySelectorAll(".tag")].map((tag) => tag.textContent);
    this.show();
  }

  /** The tags, and a pen. */
  show(isFocused = false) {
    const [text, label] = this.tags.length ? ["✎", "edit the tags of"] : ["+ tag", "+ tag to"];
    const pen = element("button", { type: "button", className: "pen", textContent: text });
    pen.setAttribute("aria-label", `${label} ${this.place.dataset.name}`);
    pen.addEventListener("click", () => this.edit());
    this.place.classList.remove("open");
    this.place.replaceChildren(...this.tags.map(link), pen);
    if (isFocused) pen.focus();
  }

  /** The tags, each with a button that takes it away, and a field for another. */
  edit() {
    const { project, name } = this.place.dataset;
    const list = element("datalist", { id: `tags-${this.place.dataset.tags}` });
    const field = element("input", { maxLength: LONGEST, autocomplete: "off", placeholder: "add a tag" });
    field.setAttribute("aria-label", `a tag for ${name}`);
    field.setAttribute("list", list.id);
    const done = element("button", { type: "button", className: "chip", textContent: "done" });
    done.addEventListener("click", () => this.leave(field));
    field.addEventListener("keydown", (event) => this.key(event, field));
    this.place.classList.add("open");
    this.place.replaceChildren(...this.tags.map((tag) => this.removable(tag)), field, list, done);
    field.focus();
    suggestions(project).then((found) => {
      const own = new Set(this.tags.map((tag) => tag.toLowerCase()));
      list.replaceChildren(
        ...found.filter((tag) => !own.has(tag.toLowerCase())).map((value) => element("option", { value })),
      );
    });
  }

  removable(tag) {
    const gone = element("button", { type: "button", className: "gone", textContent: "×" });
    gone.setAttribute("aria-label", `remove the tag ${tag}`);
    gone.addEventListener("click", () => this.save({ remove: [tag] }));
    return element("span", { className: "tag" }, tag, gone);
  }

  key(event, field) {
    if (event.key === "Escape") this.show(true);
    else if (event.key === "Enter" || event.key === ",") this.add(field.value);
    else if (event.key === "Backspace" && !field.value && this.tags.length) this.save({ remove: this.tags.slice(-1) });
    else return;
    event.preventDefault();
  }

  add(text) {
    if (text.trim()) this.save({ add: [text.trim()] });
    else this.show(true);
  }

  /** What is typed and not entered yet is meant all the same. */
  async leave(field) {
    if (field.value.trim()) await this.save({ add: [field.value.trim()] });
    this.show(true);
  }

  /** Say what changes and not what there is then, so that what others have changed meanwhile stays. */
  async save(change) {
    const { tags: id } = this.place.dataset;
    try {
      await api("POST", "/cell_measurements/tags/bulk", { measurement_ids: [id], ...change });
      this.tags = (await api("GET", `/cell_measurements/${encodeURIComponent(id)}`)).tags;
      known.delete(this.place.dataset.project);
      tell(this.tags.length ? `Tags: ${this.tags.join(", ")}.` : "No tags.");
    } catch (error) {
      tell(error.message);
    }
    this.edit();
  }
}

for (const place of document.querySelectorAll("[data-tags]")) new Tags(place);
