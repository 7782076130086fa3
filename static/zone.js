/** Tells the server once which time zone this browser's clock has, unless one has been chosen. */
const { timeZone } = document.body.dataset;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (!timeZone && own) {
  const body = new URLSearchParams({ time_zone: own });
  fetch("/settings/time-zone", { method: "POST", body, signal: AbortSignal.timeout(10_000) }).catch(() => {
    // The next page tells it.
  });
}
