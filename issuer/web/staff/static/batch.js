// Shows how far a batch has come while somebody looks. The work itself needs no page.
"use strict";
const shown = document.querySelector("[data-events]");
if (shown && window.EventSource) {
  const source = new EventSource(shown.dataset.events);
  const bar = shown.querySelector("progress");
  const words = shown.querySelector("[data-words]");
  source.addEventListener("progress", (event) => {
    const said = JSON.parse(event.data);
    bar.max = said.total;
    bar.value = said.done;
    if (words.textContent !== said.words) words.textContent = said.words;
    if (said.over) {
      source.close();
      location.reload();
    }
  });
}
