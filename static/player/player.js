import { findVideo, setAside } from "./lookup.js";
import { clearNote, showNote } from "./notes.js";
import { Play } from "./play.js";

const TICK_MS = 250;
const TICKS_A_MARK = 4;
const MOST_FAILURES = 3;
/** Why the last one was passed over can be read so long before the search for the next is told. */
const READ_MS = 4000;
const NOTE_OF = { missing: "missing", searching: "unavailable", unknown: "unavailable" };

/** Plays the queue through the video, and reports what was really heard of it. */
export class Player extends EventTarget {
  #play = null;
  #turn = 0;
  #failures = 0;
  #ticking = null;
  #isLoaded = false;
  #ticks = 0;
  #from = 0;
  isPlaying = false;
  isOpen = false;

  constructor({ queue, video, outbox, bookmark, radio }) {
    super();
    Object.assign(this, { queue, video, outbox, bookmark, radio });
    this.#heed("playing", () => this.#playing());
    this.#heed("paused", () => this.isPlaying && this.#stopped());
    this.#heed("stalled", () => this.#play?.interrupt());
    this.#heed("ended", () => this.#ended());
    this.#heed("failed", ({ detail }) => this.#blocked(detail));
    queue.addEventListener("change", () => this.#tell("change"));
    addEventListener("pagehide", () => this.#mark());
  }

  /** What the video says before the current track is loaded is about the one before. */
  #heed(event, act) {
    this.video.addEventListener(event, (said) => this.#isLoaded && act(said));
  }

  get current() {
    return this.queue.current;
  }

  /** The queue of before a reload stands ready; nothing is loaded until it is played. */
  restore() {
    this.queue.restore();
    const kept = this.bookmark.of(this.current);
    if (!kept) return;
    this.#play = new Play(this.current, kept);
    this.#from = kept.position;
    this.current.seconds ??= kept.duration;
    this.#tell("progress");
  }

  /** Play a list from there on, and then from that seed. The track that is on goes on: it was not left. */
  start(entries, at, seed = null) {
    if (!entries[at]) return null;
    this.radio.tune(seed);
    this.#failures = 0;
    const isOn = this.#play && entries[at].id === this.current.id;
    this.queue.start(entries, at);
    if (!isOn) return this.#begin();
    return this.isPlaying ? null : this.toggle();
  }

  /** Where the current track stands; before it is loaded, where it will go on. */
  get position() {
    return this.#isLoaded ? this.video.position : this.#from;
  }

  get duration() {
    return (this.#isLoaded && this.video.duration) || (this.current?.seconds ?? 0);
  }

  /** Whether something can follow, or go before. */
  canMove(step) {
    return this.queue.canMove(step) || (step === 1 && this.#endsInRadio);
  }

  get #endsInRadio() {
    return this.radio.goesOn && this.queue.repeat === "off" && this.current !== null;
  }

  /** Play on, pause, or begin what stands ready. */
  toggle() {
    if (this.isPlaying) return this.video.pause();
    if (!this.isOpen) this.#open(true);
    this.#tell("begin");
    return this.#play && this.#isLoaded ? this.video.play() : this.#begin(true);
  }

  /** Whatever is still being looked up or loaded does not play by itself. */
  pause() {
    this.#turn += 1;
    this.video.pause();
    this.#stopped();
  }

  close() {
    this.pause();
    this.#open(false);
  }

  /** Where nothing follows after all, as from a radio that gave nothing, that is said. */
  async next(step = 1) {
    this.#failures = 0;
    const isExpected = this.canMove(step);
    if (!(await this.#move(step)) && isExpected) showNote("failed");
  }

  seek(seconds) {
    this.#play?.interrupt();
    if (this.#isLoaded) this.video.seek(seconds);
    else this.#from = seconds;
    this.#tell("progress");
  }

  /** Some seconds on, or back. */
  skip(seconds) {
    this.seek(Math.min(Math.max(this.position + seconds, 0), this.duration));
  }

  /** To that share of the track. */
  seekTo(share) {
    this.seek(share * this.duration);
  }

  /** Find the current track's video and play it; whoever moves on meanwhile overtakes it. */
  async #begin(isOn = false) {
    if (!isOn) this.#leave();
    this.#tell("begin");
    const turn = ++this.#turn;
    const entry = this.current;
    this.#isLoaded = false;
    this.video.pause();
    const note = setTimeout(() => showNote("searching", entry), this.#failures ? READ_MS : TICK_MS);
    const { video, state } = await findVideo(entry);
    clearTimeout(note);
    clearNote("searching");
    if (turn !== this.#turn) return;
    if (!video) return this.#failed(NOTE_OF[state]);
    entry.video = video;
    this.#open(true);
    this.#isLoaded = true;
    await this.video.load(video, this.#from).catch(() => turn === this.#turn && this.#fail("offline"));
  }

  async #move(step) {
    const turn = ++this.#turn;
    if (step === 1 && !this.queue.canMove(1) && this.#endsInRadio) await this.radio.extend();
    if (turn !== this.#turn) return true;
    const isThere = this.queue.move(step) !== null;
    if (isThere) this.#begin();
    return isThere;
  }

  #playing() {
    this.#failures = 0;
    this.#play ??= new Play(this.current);
    this.isPlaying = true;
    this.#ticking ??= setInterval(() => this.#tick(), TICK_MS);
    this.#tell("change");
  }

  #stopped() {
    clearInterval(this.#ticking);
    this.#ticking = null;
    this.#play?.interrupt();
    this.isPlaying = false;
    this.#tell("stop");
    this.#tell("change");
  }

  #tick() {
    this.#play?.sample(this.video.position, performance.now(), this.video.rate);
    const isHeard = this.#play?.isListen(this.video.duration);
    if (isHeard && !this.#play.isReported) this.#report("/listens");
    if (++this.#ticks % TICKS_A_MARK === 0) this.#mark();
    this.#tell("progress");
  }

  #mark() {
    if (this.#play && this.#isLoaded) this.bookmark.put(this.#play, this.video.position, this.video.duration);
  }

  #ended() {
    this.#tick();
    this.#leave();
    if (this.queue.repeat === "one") this.#begin();
    else this.#move(1);
  }

  /** What was begun and is left before half of it was heard is a skip. */
  #leave() {
    if (this.#play && !this.#play.isReported) this.#report("/skips");
    this.#play = null;
    this.#from = 0;
    this.bookmark.clear();
    this.#stopped();
  }

  #report(path) {
    this.#play.isReported = true;
    this.outbox.put(path, this.#play.fields);
  }

  /** Say why, and go on with what follows; not through a whole list of what does not play. */
  #failed(why) {
    this.#fail(why);
    this.#failures += 1;
    if (this.#failures < MOST_FAILURES) this.#move(1);
  }

  /** Another is looked for, unless this browser alone is to blame. */
  #blocked(isOfTheVideo) {
    const entry = this.current;
    if (entry.video && isOfTheVideo) setAside(entry);
    this.#tell("blocked");
    this.#failed("blocked");
  }

  /** The current video shows something else: play another. A listen that was reported stays that one. */
  async replaceVideo() {
    const entry = this.current;
    if (!this.#play?.isReported) this.#play = null;
    this.close();
    if (entry.video) await setAside(entry);
    if (entry !== this.current) return;
    this.#from = 0;
    await this.#begin(true);
  }

  #fail(why) {
    showNote(why, this.current);
    this.#play = null;
    this.#stopped();
  }

  #open(isOpen) {
    this.isOpen = isOpen;
    document.getElementById("stage").hidden = !isOpen;
    this.#tell("change");
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
