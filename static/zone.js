/** Tells the server which time zone this browser's clock has, where it knows another and none was chosen. */
function tell() {
  const { timeZone, zoneChosen } = document.body.dataset;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zoneChosen !== undefined || !own || own === timeZone) return;
  const body = new URLSearchParams({ time_zone: own });
  fetch("/settings/time-zone", { method: "POST", body, signal: AbortSignal.timeout(10_000) }).catch(() => {
    // The next page tells it.
  });
}

// To ask the clock takes longer than all else that a page begins with, and nobody waits for it.
(window.requestIdleCallback ?? setTimeout)(tell);
