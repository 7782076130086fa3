import { followDrag } from "./drag.js";

/** The queue as a list: what follows, to jump to, to move or to take out. */
export class UpcomingList {
  constructor(player) {
    this.player = player;
    this.list = document.getElementById("upcoming");
    this.row = document.getElementById("upcoming-row").content;
    player.queue.addEventListener("change", () => this.#show());
    document.getElementById("take-files").addEventListener("formdata", (said) => this.#fillIn(said));
    const goesOn = document.getElementById("goes-on");
    goesOn.checked = player.radio.goesOn;
    goesOn.addEventListener("change", () => {
      player.radio.goesOn = goesOn.checked;
      player.dispatchEvent(new Event("change"));
    });
  }

  /** Whoever was in a row goes on at the same place, or at the head of a list that ends before. */
  #show() {
    const row = document.activeElement.closest("#upcoming > li");
    const place = row && [...this.list.children].indexOf(row);
    const part = document.activeElement.dataset.part;
    this.#fill();
    if (row) this.#focus(place, part);
  }

  #focus(place, part) {
    const next = this.list.children[place]?.querySelector(`[data-part="${part}"]`);
    (next ?? document.getElementById("next-up")).focus();
  }

  #fill() {
    this.list.replaceChildren(...this.player.queue.upcoming.map((entry, n) => this.#rowOf(entry, n)));
    htmx.process(this.list, true);
    this.#offer();
  }

  /** The queue as a link and as files; YouTube takes 50 videos, and known ones alone. */
  #offer() {
    const entries = this.player.queue.newest;
    const videos = entries.map((entry) => entry.video).filter(Boolean).slice(0, 50);
    for (const take of document.querySelectorAll("[data-take]")) {
      const isLink = take.dataset.take === "youtube";
      take.hidden = isLink ? !videos.length : !entries.length;
      if (isLink) take.href = `https://www.youtube.com/watch_videos?video_ids=${videos.join(",")}`;
    }
  }

  /** What a file is to hold goes in a form: an address of many tracks is longer than servers take. */
  #fillIn({ formData }) {
    formData.set("ids", this.player.queue.newest.map((entry) => entry.id).join(","));
  }

  #rowOf(entry, ahead) {
    const row = this.row.cloneNode(true);
    const part = (name) => row.querySelector(`[data-${name}]`);
    part("cover").src = entry.cover;
    part("title").textContent = entry.title;
    part("link").href = `/tracks/${entry.id}`;
    part("artist").textContent = entry.artist;
    for (const name of ["jump", "grip", "remove"]) {
      part(name).setAttribute("aria-label", part(name).dataset.says.replace("{title}", entry.title));
    }
    part("jump").addEventListener("click", () => this.player.next(ahead + 1));
    part("remove").addEventListener("click", () => this.player.queue.remove(ahead));
    part("grip").addEventListener("keydown", (event) => this.#step(event, ahead));
    part("grip").addEventListener("pointerdown", (event) => {
      followDrag(event, (to) => this.#move(ahead, to));
    });
    return row;
  }

  /** The arrows move the row whose grip has the focus. */
  #step(event, ahead) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = ahead + step;
    if (to < 0 || to >= this.player.queue.upcoming.length) return;
    this.#move(ahead, to);
    this.#focus(to, "grip");
  }

  #move(from, to) {
    if (from === to) return;
    const { title } = this.player.queue.upcoming[from];
    this.player.queue.reorder(from, to);
    const said = document.getElementById("moved");
    const all = this.player.queue.upcoming.length;
    const words = { title, place: to + 1, all };
    said.textContent = said.dataset.says.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  }
}
