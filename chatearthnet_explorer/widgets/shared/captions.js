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

/** Draws captions beside each other: `drawText` gives the words of one, `markElements` marks those that are pointed at. */
function drawCaptions({ model, el }, name, drawText, markElements) {
  const root = frame(model, el, name);
  const view = pointer(model, root);
  const error = make("p", { class: "cen-error", role: "alert" });
  const captions = make("div", { class: "cen-captions", "aria-live": "polite", tabindex: -1 });
  const wait = waitBar();
  const skeleton = make("div", { class: "cen-skeleton", "aria-hidden": "true" }, ...Array.from({ length: 5 }, () => make("i")));
  root.append(error, captions, wait.bar);

  function showProgress() {
    const progress = model.get("progress");
    wait.set(progress);
    root.classList.toggle("cen-stale", Boolean(progress));
    const isBare = !model.get("columns").length && !model.get("error");
    if (isBare) captions.replaceChildren(progress ? skeleton : make("p", {}, model.get("empty")));
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
    Object.assign(view, { pointing: false, rest: highlighted(model), at: null, pinned: null });
    markElements(view);
  }

  const stop = listen(model, {
    "columns error palette": show,
    "progress empty": showProgress,
    "highlight within": () => markElements(view),
    calls: () => { root.scrollIntoView({ block: "center" }); captions.focus({ preventScroll: true }); },
  });
  show();
  return stop;
}
