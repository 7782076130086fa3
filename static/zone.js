/** Tells the server which time zone this browser's clock has, where it knows another and none was chosen. */
const { timeZone, zoneChosen } = document.body.dataset;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zoneChosen === undefined && own && own !== timeZone) {
  const body = new URLSearchParams({ time_zone: own });
  fetch("/settings/time-zone", { method: "POST", body, signal: AbortSignal.timeout(10_000) }).catch(() => {
    // The next page tells it.
  });
}
