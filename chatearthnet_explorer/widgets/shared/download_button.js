function render({ model, el }) {
  const root = frame(model, el, "cen-download-button");
  const button = make("button", { type: "button", class: "cen-button", "aria-expanded": "false", onclick: () => open(list.hidden) }, "Download");
  const list = make("div", { class: "cen-files", role: "group", "aria-label": "Files to download", hidden: true });
  const cancel = make("button", { type: "button", class: "cen-button", onclick: () => model.send({ do: "cancel" }) }, "Cancel");
  const message = make("span", { class: "cen-download-message", role: "status" });
  root.append(make("div", { class: "cen-download-line" }, button, cancel, message), list);

  function open(wanted) {
    list.hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
    if (wanted) list.querySelector("button")?.focus();
  }

  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.stopPropagation();
    open(false);
    button.focus();
  });

  function choose(key) {
    open(false);
    button.focus();
    model.send({ key });
  }

  let pieces = [];
  function receive({ number, count, name, type }, buffers) {
    if (number === 0) pieces = [];
    pieces.push(...buffers);
    if (number + 1 < count || pieces.length < count) return;
    const address = URL.createObjectURL(new Blob(pieces, { type }));
    pieces = [];
    const link = make("a", { href: address, download: name, hidden: true });
    root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  function show() {
    root.hidden = !model.get("labels").length;
    const busy = model.get("busy");
    button.disabled = busy;
    cancel.hidden = !busy;
    message.textContent = model.get("message");
    message.classList.toggle("cen-error", model.get("has_failed"));
  }

  function showFiles() {
    list.replaceChildren(...model.get("labels").map(([key, label]) =>
      make("button", { type: "button", class: "cen-button", onclick: () => choose(key) }, label)));
    show();
  }

  const stop = listen(model, { "busy message has_failed": show, labels: showFiles });
  model.on("msg:custom", receive);
  showFiles();
  return () => {
    stop();
    model.off("msg:custom", receive);
  };
}

export default { render };
