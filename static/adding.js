/** The menu of playlists for a track, of any row: the server fills it, and it opens where it was asked for. */
const menu = document.getElementById("adding");
let opener = null;

/** Opened anew it may have another place; a row's sheet goes, and its button stands for it. */
function open(link) {
  const sheet = link.closest(":popover-open");
  opener = sheet ? document.querySelector(`[popovertarget="${sheet.id}"]`) : link;
  menu.hidePopover();
  menu.showPopover({ source: opener });
  menu.querySelector("button, input:not([type=hidden])").focus();
}

/** Escape and a choice lead back to where the menu was asked for; whoever pressed elsewhere is there. */
function goBack({ newState }) {
  const focused = document.activeElement;
  const isNowhere = focused === document.body || menu.contains(focused);
  if (newState === "closed" && isNowhere) opener.focus({ preventScroll: true });
}

menu.addEventListener("toggle", goBack);
menu.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response?.status < 400) menu.hidePopover();
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target === menu) open(ctx.sourceElement);
  else if (ctx.target?.id === "main") menu.hidePopover();
});
