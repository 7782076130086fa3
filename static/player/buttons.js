import { showNote } from "./notes.js";

/** The page's play and queue buttons. Pages come and go, so the document listens for them. */
export function watchButtons(player) {
  const actions = {
    "[data-play]": (button) => playFrom(player, button),
    "[data-play-all]": (button) => playAll(player, button),
    "[data-radio]": (button) => startRadio(player, button),
    "[data-enqueue]": (button) => enqueue(player, entryOf(button.closest("[data-track]"))),
    "[data-close-stage]": () => close(player),
    "[data-wrong-video]": () => player.replaceVideo(),
    "[data-clear]": () => clear(player),
    "[data-shuffle]": () => player.queue.shuffle(!player.queue.isShuffled),
    "[data-repeat]": () => player.queue.repeatNext(),
  };
  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(actions)) {
      const button = event.target.closest(selector);
      if (button) act(button);
    }
  });
}

/** The list from its pressed track on is the queue; the track that is on now goes on or pauses. */
function playFrom(player, button) {
  const pressed = button.closest("[data-track]");
  if (player.current?.id === entryOf(pressed).id) return player.toggle();
  const places = placesOf(listOf(button), pressed);
  return player.start(places.map(entryOf), places.indexOf(pressed));
}

/** The track itself and what follows from it; an artist's radio begins with what it finds. */
async function startRadio(player, button) {
  const track = button.closest("[data-track]");
  const seed = button.dataset.radio;
  if (track) return player.start([entryOf(track)], 0, seed);
  const entries = await player.radio.first(seed);
  return entries.length ? player.start(entries, 0, seed) : showNote("failed");
}

function enqueue(player, entry) {
  player.queue.append(entry);
  showNote("queued", entry);
}

/** What follows is gone, and nothing follows by itself until the queue has ended. */
function clear(player) {
  player.radio.tune(null);
  player.queue.clear();
  document.getElementById("next-up").focus();
}

function close(player) {
  player.close();
  document.getElementById("toggle").focus();
}

/** The whole list, or a pause where its first track is on. */
function playAll(player, button) {
  const entries = entriesOf(listOf(button));
  return isOn(player, entries[0]) ? player.toggle() : player.start(entries, 0);
}

/** Whether a play button of that track shows a pause. */
export const isOn = ({ current, isPlaying }, entry) => isPlaying && current.id === entry?.id;

export const firstOf = (button) => placesOf(listOf(button)).slice(0, 1).map(entryOf)[0];
const listOf = (button) => button.closest("[data-list]");
const entryOf = (place) => JSON.parse(place.dataset.track);
const entriesOf = (list) => placesOf(list).map(entryOf);

/** What can be played, and what was pressed: another video of it may have been found. */
function placesOf(list, pressed = null) {
  const places = [...list.querySelectorAll("[data-track]")];
  return places.filter((place) => place === pressed || !place.matches(".no-video"));
}
