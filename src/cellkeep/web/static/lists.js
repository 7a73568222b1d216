// A list is shown anew as soon as one of its fields is chosen; what is typed waits for Enter.

for (const form of document.querySelectorAll("form[data-submits]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=date]")) form.requestSubmit();
  });
  // What is empty says nothing, and need not be in the address.
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
  // Whoever comes back finds the fields as the address says, and not as they were left.
  window.addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
    form.reset();
  });
}
