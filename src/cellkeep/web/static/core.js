// What every page has: calls of the API, times in the reader's zone, copying, keys, the basket.

/** Call the API as who is signed in; a failure rises with the server's own message. */
export async function api(method, path, body, options = {}) {
  const headers = { "X-Cellkeep-Page": "1", Accept: "application/json" };
  const isData = body instanceof Blob || body instanceof FormData;
  if (body !== undefined && !isData) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method,
    headers,
    body: body === undefined || isData ? body : JSON.stringify(body),
    credentials: "same-origin",
    ...options,
  });
  if (answer.status === 204) return null;
  const found = (answer.headers.get("content-type") ?? "").includes("json") ? await answer.json() : null;
  if (!answer.ok) {
    const error = new Error(found?.message ?? `The server answered ${answer.status}.`);
    error.status = answer.status;
    error.detail = found?.detail;
    throw error;
  }
  return found;
}

/** Tell something in passing. */
export function tell(text) {
  const toast = document.querySelector(".toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { toast.hidden = true; }, 4000);
}

const TOLD = "cellkeep.told";

/** Tell something on the page that comes next, at its head. */
export function tellNext(text) {
  try { sessionStorage.setItem(TOLD, text); } catch { /* a browser that keeps nothing is told nothing */ }
}

function tellFromBefore() {
  try {
    const text = sessionStorage.getItem(TOLD);
    if (text === null) return;
    sessionStorage.removeItem(TOLD);
    const told = Object.assign(document.createElement("p"), { className: "told", textContent: text });
    told.setAttribute("role", "status");
    document.querySelector("main").prepend(told);
  } catch { /* as above */ }
}

const ZONED = new Intl.DateTimeFormat("sv-SE", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

const DAY = new Intl.DateTimeFormat("sv-SE", { year: "numeric", month: "2-digit", day: "2-digit" });

/** Times of the page in the zone of who looks, with the zone. */
export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    const isDay = time.dataset.day !== undefined;
    time.textContent = (isDay ? DAY : ZONED).format(moment);
    time.title = isDay ? ZONED.format(moment) : `${time.dateTime} (UTC)`;
  }
}

/** What is chosen for comparing: kept in this browser, in the order of choosing; colours stay with their place. */
export const basket = {
  KEY: "cellkeep.basket",
  read() {
    try { return JSON.parse(localStorage.getItem(this.KEY) ?? "[]"); } catch { return []; }
  },
  write(entries) {
    localStorage.setItem(this.KEY, JSON.stringify(entries));
    this.changed();
  },
  /** Have the page say what is chosen, also where it was in another tab. */
  changed() {
    this.show();
    document.dispatchEvent(new CustomEvent("basket"));
  },
  has(id) { return this.read().some((entry) => entry.id === id); },
  add(entry) {
    const entries = this.read();
    if (entries.some(({ id }) => id === entry.id)) return;
    const taken = new Set(entries.map(({ colour }) => colour));
    let { colour = 0 } = entry;
    if (taken.has(colour)) colour = 0;
    while (taken.has(colour)) colour += 1;
    this.write([...entries, { ...entry, colour }]);
  },
  remove(id) { this.write(this.read().filter((entry) => entry.id !== id)); },
  clear() { this.write([]); },
  /** The address of the page that compares what is chosen; colours are named where they are not those of the places. */
  address() {
    const query = new URLSearchParams();
    const entries = this.read();
    const isMoved = entries.some(({ colour }, place) => colour !== place);
    for (const { id, colour } of entries) query.append("m", isMoved ? `${id}::${colour}` : id);
    return `/ui/compare${query.size ? `?${query}` : ""}`;
  },
  show() {
    const entries = this.read();
    for (const count of document.querySelectorAll("[data-basket-count]")) {
      count.hidden = !entries.length;
      count.textContent = entries.length;
    }
    for (const link of document.querySelectorAll("a[data-basket-link]")) link.href = this.address();
    for (const button of document.querySelectorAll("button[data-basket]")) {
      const isIn = entries.some(({ id }) => id === button.dataset.basket);
      button.hidden = false;
      button.setAttribute("aria-pressed", isIn);
      button.textContent = isIn ? "comparing" : "compare";
      button.setAttribute("aria-label", `${isIn ? "stop comparing" : "compare"} ${button.dataset.name} of ${button.dataset.cell}`);
    }
  },
};

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  tell("Copied.");
}

function press(event) {
  const copied = event.target.closest("[data-copy]");
  if (copied) { copy(copied).catch(() => tell(copied.dataset.copy)); return; }
  const chosen = event.target.closest("button[data-basket]");
  if (chosen) {
    const { basket: id, name, cell } = chosen.dataset;
    if (basket.has(id)) basket.remove(id); else basket.add({ id, name, cell });
    return;
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
}

const PLACES = { h: "/ui/", c: "/ui/cells", m: "/ui/measurements", s: "/ui/specs", b: "/ui/batches", l: "/ui/lab", u: "/ui/upload" };
let isGoing = false;

/** `/` searches; `g` and a letter leads to a page; Escape closes what is open. */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector(".find input")?.focus();
  } else if (isGoing && (PLACES[event.key] || event.key === "x")) {
    const project = new URLSearchParams(location.search).get("project");
    const place = event.key === "x" ? basket.address() : PLACES[event.key];
    location.href = project && event.key !== "x" ? `${place}?project=${encodeURIComponent(project)}` : place;
  }
  isGoing = event.key === "g";
}

document.addEventListener("click", press);
document.addEventListener("keydown", key);
window.addEventListener("storage", (event) => { if (event.key === null || event.key === basket.KEY) basket.changed(); });
localise(document);
basket.show();
tellFromBefore();
