/** Files on their way: however long they take, how far they are, and no second press meanwhile. */
document.addEventListener("htmx:config:request", ({ detail }) => {
  const { request, sourceElement: form } = detail.ctx;
  if (form.enctype !== "multipart/form-data") return;
  request.timeout = 0;
  detail.ctx.fetch = (address, sent) => upload(form, address, sent);
});

/** As fetch does it, which does not tell how far it is. */
async function upload(form, address, sent) {
  const request = new XMLHttpRequest();
  const end = showSending(form, request);
  sent.signal.addEventListener("abort", () => request.abort());
  try {
    return await answerOf(request, address, sent);
  } finally {
    end();
  }
}

function answerOf(request, address, { method, headers, body }) {
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => resolve(responseOf(request)));
    request.addEventListener("error", () => reject(new TypeError(`${address} does not answer`)));
    request.addEventListener("abort", () => reject(new DOMException("It was cancelled", "AbortError")));
    request.open(method, address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });
}

/** With the address that it came from in the end, which history is to hold. */
function responseOf(request) {
  const lines = request.getAllResponseHeaders().trim().split("\r\n");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  const response = new Response(request.responseText, { status: request.status, headers });
  return Object.defineProperty(response, "url", { value: request.responseURL });
}

/** Shown, whatever else of the page is brought up to date, until the function that comes back is called. */
function showSending(form, request) {
  const [shown, button] = [form.querySelector("[data-sending]"), form.querySelector("[type=submit]")];
  const bar = shown.querySelector("progress");
  const cancel = shown.querySelector("button");
  const wasFocused = document.activeElement === button;
  bar.value = 0;
  request.upload.addEventListener("progress", ({ loaded, total }) => (bar.value = loaded / total));
  cancel.onclick = () => request.abort();
  [shown.hidden, button.disabled] = [false, true];
  form.setAttribute("hx-morph-skip", "");
  if (wasFocused) cancel.focus();
  return () => {
    const isFocused = shown.contains(document.activeElement);
    [shown.hidden, button.disabled] = [true, false];
    form.removeAttribute("hx-morph-skip");
    if (isFocused) button.focus();
  };
}
