const FOUR_MINUTES = 240;
const SLACK_SECONDS = 0.5;

/** One play of a track: how much of it was really heard, whatever was passed over by seeking. */
export class Play {
  #last = null;

  /** A new one, or the one that was kept when the page was left. */
  constructor(entry, kept = null) {
    this.entry = entry;
    this.startedAt = kept ? new Date(kept.startedAt) : new Date();
    this.key = kept?.key ?? randomKey();
    this.heard = kept?.heard ?? 0;
    this.isReported = kept?.isReported ?? false;
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

  /** What is needed to go on with it after a reload. */
  get kept() {
    const { startedAt, key, heard, isReported } = this;
    return { id: this.entry.id, startedAt: startedAt.toISOString(), key, heard, isReported };
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
