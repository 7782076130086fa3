/** Where the focus goes when what was pressed is gone: near by, never to the top of the page. */
document.addEventListener("htmx:finally:request", ({ detail }) => {
  const form = detail.ctx.sourceElement;
  if (document.activeElement === document.body && form.matches(".feedback")) focusAfter(form);
});

/** A dislike can be undone; what was undone may stand in the page. */
function focusAfter(form) {
  const undo = document.querySelector("#note .feedback button");
  const same = document.querySelector(`#main form[action="${form.getAttribute("action")}"] button`);
  const near = [undo, same].find((button) => button?.checkVisibility());
  (near ?? document.getElementById("main")).focus({ preventScroll: true });
}
