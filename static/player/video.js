/** States of YouTube's player. */
const STATES = { 0: "ended", 1: "playing", 2: "paused", 3: "stalled" };

let loading = null;

/** YouTube's official player, its script loaded when the first video is. */
export class Video extends EventTarget {
  #opening = null;
  #player = null;
  #wanted = null;
  #isToPlay = false;
  #volume = 80;

  constructor(screen, { script, host }) {
    super();
    this.screen = screen;
    this.script = script;
    this.host = host;
  }

  /** Play a video, unless it is paused before it is there. Rejects where YouTube cannot be reached. */
  async load(id) {
    this.#wanted = id;
    this.#isToPlay = true;
    if (this.#player) return this.#player.loadVideoById(id);
    this.#opening ??= this.#open(id).finally(() => (this.#opening = null));
    const first = await this.#opening;
    if (first !== this.#wanted && this.#isToPlay) this.#player.loadVideoById(this.#wanted);
  }

  async #open(id) {
    const { Player } = await youtube(this.script);
    return new Promise((resolve) => {
      new Player(this.screen, {
        host: this.host,
        width: "100%",
        height: "100%",
        videoId: id,
        playerVars: { autoplay: Number(this.#isToPlay), playsinline: 1, rel: 0, origin: location.origin },
        events: {
          onReady: ({ target }) => resolve(this.#opened(target, id)),
          onStateChange: ({ data }) => this.#tell(STATES[data]),
          onError: () => this.#tell("failed"),
        },
      });
    });
  }

  #opened(player, id) {
    this.#player = player;
    player.setVolume(this.#volume);
    if (this.#isToPlay) player.playVideo();
    else player.pauseVideo();
    return id;
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

  set volume(percent) {
    this.#volume = percent;
    this.#player?.setVolume(percent);
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
