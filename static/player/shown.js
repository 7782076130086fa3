/** Seconds as a clock shows them, such as 5:02. */
export function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** A play button that pauses while its track plays, and says so. */
export function setIcon(button, isPlaying) {
  const use = button.querySelector("use");
  const shown = use.getAttribute("href");
  const icon = shown.replace(/#.*/, isPlaying ? "#pause" : "#play");
  // Set anew it would be drawn anew, for every row of every page.
  if (icon === shown) return;
  use.setAttribute("href", icon);
  const says = isPlaying ? button.dataset.saysPause : button.dataset.saysPlay;
  const word = button.querySelector("[data-word]");
  if (word) word.textContent = says;
  else button.setAttribute("aria-label", says);
}

/** A button of several states: each has its icon and its words in the button's data. */
export function setState(button, state) {
  const icon = button.dataset[`icon${named(state)}`];
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
  button.setAttribute("aria-label", button.dataset[`says${named(state)}`]);
  button.dataset.state = state;
}

const named = (state) => state[0].toUpperCase() + state.slice(1);
