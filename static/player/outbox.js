import { ofBrowser } from "./store.js";

const RETRY_MS = 30_000;
const ANSWER_MS = 20_000;
const WORTH_RETRYING = new Set([401, 408, 425, 429]);

/** Reports on their way to the server: kept in the browser until it has taken each of them once. */
export class Outbox {
  #waiting = new Map();
  #sending = false;
  #retry = null;

  /** Keys begin with the listener's own prefix: nobody sends another's listens. */
  constructor(viewer, store = ofBrowser) {
    this.viewer = viewer;
    this.prefix = `pytune.outbox.${viewer}.`;
    this.store = store;
    for (const key of store.names(this.prefix)) {
      const report = store.get(key);
      if (report) this.#waiting.set(key, report);
    }
    addEventListener("online", () => this.flush());
  }

  put(path, fields) {
    const key = `${this.prefix}${path}.${fields.idempotency_key}`;
    this.#waiting.set(key, { path, fields });
    this.store.put(key, { path, fields });
    return this.flush();
  }

  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (const [key, report] of this.#waiting) {
        if (await isTaken(report, this.viewer)) this.#forget(key);
      }
    } finally {
      this.#sending = false;
    }
    clearTimeout(this.#retry);
    if (this.#waiting.size) this.#retry = setTimeout(() => this.flush(), RETRY_MS);
  }

  #forget(key) {
    this.#waiting.delete(key);
    this.store.remove(key);
  }
}

/** Whether it need not be sent again: taken, or refused for good; not while another is signed in. */
async function isTaken({ path, fields }, viewer) {
  const body = new URLSearchParams({ ...fields, sent_at: new Date().toISOString() });
  const headers = { Accept: "application/json", "PyTune-Viewer": viewer };
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(path, { method: "POST", body, headers, keepalive: true, signal });
    return response.ok || (response.status < 500 && !WORTH_RETRYING.has(response.status));
  } catch {
    return false;
  }
}
