// Puts each row of a batch in its place as it is checked; without it the page renews itself.
const rows = document.querySelector("#rows");
const status = document.querySelector("#status");
const live = new EventSource(rows.dataset.live);

function place(row) {
  const before = document.getElementById(row.id);
  if (before) return before.replaceWith(row);
  const at = Number(row.dataset.at);
  const next = [...rows.children].find((other) => Number(other.dataset.at) > at);
  rows.insertBefore(row, next ?? null);
}

live.addEventListener("row", (event) => {
  const made = document.createElement("template");
  made.innerHTML = event.data; // escaped by the server's template; the page's policy lets nothing in it run
  place(made.content.firstElementChild);
});

live.addEventListener("progress", (event) => {
  const told = JSON.parse(event.data);
  status.textContent = told.status;
  for (const count of document.querySelectorAll("[data-count]")) {
    count.textContent = told.counts[count.dataset.count];
  }
});

live.addEventListener("done", () => {
  live.close();
  document.querySelector("#save").hidden = false;
});

live.addEventListener("full", () => {
  live.close();
  setTimeout(() => location.reload(), 4000);
});
