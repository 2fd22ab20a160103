function piece(model, text, index) {
  if (index < 0) return text;
  const land = model.get("legend")[index];
  return pointable(model, make("span", {
    class: "cen-word", title: `${land.name}: ${land.plain}`,
    style: { "--colour": land.colours[model.get("palette")] },
  }, text), index);
}

function column(model, caption) {
  const named = caption.classes.map((index) => {
    const land = model.get("legend")[index];
    return pointable(model, make("button", {
      type: "button", class: "cen-chip", title: land.plain, "aria-pressed": "false",
    }, swatch(model, index), land.name), index);
  });
  return make("article", { class: caption.released ? "cen-caption cen-released" : "cen-caption" },
    make("h4", { class: "cen-byline" }, caption.byline),
    make("p", { class: "cen-text", dir: "auto" }, ...caption.pieces.map(([text, index]) => piece(model, text, index))),
    named.length ? make("div", { class: "cen-named", role: "group", "aria-label": "Classes named" }, ...named) : null,
    ...caption.remarks.map((remark) => make("p", { class: "cen-remark" }, remark)),
    make("div", { class: "cen-buttons" }, copier("Copy", () => caption.text)),
    make("details", {}, make("summary", {}, "How it was written"), facts(caption.told)));
}

function render({ model, el }) {
  const root = frame(model, el, "cen-caption-view");
  const fault = make("p", { class: "cen-error", role: "alert" });
  const captions = make("div", { class: "cen-captions", "aria-live": "polite" });
  root.append(fault, captions);

  function show() {
    const columns = model.get("columns");
    fault.textContent = model.get("error");
    fault.hidden = !model.get("error");
    captions.replaceChildren(...columns.map((caption) => column(model, caption)));
    if (!columns.length && !model.get("error")) captions.append(make("p", {}, model.get("empty")));
    mark(root, model);
  }

  const stop = listen(model, { "columns error palette": show, highlight: () => mark(root, model) });
  show();
  return stop;
}

export default { render };
