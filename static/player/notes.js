/** Short messages on the deck; their words come from the server, in templates. */
export function showNote(name, entry = null, says = "") {
  const note = document.getElementById(`note-${name}`).content.cloneNode(true);
  for (const place of note.querySelectorAll("[data-title]")) place.textContent = entry.title;
  for (const place of note.querySelectorAll("[data-says]")) place.textContent = says;
  for (const link of note.querySelectorAll("[data-search]")) link.href = entry.search;
  const deck = document.getElementById("note");
  deck.replaceChildren(note);
  deck.dataset.shown = name;
}

/** Take away that message, or any. */
export function clearNote(name = null) {
  const deck = document.getElementById("note");
  if (name === null || deck.dataset.shown === name) deck.replaceChildren();
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-dismiss]")) return;
  clearNote();
  const toggle = document.getElementById("toggle");
  const near = toggle.checkVisibility() ? toggle : document.getElementById("main");
  near.focus({ preventScroll: true });
});
