/** What the browser keeps by name, as JSON. Where its storage is full or forbidden, memory does for
 *  as long as the page is open: nobody's music stops for that. */
class Store {
  #storage = null;
  #beside = new Map();

  constructor(open) {
    try {
      this.#storage = open();
    } catch {
      // Forbidden by the browser's settings.
    }
  }

  /** Null where nothing is kept, or nothing that can be read. */
  get(name) {
    if (this.#beside.has(name)) return this.#beside.get(name);
    try {
      return JSON.parse(this.#storage?.getItem(name) ?? "null");
    } catch {
      return null;
    }
  }

  /** An older value makes room for what finds none: it would come back at the next page otherwise. */
  put(name, value) {
    this.#beside.delete(name);
    try {
      this.#storage.setItem(name, JSON.stringify(value));
    } catch {
      this.#storage?.removeItem(name);
      this.#beside.set(name, value);
    }
  }

  remove(name) {
    this.#beside.delete(name);
    this.#storage?.removeItem(name);
  }

  /** Of all that begins so. */
  names(beginning) {
    return Object.keys(this.#storage ?? {}).filter((name) => name.startsWith(beginning));
  }
}

/** For as long as the tab is open, reloads included. */
export const ofTab = new Store(() => sessionStorage);

/** For all tabs, and until it is taken away. */
export const ofBrowser = new Store(() => localStorage);
