import { clock, setIcon, setState } from "./shown.js";

const $ = (id) => document.getElementById(id);
/** In the bar, and in the sheet of a phone, whose bar has no room for it. */
const previous = () => document.querySelectorAll("[data-previous]");

/** The player's bar: shows what plays, and hands on what is pressed. */
export class Deck {
  #shown = null;
  #seeking = false;

  constructor(player) {
    this.player = player;
    player.addEventListener("change", () => this.#show());
    player.addEventListener("progress", () => this.#progress());
    player.video.addEventListener("sound", () => this.#showSound());
    $("toggle").addEventListener("click", () => player.toggle());
    $("next").addEventListener("click", () => player.next());
    for (const button of previous()) button.addEventListener("click", () => player.next(-1));
    $("mute").addEventListener("click", () => player.video.mute());
    $("volume").addEventListener("input", (event) => (player.video.volume = event.target.valueAsNumber));
    $("seek").addEventListener("input", () => this.#drag());
    $("seek").addEventListener("change", () => this.#drop());
    this.#showSound();
  }

  #show() {
    const { current, isPlaying, queue } = this.player;
    $("player").hidden = !current;
    if (!current) return;
    if (current.id !== this.#shown) this.#showTrack(current);
    setIcon($("toggle"), isPlaying);
    for (const button of previous()) button.disabled = !this.player.canMove(-1);
    $("next").disabled = !this.player.canMove(1);
    for (const button of document.querySelectorAll("[data-shuffle]")) {
      button.setAttribute("aria-pressed", String(queue.isShuffled));
    }
    for (const button of document.querySelectorAll("[data-repeat]")) setState(button, queue.repeat);
  }

  #showTrack(track) {
    this.#shown = track.id;
    $("now-cover").src = track.cover;
    $("now-title").textContent = track.title;
    $("now-title").href = `/tracks/${track.id}`;
    $("now-artist").textContent = track.artist;
    // A queue that was kept by an older version does not know it.
    if (track.artist_id) $("now-artist").href = `/artists/${track.artist_id}`;
    else $("now-artist").removeAttribute("href");
    this.#showAt(this.player.position, track.seconds ?? 0);
    const served = track.list ? `?list_id=${track.list}&position=${track.position}` : "";
    htmx.ajax("GET", `/tracks/${track.id}/feedback${served}`, { target: $("now-feedback"), swap: "innerHTML" });
  }

  #showSound() {
    const { volume, isMuted } = this.player.video;
    $("volume").value = $("volume-bar").value = isMuted ? 0 : volume;
    setState($("mute"), isMuted ? "muted" : "heard");
  }

  #progress() {
    if (!this.#seeking) this.#showAt(this.player.position, this.player.duration);
  }

  #showAt(position, duration) {
    const seek = $("seek");
    seek.max = $("seek-bar").max = Math.max(duration, 1);
    seek.value = $("seek-bar").value = position;
    $("at").textContent = clock(position);
    $("all").textContent = duration ? clock(duration) : "";
    const says = seek.dataset.says.replace("{at}", clock(position)).replace("{all}", clock(duration));
    seek.setAttribute("aria-valuetext", says);
  }

  #drag() {
    this.#seeking = true;
    this.#showAt($("seek").valueAsNumber, Number($("seek").max));
  }

  #drop() {
    this.#seeking = false;
    this.player.seek($("seek").valueAsNumber);
  }
}
