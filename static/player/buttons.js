/** The page's play and queue buttons. Pages come and go, so the document listens for them. */
export function watchButtons(player) {
  const actions = {
    "[data-play]": (button) => playFrom(player, button),
    "[data-play-all]": (button) => player.start(entriesOf(listOf(button)), 0),
    "[data-enqueue]": (button) => player.enqueue(entryOf(button.closest("[data-track]"))),
    "[data-close-stage]": () => player.close(),
    "[data-clear]": () => player.queue.clear(),
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
  const places = placesOf(listOf(button));
  return player.start(places.map(entryOf), places.indexOf(pressed));
}

const listOf = (button) => button.closest("[data-list]");
const entryOf = (place) => JSON.parse(place.dataset.track);
const placesOf = (list) => [...list.querySelectorAll("[data-track]:not(.no-video)")];
const entriesOf = (list) => placesOf(list).map(entryOf);
