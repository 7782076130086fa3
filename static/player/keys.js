import { ofBrowser } from "./store.js";

const STEP_SECONDS = 5;
const STEP_PERCENT = 5;
const OFF = "pytune.keys.off";
const TAKES_TEXT = "input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]";
/** A slider does nothing with it, and a pointer leaves the focus there. */
const TAKES_SPACE = "button, summary, input:not([type=range]), a";
const TAKES_ARROWS = "input, [role=slider], .shelf, .scroll";

/** The button that a pointer pressed, as long as the focus is on it: nobody went there by keys. */
let pressed = null;
document.addEventListener("pointerdown", ({ target }) => (pressed = target.closest("button")));
document.addEventListener("focusin", ({ target }) => {
  if (target !== pressed) pressed = null;
});

/** Whether single keys do something in this browser. */
export const areKeysOn = () => !ofBrowser.get(OFF);

/** Keys for the player, as other players have them; the sheet that "?" opens lists them all. */
export function watchKeys(player) {
  const sheet = document.getElementById("keys");
  const isOn = document.getElementById("keys-on");
  isOn.checked = areKeysOn();
  isOn.addEventListener("change", () => {
    if (isOn.checked) ofBrowser.remove(OFF);
    else ofBrowser.put(OFF, true);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-opens-keys]")) sheet.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TAKES_TEXT)) return;
    if (!areKeysOn() || sheet.open) return;
    const act = event.key === "?" ? () => sheet.showModal() : actionOf(player, event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf(player, { key, shiftKey, target }) {
  if (!player.current) return null;
  const isFree = (taken) => !target.closest(taken);
  if (key === " ") return isFree(TAKES_SPACE) || target === pressed ? () => player.toggle() : null;
  if (key.startsWith("Arrow")) return isFree(TAKES_ARROWS) ? arrow(player, key, shiftKey) : null;
  if (/^\d$/.test(key)) return () => player.seekTo(Number(key) / 10);
  return letter(player, key.toLowerCase(), shiftKey);
}

/** Up and down scroll the page; with Shift they turn the volume. */
function arrow(player, key, shiftKey) {
  const forth = key === "ArrowRight" || key === "ArrowUp" ? 1 : -1;
  const isAcross = key === "ArrowRight" || key === "ArrowLeft";
  if (isAcross && !shiftKey) return () => player.skip(forth * STEP_SECONDS);
  return !isAcross && shiftKey ? () => player.video.turn(forth * STEP_PERCENT) : null;
}

function letter(player, key, shiftKey) {
  if (key === "m") return () => player.video.mute();
  if (key === "s") return () => player.queue.shuffle(!player.queue.isShuffled);
  if (key === "r") return () => player.queue.repeatNext();
  if (key === "n" && shiftKey) return () => player.next();
  if (key === "p" && shiftKey) return () => player.next(-1);
  return null;
}
