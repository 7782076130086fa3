/** What pages need beyond htmx: focus, the search key, arrows in results, and failures said aloud. */
import "./focus.js";
import { areKeysOn } from "./player/keys.js";
import { showNote } from "./player/notes.js";

const FIELDS = "input, textarea, select, [contenteditable]";

/** "/" goes to the search field, or to the page that has one. */
function goToSearch(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest(FIELDS)) return;
  if (!areKeysOn()) return;
  event.preventDefault();
  const field = document.getElementById("ask") ?? document.getElementById("find");
  if (field.checkVisibility()) field.focus();
  else document.querySelector('#tabs a[href="/search"]').click();
}

/** The arrows move from the search field through the results and back. */
function moveThroughHits(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const field = document.getElementById("ask");
  if (!step || !field || !event.target.closest("#ask, #hits .row-title")) return;
  const stops = [field, ...document.querySelectorAll("#hits .row-title a")];
  event.preventDefault();
  stops[stops.indexOf(document.activeElement) + step]?.focus();
}

/** A failed request leaves the page as it is; a page that was asked for may be an error page. */
function keepPageOnFailure(event) {
  const { ctx } = event.detail;
  if (!ctx.response || ctx.response.status < 400 || ctx.target?.id === "main") return;
  event.preventDefault();
  const story = storyOf(ctx.text);
  // A proxy's own words for a server that it does not reach say nothing of what was done before.
  const untold = ctx.response.status < 500 ? "failed" : "unanswered";
  sayFailure(ctx, story ? "refused" : untold, story);
}

/** What the server says of a refusal, in the page that it would be without a script. */
function storyOf(answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  return page.querySelector(".mishap .verdict")?.textContent.trim();
}

/** What was still to be loaded says so in its place, with a way to try again. */
function sayFailure(ctx, note, says) {
  const offer = ctx?.target?.querySelector("[data-failed]");
  if (!offer) return showNote(note, null, says);
  ctx.target.ariaBusy = "false";
  offer.hidden = false;
}

/** Whoever follows a link by keyboard or reader goes on from the top of the new page. */
function startAtMain(event) {
  if (event.detail.ctx.target?.id !== "main") return;
  document.getElementById("find").value = "";
  const main = document.getElementById("main");
  if (!main.contains(document.activeElement)) main.focus({ preventScroll: true });
}

document.addEventListener("keydown", goToSearch);
document.addEventListener("keydown", moveThroughHits);
document.addEventListener("htmx:before:swap", keepPageOnFailure);
document.addEventListener("htmx:after:swap", startAtMain);
document.addEventListener("htmx:error", ({ detail }) => {
  sayFailure(detail.ctx, detail.ctx?.response ? "failed" : "unanswered");
});
