// Copies what a field holds. Where that cannot be, the button stays hidden and the field can be marked by hand.
const button = document.querySelector("button[data-copies]");
const field = document.getElementById(button.dataset.copies);
const said = document.querySelector("[data-said]");

field.addEventListener("focus", () => field.select());
if (navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = said.dataset.said;
    } catch {
      field.focus(); // marked, so that it can be copied by hand
    }
  });
}
