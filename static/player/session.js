const SIDE = 512;

/** Tells the system what plays, with its sleeve, and takes its media keys. */
export class SystemControls {
  #shown = null;
  #silence = null;
  #isResting = false;

  constructor(player) {
    this.player = player;
    if (!("mediaSession" in navigator)) return;
    this.session = navigator.mediaSession;
    const actions = {
      play: () => player.isPlaying || player.toggle(),
      pause: () => player.isPlaying && player.toggle(),
      previoustrack: () => player.next(-1),
      nexttrack: () => player.next(),
      seekbackward: ({ seekOffset }) => player.skip(-(seekOffset ?? 10)),
      seekforward: ({ seekOffset }) => player.skip(seekOffset ?? 10),
      seekto: ({ seekTime }) => player.seek(seekTime),
    };
    for (const [name, act] of Object.entries(actions)) this.session.setActionHandler(name, act);
    player.addEventListener("begin", () => this.#claim());
    player.addEventListener("stop", () => this.#rest());
    player.addEventListener("change", () => this.#show());
  }

  /** The keys go to whatever sounds in the topmost frame, and YouTube's lies below: so a loop that
   *  cannot be heard runs in ours. Begun before the video, which may silence it where one may sound. */
  #claim() {
    this.#silence ??= Object.assign(new Audio(new URL("../silence.wav", import.meta.url)), { loop: true });
    this.#isResting = false;
    this.#silence.play().catch(() => {
      // Not allowed here: the keys then go to YouTube's own frame.
    });
  }

  /** A loop that runs while nothing plays holds the loudspeaker of other programs and headphones. */
  #rest() {
    if (this.#silence?.paused === false) this.#isResting = true;
    this.#silence?.pause();
  }

  async #show() {
    const { current, isPlaying } = this.player;
    // Played on in YouTube's own frame.
    if (isPlaying && this.#isResting) this.#claim();
    this.session.playbackState = current ? (isPlaying ? "playing" : "paused") : "none";
    if (current?.id === this.#shown) return;
    this.#shown = current?.id;
    if (!current) return void (this.session.metadata = null);
    const { title, artist, cover } = current;
    const artwork = [{ src: await drawn(cover), sizes: `${SIDE}x${SIDE}`, type: "image/png" }];
    if (this.#shown === current.id) this.session.metadata = new MediaMetadata({ title, artist, artwork });
  }
}

/** The sleeve as pixels: systems take no drawings. */
async function drawn(address) {
  const picture = Object.assign(new Image(SIDE, SIDE), { src: address });
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  canvas.getContext("2d").drawImage(picture, 0, 0, SIDE, SIDE);
  return canvas.toDataURL("image/png");
}
