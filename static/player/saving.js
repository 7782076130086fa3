/** The queue as a playlist: its form is named for the day, and takes the tracks along as it is sent. */
export function watchSaving(queue) {
  const menu = document.getElementById("save-queue");
  const form = menu.querySelector("form");
  const opener = document.querySelector("[data-saves]");
  const offer = () => (opener.hidden = !queue.entries.length);
  queue.addEventListener("change", offer);
  offer();
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState !== "open") return;
    const day = new Date().toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    form.elements.name.value = `${menu.dataset.title}, ${day}`;
    form.elements.name.select();
  });
  form.addEventListener("formdata", ({ formData }) => {
    for (const { id } of queue.newest) formData.append("track_id", id);
  });
  form.addEventListener("htmx:after:request", () => {
    for (const open of document.querySelectorAll("#save-queue:popover-open, #queue:popover-open")) open.hidePopover();
  });
}
