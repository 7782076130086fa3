/** Where a play stands, so that it goes on after a reload and is counted once. */
export class Bookmark {
  constructor(name, storage = sessionStorage) {
    this.name = name;
    this.storage = storage;
  }

  put(play, position, duration) {
    this.storage.setItem(this.name, JSON.stringify({ ...play.kept, position, duration }));
  }

  /** What is kept of that entry; null where it is nothing, or of another. */
  of(entry) {
    const kept = JSON.parse(this.storage.getItem(this.name) ?? "null");
    return entry && kept?.id === entry.id ? kept : null;
  }

  clear() {
    this.storage.removeItem(this.name);
  }
}
