const FOUR_MINUTES = 240;
const SLACK_SECONDS = 0.5;

/** One play of a track: how much of it was really heard, whatever was passed over by seeking. */
export class Play {
  #last = null;

  constructor(entry, startedAt = new Date()) {
    this.entry = entry;
    this.startedAt = startedAt;
    this.key = randomKey();
    this.heard = 0;
    this.isReported = false;
  }

  /** The video stands at `position`; since the last sample it can have come so far by playing. */
  sample(position, now, rate = 1) {
    const before = this.#last;
    this.#last = { position, now };
    if (!before) return;
    const passed = position - before.position;
    const playable = ((now - before.now) / 1000) * rate * 1.1 + SLACK_SECONDS;
    if (passed > 0 && passed <= playable) this.heard += passed;
  }

  /** Paused, stalled or sought: the next sample starts afresh. */
  interrupt() {
    this.#last = null;
  }

  /** Half of it, or four minutes. */
  isListen(duration) {
    return duration > 0 && this.heard >= Math.min(duration / 2, FOUR_MINUTES);
  }

  /** What the server wants to know of it. */
  get fields() {
    const { id, list, position } = this.entry;
    return {
      track_id: id,
      listened_at: this.startedAt.toISOString(),
      seconds_played: Math.floor(this.heard),
      idempotency_key: this.key,
      ...(list && { list_id: list, position }),
    };
  }
}

/** Not crypto.randomUUID: browsers offer that over https alone, and many a home server has none. */
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
