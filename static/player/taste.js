/** A track that is turned down leaves what is to come, and is left itself where something follows;
 *  undone, it stands in the queue again. */
export function watchTaste(player) {
  document.addEventListener("taste-changed", ({ detail: { track, disliked } }) => {
    const { queue } = player;
    if (!disliked) return queue.putBack(track);
    queue.turnDown(track);
    if (player.isPlaying && player.current.id === track && queue.upcoming.length) player.next();
  });
}
