// A record is deleted from the end of its panel: `<details data-delete="/cells/ID" data-noun="cell" data-to="/ui/…">`.

import { api, basket, tellNext } from "./core.js";
import { sentence } from "./elements.js";

/** A name as it is compared with what somebody typed: the page may have broken it into lines. */
function spaced(text) {
  return text.trim().replaceAll(/\s+/g, " ");
}

/** What went along with a record is not compared any more. */
async function forget() {
  const chosen = basket.read();
  if (!chosen.length) return;
  const query = new URLSearchParams(chosen.map(({ id }) => ["m", id]));
  const { known } = await api("GET", `/ui/compare/known?${query}`);
  basket.write(chosen.filter(({ id }) => known.includes(id)));
}

async function leave(panel, typed) {
  const { delete: at, noun, to } = panel.dataset;
  const { name } = document.querySelector("[data-edit=name]").dataset; // there is no heading while it is edited
  if (typed && spaced(typed.value) !== spaced(name)) {
    typed.focus();
    throw new Error("That is not its name. Nothing was deleted.");
  }
  await api("DELETE", at);
  await forget().catch(() => {}); // the page that compares tells of what is not there
  tellNext(`The ${noun} “${name}” is deleted.`);
  location.replace(to);
}

for (const panel of document.querySelectorAll("[data-delete]")) {
  const [form, trouble] = ["form", "[role=alert]"].map((each) => panel.querySelector(each));
  const typed = form.querySelector("input");
  const close = () => {
    panel.open = false;
    panel.querySelector("summary").focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector(".main");
    button.disabled = true;
    leave(panel, typed).catch((error) => {
      trouble.replaceChildren(...sentence(error.message));
      button.disabled = false;
    });
  });
  form.querySelector("[type=button]").addEventListener("click", close);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape" && panel.open) close(); });
  panel.hidden = false;
}
