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
function named(view, index) {
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
      ...caption.classes.map((index) => named(view, index))) : null,
  ];
}

function column(view, caption, said) {
  return make("article", { class: caption.released ? "cen-caption cen-released" : "cen-caption" },
    make("h4", { class: "cen-byline" }, caption.byline),
    ...said(view, caption),
    caption.label_maps ? make("details", { class: "cen-remark" }, make("summary", {}, caption.label_maps[0]),
      make("p", {}, caption.label_maps[1])) : null,
    ...caption.remarks.map((remark) => make("p", { class: "cen-remark" }, remark)),
    make("div", { class: "cen-buttons" }, copier("Copy", () => caption.text)),
    make("details", {}, make("summary", {}, "How it was written"), facts(caption.told)));
}

/** Draws captions beside each other: `said` gives the words of one, `lit` marks those that are pointed at. */
function drawCaptions({ model, el }, name, said, lit) {
  const root = frame(model, el, name);
  const view = pointer(model, root);
  const fault = make("p", { class: "cen-error", role: "alert" });
  const captions = make("div", { class: "cen-captions", "aria-live": "polite", tabindex: -1 });
  root.append(fault, captions);

  function show() {
    const columns = model.get("columns");
    // the focus stays in here when what had it goes, or the keys of a desk around would be dead
    const focused = captions.contains(root.getRootNode().activeElement);
    fault.textContent = model.get("error");
    fault.hidden = !model.get("error");
    captions.replaceChildren(...columns.map((caption) => column(view, caption, said)));
    if (!columns.length && !model.get("error")) captions.append(make("p", {}, model.get("empty")));
    if (focused) captions.focus();
    Object.assign(view, { pointing: false, rest: highlighted(model), at: null, kept: null });
    lit(view);
  }

  const stop = listen(model, { "columns error palette": show, "highlight within": () => lit(view) });
  show();
  return stop;
}
