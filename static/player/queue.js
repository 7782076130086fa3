import { ofTab } from "./store.js";

const REPEATS = ["off", "all", "one"];
/** As many as the server takes at once. */
const MOST = 1000;

/** What is played, in order, and which of it is now. Knows neither page nor video. */
export class Queue extends EventTarget {
  #entries = [];
  #at = -1;
  /** Entries, and where each stands among these and those that are queued. */
  #turnedDown = [];
  repeat = "off";
  isShuffled = false;

  /** Kept under this name for as long as the tab is open, reloads included. */
  constructor(name, store = ofTab) {
    super();
    this.name = name;
    this.store = store;
  }

  get current() {
    return this.#entries[this.#at] ?? null;
  }

  get entries() {
    return [...this.#entries];
  }

  /** What is saved or taken along: a radio's queue grows without end. */
  get newest() {
    return this.#entries.slice(-MOST);
  }

  get upcoming() {
    return this.#entries.slice(this.#at + 1);
  }

  /** Whether there is an entry that many on, or back. */
  canMove(step) {
    return this.#place(step) !== null;
  }

  /** A list from that entry on; where it is shuffled, all others follow in any order. */
  start(entries, at) {
    this.#entries = entries.map((entry, order) => ({ ...entry, order }));
    this.#at = at;
    this.#turnedDown = [];
    if (this.isShuffled) {
      const [first] = this.#entries.splice(at, 1);
      this.#entries = [first, ...shuffled(this.#entries)];
      this.#at = 0;
    }
    this.#changed();
  }

  append(...entries) {
    if (!entries.length) return;
    const order = Math.max(-1, ...this.#entries.map((entry) => entry.order)) + 1;
    this.#entries.push(...entries.map((entry, n) => ({ ...entry, order: order + n })));
    if (this.#at < 0) this.#at = 0;
    this.#changed();
  }

  /** Go that many entries on, or back; the entry there, or null where there is none. */
  move(step) {
    const place = this.#place(step);
    if (place !== null) this.#at = place;
    this.#changed();
    return place === null ? null : this.current;
  }

  /** Put the n-th of the upcoming entries, from 0, at another place among them. */
  reorder(from, to) {
    const [moved] = this.#entries.splice(this.#at + 1 + from, 1);
    this.#entries.splice(this.#at + 1 + to, 0, moved);
    if (!this.isShuffled) this.#entries.forEach((entry, order) => (entry.order = order));
    this.#changed();
  }

  /** Take out the n-th of the upcoming entries, from 0. */
  remove(ahead) {
    this.#entries.splice(this.#at + 1 + ahead, 1);
    this.#changed();
  }

  clear() {
    this.#entries.length = this.#at + 1;
    this.#turnedDown = [];
    this.#changed();
  }

  /** Take a track out, wherever it stands, but for what is now; where it stood is remembered. */
  turnDown(id) {
    const { current } = this;
    this.#part((entry, isOut) => isOut || (entry.id === id && entry !== current));
  }

  /** A track that was turned down stands again where it did. */
  putBack(id) {
    this.#part((entry, isOut) => isOut && entry.id !== id);
  }

  /** What follows in any order, or again in its own. */
  shuffle(isShuffled) {
    this.isShuffled = isShuffled;
    const ahead = this.#entries.splice(this.#at + 1);
    const ordered = isShuffled ? shuffled(ahead) : ahead.toSorted((a, b) => a.order - b.order);
    this.#entries.push(...ordered);
    this.#changed();
  }

  repeatNext() {
    this.repeat = REPEATS[(REPEATS.indexOf(this.repeat) + 1) % REPEATS.length];
    this.#changed();
  }

  restore() {
    const kept = this.store.get(this.name);
    if (!kept) return;
    this.#entries = kept.entries;
    this.#at = kept.at;
    this.repeat = kept.repeat ?? "off";
    this.isShuffled = kept.isShuffled ?? false;
    this.#changed();
  }

  #place(step) {
    const place = this.#at + step;
    if (place in this.#entries) return place;
    const { length } = this.#entries;
    return this.repeat === "all" && length ? (place + length) % length : null;
  }

  /** Take out those of all entries, in their order, that `leaves` names; the others are queued. */
  #part(leaves) {
    const { current } = this;
    const all = this.#entries.map((entry) => ({ entry, isOut: false }));
    for (const { entry, at } of this.#turnedDown) all.splice(at, 0, { entry, isOut: true });
    const parted = all.map(({ entry, isOut }, at) => ({ entry, at, isOut: leaves(entry, isOut) }));
    this.#turnedDown = parted.filter(({ isOut }) => isOut);
    this.#entries = parted.filter(({ isOut }) => !isOut).map(({ entry }) => entry);
    this.#at = this.#entries.indexOf(current);
    this.#changed();
  }

  #changed() {
    const { repeat, isShuffled } = this;
    this.store.put(this.name, { entries: this.#entries, at: this.#at, repeat, isShuffled });
    this.dispatchEvent(new Event("change"));
  }
}

/** A copy in an order that is as likely as any other. */
function shuffled(entries) {
  const drawn = [...entries];
  for (let last = drawn.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [drawn[last], drawn[other]] = [drawn[other], drawn[last]];
  }
  return drawn;
}
