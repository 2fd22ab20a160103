/** A run of the text; where it names a class, in that class's colour and ready to point at it. */
function piece(view, text, index) {
  if (index < 0) return text;
  const land = view.model.get("legend")[index];
  return pointable(view, make("span", {
    class: "cen-word", title: `${land.name}: ${land.plain}`,
    style: { "--colour": land.colours[view.model.get("palette")] },
  }, text), index);
}

/** The button of a class that the text names, which the keyboard reaches as well. */
function classButton(view, index) {
  const land = view.model.get("legend")[index];
  return pointable(view, make("button", {
    type: "button", class: "cen-chip", title: land.plain, "aria-pressed": "false",
  }, swatch(view.model, index), land.name), index);
}

/** The words of a caption with their classes in colour. */
function words(view, caption) {
  return [
    make("p", { class: "cen-text", dir: "auto" }, ...caption.pieces.map(([text, index]) => piece(view, text, index))),
    caption.classes.length ? make("div", { class: "cen-named", role: "group", "aria-label": "Classes named" },
      ...caption.classes.map((index) => classButton(view, index))) : null,
  ];
}

function column(view, caption, drawText) {
  return make("article", { class: caption.released ? "cen-caption cen-released" : "cen-caption" },
    ...drawText(view, caption),
    make("p", { class: "cen-byline" }, caption.byline),
    caption.label_maps ? make("details", { class: "cen-remark" }, make("summary", {}, caption.label_maps[0]),
      make("p", {}, caption.label_maps[1])) : null,
    ...caption.remarks.map((remark) => make("p", { class: "cen-remark" }, remark)),
    make("div", { class: "cen-buttons" }, copier("Copy", () => caption.text)),
    make("details", {}, make("summary", {}, "How it was written"), facts(caption.details)));
}

/** Keeps so much of the start of an element's text, in UTF-16 units, and removes the rest. */
function keepText(element, length) {
  let start = 0;
  for (const node of [...element.childNodes]) {
    const end = start + node.textContent.length;
    if (start >= length) node.remove();
    else if (end > length && node.nodeType === Node.TEXT_NODE) node.data = node.data.slice(0, length - start);
    else if (end > length) node.remove();
    start = end;
  }
}

/** The text of a caption that is being written or was not completed. It is no live region: a screen reader would read
    every word twice, and reads the whole caption once it is there. */
function liveText(view, place) {
  const words = make("p", { class: "cen-text", dir: "auto" });
  const note = make("p", { class: "cen-remark" });
  const article = make("article", { class: "cen-live", "aria-label": "Caption so far" }, words, note);
  const append = (pieces) => {
    for (const [text, index] of pieces) {
      const last = words.lastChild;
      if (index < 0 && last?.nodeType === Node.TEXT_NODE) last.appendData(text);
      else words.append(piece(view, text, index));
    }
  };
  return {
    change({ keep, pieces }) {
      keepText(words, keep);
      append(pieces);
    },
    show() {
      const [writing, draft] = [view.model.get("writing"), view.model.get("draft")];
      if (writing || draft.note) place.append(article);
      else article.remove();
      article.classList.toggle("cen-writing", writing);
      note.textContent = draft.note ?? "";
      note.hidden = !draft.note;
      if (!writing) {
        words.replaceChildren();
        append(draft.pieces ?? []);
      }
    },
  };
}

/** Draws captions beside each other: `drawText` gives the words of one, `markElements` marks those that are pointed at. */
function drawCaptions({ model, el }, name, drawText, markElements) {
  const root = frame(model, el, name);
  const view = pointer(model, root);
  const error = make("p", { class: "cen-error", role: "alert" });
  const captions = make("div", { class: "cen-captions", "aria-live": "polite", tabindex: -1 });
  const wait = waitBar();
  const skeleton = make("div", { class: "cen-skeleton", "aria-hidden": "true" }, ...Array.from({ length: 5 }, () => make("i")));
  const cancel = make("button", {
    type: "button", class: "cen-button cen-cancel", onclick: () => {
      model.set("cancels", model.get("cancels") + 1);
      model.save_changes();
      captions.focus({ preventScroll: true }); // the button goes
    },
  }, "Cancel");
  const texts = make("div", { class: "cen-captions" });
  const live = liveText(view, texts);
  root.append(error, captions, texts, make("div", { class: "cen-now" }, wait.bar, cancel));

  function showProgress() {
    const progress = model.get("progress");
    wait.set(progress);
    cancel.hidden = !progress || !model.get("can_cancel");
    live.show();
    root.classList.toggle("cen-stale", Boolean(progress));
    root.classList.toggle("cen-rewritten", model.get("writing"));
    const isBare = !model.get("columns").length && !model.get("error");
    if (!isBare) return;
    if (!texts.hasChildNodes()) captions.replaceChildren(progress ? skeleton : make("p", {}, model.get("empty")));
    else captions.replaceChildren();
  }

  function show() {
    const columns = model.get("columns");
    // the focus stays in here when what had it goes, or the keys of a desk around would be dead
    const focused = captions.contains(root.getRootNode().activeElement);
    error.textContent = model.get("error");
    error.hidden = !model.get("error");
    captions.replaceChildren(...columns.map((caption) => column(view, caption, drawText)));
    showProgress();
    if (focused) captions.focus();
    Object.assign(view, { pointing: false, rest: highlighted(model), at: null, pinned: null, focused: null });
    markElements(view);
  }

  /** Has the text sent again: its start was written before this page was opened, or its colours have changed. */
  function askForText() {
    if (model.get("writing")) model.send({ do: "send text" });
  }

  const stop = listen(model, {
    "columns error palette": show,
    "progress empty writing draft can_cancel": showProgress,
    "highlight within": () => markElements(view),
    palette: askForText,
    calls: () => { root.scrollIntoView({ block: "center" }); captions.focus({ preventScroll: true }); },
  });
  const receive = (message) => { if (message.pieces) live.change(message); };
  model.on("msg:custom", receive);
  show();
  askForText();
  return () => {
    stop();
    model.off("msg:custom", receive);
  };
}
