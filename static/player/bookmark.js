import { ofTab } from "./store.js";

/** Where a play stands, so that it goes on after a reload and is counted once. */
export class Bookmark {
  constructor(name, store = ofTab) {
    this.name = name;
    this.store = store;
  }

  put(play, position, duration) {
    this.store.put(this.name, { ...play.kept, position, duration });
  }

  /** What is kept of that entry; null where it is nothing, or of another. */
  of(entry) {
    const kept = this.store.get(this.name);
    return entry && kept?.id === entry.id ? kept : null;
  }

  clear() {
    this.store.remove(this.name);
  }
}
