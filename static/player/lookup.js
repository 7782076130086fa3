const EVERY_MS = 1000;
const MOST_ASKED = 20;
const ANSWER_MS = 10_000;

/** The id of a track's video, or null, and in which state the search ended. */
export async function findVideo({ id, video }) {
  if (video) return { video, state: "found" };
  let answer = await ask(id, "POST");
  for (let asked = 0; answer.state === "searching" && asked < MOST_ASKED; asked += 1) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    answer = await ask(id, "GET");
  }
  return { video: answer.youtube_id, state: answer.state };
}

async function ask(id, method) {
  const failed = { state: "unknown", youtube_id: null };
  try {
    const headers = { Accept: "application/json" };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`/tracks/${id}/video`, { method, headers, signal });
    return response.ok ? response.json() : failed;
  } catch {
    return failed;
  }
}
