import { ofBrowser } from "./store.js";

/** States of YouTube's player. */
const STATES = { 0: "ended", 1: "playing", 2: "paused", 3: "stalled" };

/** Its errors that a video has everywhere: there is none, or it may not be embedded. */
const OF_THE_VIDEO = new Set([2, 100, 101, 150]);

const VOLUME = "pytune.volume";

let loading = null;

/** YouTube's official player, its script loaded when the first video is. */
export class Video extends EventTarget {
  #opening = null;
  #player = null;
  #wanted = null;
  #isToPlay = false;
  #from = 0;
  #volume = 80;
  isMuted = false;

  constructor(screen, { script, host, store = ofBrowser }) {
    super();
    this.store = store;
    const { volume, isMuted } = store.get(VOLUME) ?? {};
    this.#volume = volume ?? this.#volume;
    this.isMuted = isMuted ?? false;
    this.screen = screen;
    this.script = script;
    this.host = host;
  }

  /** Play a video from that second, unless it is paused before it is there. Rejects without YouTube. */
  async load(id, from = 0) {
    this.#wanted = id;
    this.#from = from;
    this.#isToPlay = true;
    if (this.#player) return this.#player.loadVideoById(id, from);
    this.#opening ??= this.#open(id).finally(() => (this.#opening = null));
    const first = await this.#opening;
    if (first !== this.#wanted && this.#isToPlay) this.#player.loadVideoById(this.#wanted, this.#from);
  }

  async #open(id) {
    const { Player } = await youtube(this.script);
    return new Promise((resolve) => {
      new Player(this.screen, {
        host: this.host,
        width: "100%",
        height: "100%",
        videoId: id,
        playerVars: this.#options,
        events: {
          onReady: ({ target }) => resolve(this.#opened(target, id)),
          onStateChange: ({ data }) => this.#tell(STATES[data]),
          onError: ({ data }) => this.#fail(OF_THE_VIDEO.has(data)),
        },
      });
    });
  }

  get #options() {
    const { origin } = location;
    const [autoplay, start] = [Number(this.#isToPlay), Math.floor(this.#from)];
    return { autoplay, start, playsinline: 1, rel: 0, origin };
  }

  #opened(player, id) {
    this.#player = player;
    this.#sound();
    if (this.#isToPlay) player.playVideo();
    else player.pauseVideo();
    return id;
  }

  /** Whether the video is to blame, or this browser alone. */
  #fail(isOfTheVideo) {
    this.dispatchEvent(new CustomEvent("failed", { detail: isOfTheVideo }));
  }

  #tell(name) {
    if (name) this.dispatchEvent(new Event(name));
  }

  play() {
    this.#isToPlay = true;
    this.#player?.playVideo();
  }

  pause() {
    this.#isToPlay = false;
    this.#player?.pauseVideo();
  }

  seek(seconds) {
    this.#player?.seekTo(seconds, true);
  }

  get position() {
    return this.#player?.getCurrentTime() ?? 0;
  }

  get duration() {
    return this.#player?.getDuration() ?? 0;
  }

  get rate() {
    return this.#player?.getPlaybackRate() ?? 1;
  }

  get volume() {
    return this.#volume;
  }

  /** Turning it makes it heard again. */
  set volume(percent) {
    this.#volume = Math.min(Math.max(percent, 0), 100);
    this.isMuted = false;
    this.#turned();
  }

  turn(percent) {
    this.volume += percent;
  }

  mute() {
    this.isMuted = !this.isMuted;
    this.#turned();
  }

  #turned() {
    const { volume, isMuted } = this;
    this.store.put(VOLUME, { volume, isMuted });
    this.#sound();
    this.#tell("sound");
  }

  #sound() {
    this.#player?.setVolume(this.isMuted ? 0 : this.volume);
  }
}

/** YouTube's API, from its script; asked for again after a failure. */
function youtube(address) {
  loading ??= new Promise((resolve, reject) => {
    window.onYouTubeIframeAPIReady = () => resolve(window.YT);
    const script = Object.assign(document.createElement("script"), { src: address });
    script.addEventListener("error", () => {
      loading = null;
      reject(new Error(`${address} did not load`));
    });
    document.head.append(script);
  });
  return loading;
}
