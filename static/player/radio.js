const ANSWER_MS = 10_000;
const OFF = "pytune.radio.off";
const FEW = 3;

/** Tracks without end: what follows when the queue runs out, or from the start where one is asked for. */
export class Radio {
  #seed = null;
  #after = null;
  #asking = null;

  constructor(name, queue, storage = sessionStorage) {
    Object.assign(this, { name, queue, storage });
    const kept = JSON.parse(storage.getItem(name) ?? "null");
    [this.#seed, this.#after] = kept ?? [null, null];
    queue.addEventListener("change", () => this.#topUp());
  }

  /** Whether it goes on by itself when the queue ends; kept for this browser. */
  get goesOn() {
    return !localStorage.getItem(OFF);
  }

  set goesOn(isOn) {
    if (isOn) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "true");
  }

  /** From now on what follows comes from that seed, such as track-12; null: from the queue alone. */
  tune(seed) {
    if (seed === this.#seed) return;
    [this.#seed, this.#after] = [seed, null];
    this.#keep();
  }

  /** Append what follows; from the track that is on where nothing was tuned in. */
  async extend() {
    this.tune(this.#seed ?? `track-${this.queue.current.id}`);
    this.#asking ??= this.next().finally(() => (this.#asking = null));
    this.queue.append(...(await this.#asking));
  }

  /** The next tracks from what is tuned in; none where the server does not answer. */
  async next() {
    const seed = this.#seed;
    const asked = new URLSearchParams({ seed, ...(this.#after && { after: this.#after }) });
    try {
      const response = await fetch(`/radio?${asked}`, { signal: AbortSignal.timeout(ANSWER_MS) });
      const { entries, after } = await response.json();
      if (!response.ok || seed !== this.#seed) return [];
      this.#after = after;
      this.#keep();
      return entries;
    } catch {
      return [];
    }
  }

  #topUp() {
    const { current, repeat, upcoming } = this.queue;
    if (this.#seed && current && repeat === "off" && upcoming.length < FEW && !this.#asking) this.extend();
  }

  #keep() {
    this.storage.setItem(this.name, JSON.stringify([this.#seed, this.#after]));
  }
}
