import { clearNote, showNote } from "./notes.js";

/** One tab of a browser plays: where another begins, this one pauses and says so. */
export function watchTabs(player) {
  const channel = new BroadcastChannel("pytune.playing");
  let isOn = false;
  const begin = () => {
    if (isOn) return;
    isOn = true;
    clearNote("elsewhere");
    channel.postMessage(null);
  };
  player.addEventListener("begin", begin);
  // Begun in YouTube's own frame.
  player.addEventListener("change", () => player.isPlaying && begin());
  player.addEventListener("stop", () => (isOn = false));
  channel.addEventListener("message", () => {
    const wasOn = isOn;
    // Also what is still awaited, as the next song of a radio, does not begin later.
    player.pause();
    if (wasOn) showNote("elsewhere");
  });
}
