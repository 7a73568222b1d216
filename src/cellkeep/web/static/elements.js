// Elements made by script; what a person wrote goes in as text, never as markup.

/** An element with attributes (`onclick` and the like are listeners; null and false are left out) and content. */
export function h(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled" || key === "hidden") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...content.flat(3).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

/** A sentence of the server, in which what is between backticks is code. */
export function sentence(text) {
  return text.split(/`([^`\n]+)`/).map((part, place) => (place % 2 ? h("code", {}, part) : part));
}

const STEPS = ["B", "kB", "MB", "GB", "TB"];

/** A size in decimal units. */
export function size(bytes) {
  let power = 0;
  let value = bytes;
  while (value >= 1000 && power < STEPS.length - 1) { value /= 1000; power += 1; }
  return `${power ? Number(value.toPrecision(3)) : value} ${STEPS[power]}`;
}

/** A length of time in its largest unit that fits. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  for (const [name, length] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    if (seconds >= length) return `${Number((seconds / length).toPrecision(3))} ${name}`;
  }
  return `${Number(seconds.toPrecision(3))} s`;
}

const PLAIN = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** How many of something: `1 cell`, `1,200 rows`. */
export function count(number, noun) {
  return `${PLAIN.format(number)} ${noun}${number === 1 ? "" : "s"}`;
}
