// The page of properties: a unit that is chosen is converted to at once, and figures are drawn when they come into sight.

import { localise, tell } from "./core.js";
import { Figure } from "./figure.js";

const form = document.getElementById("values");

/** The present address with the units that are chosen. */
function address() {
  const query = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field.tagName !== "SELECT") continue;
    if (field.value) query.set(field.name, field.value); else query.delete(field.name);
  }
  return `${location.pathname}${query.size ? `?${query}` : ""}`;
}

/** Put the values as an address asks for them, and have the figures follow. */
async function show(place) {
  const answer = await fetch(place, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const coming = new DOMParser().parseFromString(await answer.text(), "text/html");
  const held = document.activeElement?.name;
  form.replaceChildren(...coming.getElementById("values").children);
  localise(form);
  if (held) form.elements[held]?.focus();
  for (const section of document.querySelectorAll(".trends .figure")) follow(section, coming.getElementById(section.id));
}

function follow(section, next) {
  const src = next?.dataset.later;
  if (!src || src === section.dataset.later) return;
  section.dataset.later = src;
  if (!section.figure) return;
  section.dataset.src = src;
  section.figure.draw();
}

function draw(section) {
  if (section.figure) return;
  section.dataset.src = section.dataset.later;
  section.addEventListener("drawn", () => section.figure.plot.on("plotly_click", lead), { once: true });
  new Figure(section).draw();
}

/** A point leads to its record. */
function lead({ points }) {
  const id = points[0]?.customdata?.[0];
  if (id) location.href = `/ui/measurements/${encodeURIComponent(id)}${location.search}`;
}

const inSight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) { inSight.unobserve(target); draw(target); }
}, { rootMargin: "200px" });

form.addEventListener("change", () => {
  const place = address();
  history.pushState(null, "", place);
  show(place).catch((error) => tell(error.message));
});
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("popstate", () => show(location.href).catch((error) => tell(error.message)));
window.addEventListener("beforeprint", () => document.querySelectorAll(".trends .figure").forEach(draw));
document.getElementById("main").classList.add("live");
for (const section of document.querySelectorAll(".trends .figure")) inSight.observe(section);
