import { ofBrowser, ofTab } from "./store.js";

const ANSWER_MS = 10_000;
const REST_MS = 30_000;
const MOST_REST_MS = 600_000;
const OFF = "pytune.radio.off";
const FEW = 3;
const SILENT = { seed: null, after: null, isAutomatic: false };
const NOTHING = { entries: [], after: null };

/** Tracks without end: what follows when the queue runs out, or from the start where one is asked for. */
export class Radio {
  #station;
  #asking = null;
  #rest = 0;
  #resting = null;

  constructor(name, queue, store = ofTab) {
    Object.assign(this, { name, queue, store });
    this.#station = store.get(name) ?? SILENT;
    queue.addEventListener("change", () => this.#topUp());
    addEventListener("online", () => this.#wake());
  }

  /** Whether it goes on by itself when the queue ends; kept for this browser. */
  get goesOn() {
    return !ofBrowser.get(OFF);
  }

  set goesOn(isOn) {
    if (isOn) ofBrowser.remove(OFF);
    else ofBrowser.put(OFF, true);
  }

  /** From now on what follows comes from that seed, such as track-12; null: from the queue alone. */
  tune(seed) {
    if (seed !== this.#station.seed) this.#enter({ seed, after: null, isAutomatic: false });
    else if (this.#station.isAutomatic) this.#enter({ ...this.#station, isAutomatic: false });
  }

  /** The first tracks from a seed, which is tuned in where there are any. */
  async first(seed) {
    const { entries, after } = await partOf({ seed });
    if (entries.length) this.#enter({ seed, after, isAutomatic: false });
    return entries;
  }

  /** Append what follows; from the track that is on where nothing was tuned in. */
  extend() {
    const { seed } = this.#station;
    if (!seed) this.#enter({ seed: `track-${this.queue.current.id}`, after: null, isAutomatic: true });
    return (this.#asking ??= this.#append(this.#station));
  }

  /** Once for all who wait; nothing where another was tuned in meanwhile. */
  async #append(station) {
    const { entries, after } = await partOf(station);
    if (station !== this.#station) return;
    this.#asking = null;
    station.after = after ?? station.after;
    this.#keep();
    if (!entries.length) return this.#waitLonger();
    this.#rest = 0;
    this.queue.append(...entries);
  }

  #topUp() {
    const { current, repeat, upcoming } = this.queue;
    const { seed, isAutomatic } = this.#station;
    const isWanted = seed && (this.goesOn || !isAutomatic) && current && repeat === "off";
    if (isWanted && upcoming.length < FEW && !this.#asking && !this.#resting) this.extend();
  }

  /** What had nothing to give is not asked again by itself for a while, twice as long each time. */
  #waitLonger() {
    clearTimeout(this.#resting);
    this.#rest = Math.min(2 * this.#rest || REST_MS, MOST_REST_MS);
    this.#resting = setTimeout(() => this.#wake(), this.#rest);
  }

  #wake() {
    clearTimeout(this.#resting);
    this.#resting = null;
    this.#topUp();
  }

  #enter(station) {
    this.#station = station;
    this.#asking = null;
    this.#rest = 0;
    clearTimeout(this.#resting);
    this.#resting = null;
    this.#keep();
  }

  #keep() {
    this.store.put(this.name, this.#station);
  }
}

/** The next tracks of a station; none where the server does not answer. */
async function partOf({ seed, after }) {
  const asked = new URLSearchParams({ seed, ...(after && { after }) });
  try {
    const response = await fetch(`/radio?${asked}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok ? await response.json() : NOTHING;
  } catch {
    return NOTHING;
  }
}
