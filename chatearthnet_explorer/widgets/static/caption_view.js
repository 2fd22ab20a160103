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

function column(view, caption) {
  return make("article", { class: caption.released ? "cen-caption cen-released" : "cen-caption" },
    make("h4", { class: "cen-byline" }, caption.byline),
    make("p", { class: "cen-text", dir: "auto" }, ...caption.pieces.map(([text, index]) => piece(view, text, index))),
    caption.classes.length ? make("div", { class: "cen-named", role: "group", "aria-label": "Classes named" },
      ...caption.classes.map((index) => named(view, index))) : null,
    caption.label_maps ? make("details", { class: "cen-remark" }, make("summary", {}, caption.label_maps[0]),
      make("p", {}, caption.label_maps[1])) : null,
    ...caption.remarks.map((remark) => make("p", { class: "cen-remark" }, remark)),
    make("div", { class: "cen-buttons" }, copier("Copy", () => caption.text)),
    make("details", {}, make("summary", {}, "How it was written"), facts(caption.told)));
}

function render({ model, el }) {
  const root = frame(model, el, "cen-caption-view");
  const view = pointer(model, root);
  const fault = make("p", { class: "cen-error", role: "alert" });
  const captions = make("div", { class: "cen-captions", "aria-live": "polite" });
  root.append(fault, captions);

  function show() {
    const columns = model.get("columns");
    fault.textContent = model.get("error");
    fault.hidden = !model.get("error");
    captions.replaceChildren(...columns.map((caption) => column(view, caption)));
    if (!columns.length && !model.get("error")) captions.append(make("p", {}, model.get("empty")));
    mark(view);
  }

  const stop = listen(model, { "columns error palette": show, highlight: () => mark(view) });
  show();
  return stop;
}

export default { render };
