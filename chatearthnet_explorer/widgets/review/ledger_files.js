function render({ model, el }) {
  const root = frame(model, el, "cen-ledger-files");
  const limits = model.get("limits");
  const notice = make("p", { class: "cen-notice" });
  const input = make("input", { type: "file", accept: ".jsonl,.json,.txt", class: "cen-file", hidden: true, tabindex: -1 });
  const choose = make("button", { type: "button", class: "cen-button", onclick: () => input.click() }, "Add a file of verdicts");
  const progress = make("progress", { max: 1, value: 0, "aria-label": "Sending the file", hidden: true });
  const message = make("p", { class: "cen-message", role: "status" });
  const error = make("p", { class: "cen-error", role: "alert" });
  const hint = make("p", { class: "cen-small" }, "To go on with them, or to put them together with those of others.");
  root.append(notice, make("div", { class: "cen-buttons" }, choose, progress), input, hint, message, error);
  let upload = null; // the file on its way: { bytes, number, remembered, then }

  // The tab's own memory. Browsers may refuse it, at any call.
  const memory = { reviewer: "", link: "", ledger: "", unsaved: 0 };
  let refused = false;
  let recalled = false;

  function store() {
    if (!model.get("storage_key")) return;
    try {
      sessionStorage.setItem(model.get("storage_key"), JSON.stringify(memory));
    } catch {
      if (!refused) model.send({ do: "refused" });
      refused = true;
    }
  }

  function recall() {
    if (!model.get("storage_key")) return;
    try {
      const stored = JSON.parse(sessionStorage.getItem(model.get("storage_key")) ?? "null");
      if (!stored) {
        recalled = true;
        store();
        return;
      }
      for (const [name, rest] of Object.entries(memory)) if (typeof stored[name] === typeof rest) memory[name] = stored[name];
    } catch {
      refused = true;
      model.send({ do: "refused" });
      return;
    }
    const resume = () => model.send({ do: "resume", reviewer: memory.reviewer, link: memory.link, unsaved: memory.unsaved });
    if (model.get("remembers_verdicts") && memory.ledger) start(new TextEncoder().encode(memory.ledger), true, resume);
    else {
      recalled = true;
      resume();
    }
  }

  function start(bytes, remembered, then) {
    upload = { bytes, number: 0, remembered, then };
    progress.hidden = remembered;
    progress.value = 0;
    choose.disabled = true;
    model.send({ do: "begin", size: bytes.length });
  }

  function sendPiece(from) {
    const piece = upload.bytes.subarray(from, from + limits.piece);
    let text = "";
    for (let at = 0; at < piece.length; at += 8192) text += String.fromCharCode(...piece.subarray(at, at + 8192));
    progress.value = from / upload.bytes.length;
    model.send({ do: "piece", number: upload.number, data: btoa(text), remembered: upload.remembered });
    upload.number += 1;
  }

  function finish() {
    const then = upload?.then;
    recalled = true;
    upload = null;
    progress.hidden = true;
    choose.disabled = false;
    input.value = "";
    then?.();
  }

  function receive(content) {
    if (content.do === "next" && upload) sendPiece(content.from);
    else if (content.do === "end" || content.do === "stop") finish();
    else if (content.do === "remember") {
      Object.assign(memory, { reviewer: content.reviewer, link: content.link });
      store();
    } else if (content.do === "lines") {
      memory.ledger += content.text;
      store();
    }
  }

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    if (file.size > limits.file) {
      error.textContent = `The file is larger than ${limits.file / 1e6} MB; put large ledgers together with \`review merge\`.`;
      error.hidden = false;
      input.value = "";
      return;
    }
    try {
      start(new Uint8Array(await file.arrayBuffer()), false);
    } catch {
      error.textContent = "The browser cannot read this file; choose another.";
      error.hidden = false;
    }
  });

  function warn(event) {
    if (model.get("unsaved_count")) event.preventDefault();
  }

  function show() {
    notice.textContent = model.get("notice");
    message.textContent = model.get("message");
    error.textContent = model.get("error");
    error.hidden = !model.get("error");
    if (recalled && memory.unsaved !== model.get("unsaved_count")) {
      memory.unsaved = model.get("unsaved_count");
      store();
    }
  }

  const stop = listen(model, { "notice message error unsaved_count": show });
  model.on("msg:custom", receive);
  addEventListener("beforeunload", warn);
  show();
  recall();
  return () => {
    stop();
    model.off("msg:custom", receive);
    removeEventListener("beforeunload", warn);
  };
}

export default { render };
