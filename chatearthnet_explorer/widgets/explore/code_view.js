function render({ model, el }) {
  const root = frame(model, el, "cen-code-view");
  const code = make("pre", { class: "cen-code" });
  const fold = make("details", {}, make("summary", {}, "Python code"), code);
  root.append(copier("Copy code", () => model.get("code")), fold);
  const show = () => {
    code.textContent = model.get("code");
    root.hidden = !model.get("code");
  };
  show();
  return listen(model, { code: show });
}

export default { render };
