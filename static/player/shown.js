/** Seconds as a clock shows them, such as 5:02. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** A play button that pauses while its track plays, and says so. */
export function setIcon(button, isPlaying) {
  // Set anew it would be said anew, for every row of every page.
  if (button.hasAttribute("data-on") === isPlaying) return;
  button.toggleAttribute("data-on", isPlaying);
  const says = isPlaying ? button.dataset.saysPause : button.dataset.saysPlay;
  const word = button.querySelector("[data-word]");
  if (word) word.textContent = says;
  else button.setAttribute("aria-label", says);
}

/** A button of several states: each has its words in the button's data, and one the second icon. */
export function setState(button, state) {
  button.toggleAttribute("data-on", state === button.dataset.onIn);
  button.setAttribute("aria-label", button.dataset[`says${named(state)}`]);
  button.dataset.state = state;
}

const named = (state) => state[0].toUpperCase() + state.slice(1);
