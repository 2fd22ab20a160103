function render({ model, el }) {
  const root = frame(model, el, "cen-fold-button");
  const summary = make("span", { class: "cen-summary" });
  const button = make("button", {
    type: "button", class: "cen-fold", onclick: () => send(model, { is_open: !model.get("is_open") }),
  }, make("span", { class: "cen-fold-label" }, model.get("label")), " ", summary);
  root.append(button);
  const show = () => {
    summary.textContent = model.get("summary");
    button.setAttribute("aria-expanded", String(model.get("is_open")));
  };
  show();
  return listen(model, { "summary is_open": show });
}

export default { render };
