import { firstOf, isOn } from "./buttons.js";
import { setIcon } from "./shown.js";

/** Marks the track that is on now wherever the page lists it, and its play buttons. */
export class Marks {
  constructor(player) {
    this.player = player;
    player.addEventListener("change", () => this.#mark());
    player.addEventListener("blocked", () => this.#strike());
    document.addEventListener("htmx:after:swap", () => this.#mark());
  }

  /** The track that YouTube does not show is struck wherever the page lists it, and looked up again
   *  when it is played again. */
  #strike() {
    const places = document.querySelectorAll(`[data-track-id="${this.player.current.id}"]`);
    for (const place of places) {
      place.classList.add("no-video");
      if (place.dataset.track) place.dataset.track = withoutVideo(place.dataset.track);
    }
  }

  #mark() {
    const { current, isPlaying } = this.player;
    for (const place of document.querySelectorAll("[data-track]")) {
      const isCurrent = Number(place.dataset.trackId) === current?.id;
      if (isCurrent) place.setAttribute("aria-current", "true");
      else place.removeAttribute("aria-current");
      const buttons = place.querySelectorAll("[data-play]");
      for (const button of buttons) setIcon(button, isCurrent && isPlaying);
    }
    for (const button of document.querySelectorAll("[data-play-all]"))
      setIcon(button, isOn(this.player, firstOf(button)));
  }
}

const withoutVideo = (track) => JSON.stringify({ ...JSON.parse(track), video: null });
