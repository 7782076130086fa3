/* Speaks like YouTube's iframe API, with a clock that runs fast, or as a test says by `videoRate`
   before a video plays. One whose id begins with "long" lasts an hour; one that begins with
   "blocked" may not be shown. */
(() => {
  const rate = () => window.videoRate ?? 60;
  const [UNSTARTED, ENDED, PLAYING, PAUSED, BUFFERING] = [-1, 0, 1, 2, 3];
  const NOT_EMBEDDABLE = 150;

  class Player {
    #position = 0;
    #since = null;
    #end = null;

    constructor(screen, { host, videoId, playerVars, events }) {
      this.host = host;
      this.events = events;
      this.frame = document.createElement("iframe");
      this.frame.title = "Video";
      screen.replaceWith(this.frame);
      this.frame.addEventListener("load", () => events.onReady({ target: this }), { once: true });
      this.#show(videoId, playerVars.start);
    }

    #show(id, from = 0) {
      this.id = id;
      this.length = id.startsWith("long") ? 3600 : 120;
      this.#position = from;
      this.#since = null;
      this.frame.src = `${this.host}/embed/${id}`;
      this.#enter(UNSTARTED);
    }

    #enter(state) {
      clearTimeout(this.#end);
      this.frame.dataset.state = state;
      this.#position = this.getCurrentTime();
      this.#since = state === PLAYING ? performance.now() : null;
      if (state === PLAYING) this.#end = setTimeout(() => this.#enter(ENDED), this.#left());
      queueMicrotask(() => this.events.onStateChange({ data: state, target: this }));
    }

    #left() {
      return ((this.length - this.#position) * 1000) / rate();
    }

    loadVideoById(id, from) {
      this.#show(id, from);
      this.playVideo();
    }

    playVideo() {
      if (this.id.startsWith("blocked")) return this.events.onError({ data: NOT_EMBEDDABLE });
      this.#enter(BUFFERING);
      this.#enter(PLAYING);
    }

    pauseVideo() {
      this.#enter(PAUSED);
    }

    seekTo(seconds) {
      const isPlaying = this.#since !== null;
      this.#enter(BUFFERING);
      this.#position = seconds;
      if (isPlaying) this.#enter(PLAYING);
    }

    setVolume(percent) {
      this.volume = percent;
    }

    getCurrentTime() {
      const passed = this.#since === null ? 0 : ((performance.now() - this.#since) * rate()) / 1000;
      return Math.min(this.#position + passed, this.length);
    }

    getDuration() {
      return this.length;
    }

    getPlaybackRate() {
      return rate();
    }
  }

  window.YT = { Player };
  window.onYouTubeIframeAPIReady();
})();
