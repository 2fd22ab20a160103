function render({ model, el }) {
  const root = frame(model, el, "cen-next-steps");
  const action = (label, name) => make("button", {
    type: "button", class: "cen-button", onclick: () => model.send({ action: name }),
  }, label);
  const check = action("Check this caption", "check");
  const similar = action("See six places like this", "similar");
  const lesson = make("a", { class: "cen-next-link", href: model.get("lesson") || null }, "Learn how the question is made");
  const comparison = make("a", { class: "cen-next-link" }, "Compare writers at this place");
  const note = make("p", { role: "status" });
  const places = make("ul", { class: "cen-similar", "aria-label": "Places like this" });
  root.append(make("h2", { class: "cen-step-title" }, "What next?"),
    make("div", { class: "cen-buttons" }, check, similar, comparison, lesson), note, places);

  function show() {
    check.disabled = !model.get("can_check");
    similar.hidden = !model.get("can_compare");
    lesson.hidden = !model.get("lesson");
    comparison.hidden = !model.get("comparison");
    comparison.href = model.get("comparison");
    note.textContent = model.get("note");
    note.hidden = !model.get("note");
    places.hidden = !model.get("places").length;
    places.replaceChildren(...model.get("places").map(([name, cover], number) => make("li", {}, make("button", {
      type: "button", class: "cen-button cen-visit", onclick: () => model.send({ action: "visit", number }),
    }, make("strong", {}, name), " ", make("span", {}, cover)))));
  }

  show();
  return listen(model, { "can_check can_compare comparison lesson places note": show });
}

export default { render };
