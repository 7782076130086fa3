/** Follow a pointer that moves a row of a list; `drop` learns the row's new place, from 0. */
export function followDrag(event, drop) {
  const grip = event.currentTarget;
  const row = grip.closest("li");
  if (event.button !== 0) return;
  grip.setPointerCapture(event.pointerId);
  row.dataset.dragged = "";
  const move = ({ clientY }) => letPass(row, clientY);
  grip.addEventListener("pointermove", move);
  grip.addEventListener(
    "lostpointercapture",
    () => {
      grip.removeEventListener("pointermove", move);
      delete row.dataset.dragged;
      if (row.isConnected) drop([...row.parentElement.children].indexOf(row));
    },
    { once: true },
  );
}

/** Rows whose middle the pointer has passed change sides; the dragged one itself stays in its place
 *  in the document, since whatever is moved there loses the pointer. */
function letPass(row, y) {
  for (let other = row.previousElementSibling; other && y < middle(other); other = row.previousElementSibling) {
    row.after(other);
  }
  for (let other = row.nextElementSibling; other && y > middle(other); other = row.nextElementSibling) {
    row.before(other);
  }
}

function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}
