/** Runs before the player is there, and keeps what was pressed for it: the last press counts. */
const FOR_PLAYER = "[data-play], [data-play-all], [data-radio], [data-enqueue]";
let pressed = null;

function keep(event) {
  pressed = event.target.closest(FOR_PLAYER) ?? pressed;
}

/** Press again, now that somebody listens. */
export function pressKept() {
  document.removeEventListener("click", keep);
  if (pressed?.isConnected) pressed.click();
}

document.addEventListener("click", keep);
