/** Copies what a field holds, and says so on the button. */
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button && (await copied(document.getElementById(button.dataset.copy)))) {
    button.textContent = button.dataset.says;
  }
});

/** Browsers offer a clipboard over https and on this machine alone, and many a home server has
 *  neither: there what is marked is copied in the old way, or stays marked to be copied by hand. */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
