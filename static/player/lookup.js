const EVERY_MS = 1000;
const MOST_ASKED = 20;
const ANSWER_MS = 10_000;

/** The id of a track's video, or null, and in which state the search ended. */
export async function findVideo({ id, video }) {
  if (video) return { video, state: "found" };
  let answer = await ask(`${id}/video`, { method: "POST" });
  for (let asked = 0; answer.state === "searching" && asked < MOST_ASKED; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    answer = await ask(`${id}/video`);
  }
  return { video: answer.youtube_id, state: answer.state };
}

/** Have an entry's video set aside for everybody, and another looked for. */
export function setAside(entry) {
  const body = new URLSearchParams({ youtube_id: entry.video });
  entry.video = null;
  return ask(`${entry.id}/video/wrong`, { method: "POST", body });
}

async function ask(path, sent) {
  const failed = { state: "unknown", youtube_id: null };
  try {
    const headers = { Accept: "application/json" };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`/tracks/${path}`, { ...sent, headers, signal });
    return response.ok ? response.json() : failed;
  } catch {
    return failed;
  }
}
