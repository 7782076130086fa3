/** What is played, in order, and which of it is now. Knows neither page nor video. */
export class Queue extends EventTarget {
  #entries = [];
  #at = -1;

  /** Kept under this name for as long as the tab is open, reloads included. */
  constructor(name, storage = sessionStorage) {
    super();
    this.name = name;
    this.storage = storage;
  }

  get current() {
    return this.#entries[this.#at] ?? null;
  }

  get upcoming() {
    return this.#entries.slice(this.#at + 1);
  }

  get isFirst() {
    return this.#at <= 0;
  }

  start(entries, at) {
    this.#entries = [...entries];
    this.#at = at;
    this.#changed();
  }

  append(entry) {
    this.#entries.push(entry);
    if (this.#at < 0) this.#at = 0;
    this.#changed();
  }

  /** Go that many entries on, or back; the entry there, or null where there is none. */
  move(step) {
    const entry = this.#entries[this.#at + step] ?? null;
    if (entry) this.#at += step;
    this.#changed();
    return entry;
  }

  /** Take out the n-th of the upcoming entries, from 0. */
  remove(ahead) {
    this.#entries.splice(this.#at + 1 + ahead, 1);
    this.#changed();
  }

  clear() {
    this.#entries.length = this.#at + 1;
    this.#changed();
  }

  restore() {
    const kept = JSON.parse(this.storage.getItem(this.name) ?? "null");
    if (kept) this.start(kept.entries, kept.at);
  }

  #changed() {
    this.storage.setItem(this.name, JSON.stringify({ entries: this.#entries, at: this.#at }));
    this.dispatchEvent(new Event("change"));
  }
}
