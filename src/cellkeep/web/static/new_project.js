// Making a project, where one chooses among them: its name is typed in the menu, and its first page follows.

import { api, tellNext } from "./core.js";
import { h, sentence } from "./elements.js";

const button = document.getElementById("new-project");

function open(event) {
  event.stopPropagation(); // the button is gone then, and a press outside of a menu closes it
  const name = h("input", { "aria-label": "name of the new project", maxlength: 255, autocomplete: "off", required: true, placeholder: "its name" });
  const trouble = h("p", { class: "bad", role: "alert" });
  const make = h("button", { class: "main" }, "Make it");
  const form = h("form", { class: "new-project" }, name, make, trouble);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (make.disabled) return;
    make.disabled = true;
    trouble.replaceChildren();
    try {
      const made = await api("POST", "/projects", { name: name.value });
      tellNext(`The project “${made.name}” is made, and empty. Others see it once they are its members.`);
      location.assign(`/ui/?project=${encodeURIComponent(made.id)}`);
    } catch (error) {
      trouble.replaceChildren(...sentence(error.message));
      make.disabled = false;
    }
  });
  button.replaceWith(form);
  name.focus();
}

button.hidden = false;
button.addEventListener("click", open);
