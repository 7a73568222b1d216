// Which files were sent in this visit of the page, by the drop in which each came; what came before is of an earlier one.

const KEY = "cellkeep.upload.visit";

export class Visit {
  constructor() {
    this.drops = goesOn() ? kept() : {};
    this.latest = Math.max(0, ...Object.values(this.drops));
    this.keep();
  }

  /** The number of a drop that begins. */
  begin() { this.latest += 1; return this.latest; }

  add(id, drop) { this.drops[id] = drop; this.keep(); }

  forget(id) { delete this.drops[id]; this.keep(); }

  has(id) { return id in this.drops; }

  keep() { try { sessionStorage.setItem(KEY, JSON.stringify(this.drops)); } catch { /* then it ends with the page */ } }
}

/** Whether the page was loaded again, gone back to, or led to itself, as by the choice of another project. */
function goesOn() {
  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (how === "reload" || how === "back_forward") return true;
  const from = URL.canParse(document.referrer) ? new URL(document.referrer) : null;
  return from?.origin === location.origin && from.pathname === location.pathname;
}

function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}
