const STEP_SECONDS = 5;
const STEP_PERCENT = 5;
const OFF = "pytune.keys.off";
const TAKES_TEXT = "input:not([type=range], [type=checkbox]), textarea, [contenteditable]";
const TAKES_SPACE = "button, summary, input, select, a";
const TAKES_ARROWS = "input, select, [role=slider], .shelf, .scroll";

/** Keys for the player, as other players have them; the sheet that "?" opens lists them all. */
export function watchKeys(player) {
  const sheet = document.getElementById("keys");
  const isOn = document.getElementById("keys-on");
  isOn.checked = !localStorage.getItem(OFF);
  isOn.addEventListener("change", () => {
    if (isOn.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "true");
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-opens-keys]")) sheet.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TAKES_TEXT)) return;
    if (!isOn.checked || sheet.open) return;
    const act = event.key === "?" ? () => sheet.showModal() : actionOf(player, event);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf(player, { key, shiftKey, target }) {
  if (!player.current) return null;
  const isFree = (taken) => !target.closest(taken);
  if (key === " ") return isFree(TAKES_SPACE) ? () => player.toggle() : null;
  if (key.startsWith("Arrow")) return isFree(TAKES_ARROWS) ? arrow(player, key, shiftKey) : null;
  if (/^\d$/.test(key)) return isFree("select") ? () => player.seekTo(Number(key) / 10) : null;
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
