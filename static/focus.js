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

/** A form that leads back to its own page: the same place of the page stays in sight, and the focus
 *  on the same button, wherever it stands now, or on the one that took its place. */
const FORMS = '#main form[method="post"] button:not(:disabled)';
let place = null;

document.addEventListener("htmx:before:swap", ({ detail }) => {
  const { swap, target } = detail.ctx;
  if (target?.id !== "main" || swap !== "outerMorph") return;
  const pressed = document.activeElement;
  const at = [...document.querySelectorAll(FORMS)].indexOf(pressed);
  place = { top: window.scrollY, label: pressed.ariaLabel, at };
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail.ctx.target?.id !== "main" || !place) return;
  const { top, label, at } = place;
  const { response, sourceElement } = detail.ctx;
  place = null;
  if (response.status < 400) sourceElement.reset?.();
  window.scrollTo({ top, behavior: "instant" });
  const buttons = [...document.querySelectorAll(FORMS)];
  const same = buttons.find((button) => label && button.ariaLabel === label);
  const made = document.querySelector("#main [data-copy]");
  if (made) made.focus();
  else if (at >= 0) (same ?? buttons[at] ?? buttons.at(-1))?.focus({ preventScroll: true });
});
