function render({ model, el }) {
  const root = frame(model, el, "cen-toggle-view");
  const button = make("button", {
    type: "button", class: "cen-button", title: model.get("hint") || null,
    onclick: () => send(model, { value: !model.get("value") }),
  }, model.get("label"));
  root.append(button);
  const show = () => button.setAttribute("aria-pressed", String(model.get("value")));
  show();
  return listen(model, { value: show });
}

export default { render };
