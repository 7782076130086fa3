const SIDE = 512;
/** A second more or less is no jump: systems reckon on by themselves. */
const SLACK_SECONDS = 1;
const NOWHERE = { position: 0, duration: 0, playbackRate: 1, at: 0, isPlaying: false };

/** Tells the system what plays, with its sleeve, and takes its media keys. */
export class SystemControls {
  #shown = null;
  #silence = null;
  #isResting = false;
  #told = NOWHERE;

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
    for (const name of ["change", "progress"]) player.addEventListener(name, () => this.#tellPlace());
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

  /** Without it the system shows where the loop stands, and seeks within its few seconds. */
  #tellPlace() {
    const { duration, isPlaying, video } = this.player;
    const position = Math.min(this.player.position, duration);
    const told = { position, duration, playbackRate: video.rate || 1, at: performance.now(), isPlaying };
    const isSame = ["duration", "playbackRate", "isPlaying"].every((name) => told[name] === this.#told[name]);
    if (isSame && Math.abs(reckoned(this.#told, told.at) - position) < SLACK_SECONDS) return;
    this.#told = told;
    const { playbackRate } = told;
    this.session.setPositionState(duration ? { position, duration, playbackRate } : undefined);
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

/** Where the system takes the video to stand by now. */
function reckoned({ position, playbackRate, at, isPlaying }, now) {
  return isPlaying ? position + ((now - at) / 1000) * playbackRate : position;
}

/** The sleeve as pixels: systems take no drawings. */
async function drawn(address) {
  const picture = Object.assign(new Image(SIDE, SIDE), { src: address });
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  canvas.getContext("2d").drawImage(picture, 0, 0, SIDE, SIDE);
  return canvas.toDataURL("image/png");
}
