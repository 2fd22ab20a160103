function render({ model, el }) {
  const root = frame(model, el, "cen-choice-tabs");
  const tabs = make("div", { class: "cen-choices", role: "tablist", "aria-label": model.get("label") });
  root.append(tabs);
  const choose = (value) => { if (value !== model.get("value")) send(model, { value }); };

  function show() {
    const focused = tabs.contains(root.getRootNode().activeElement);
    tabs.replaceChildren(...model.get("choices").map(([value, words, title]) => make("button", {
      type: "button", role: "tab", class: "cen-choice", title, tabindex: value === model.get("value") ? 0 : -1,
      "aria-selected": String(value === model.get("value")), onclick: () => choose(value),
    }, words)));
    if (focused) tabs.querySelector("[aria-selected=true]")?.focus();
  }

  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const values = model.get("choices").map(([value]) => value);
    choose(values[(values.indexOf(model.get("value")) + step + values.length) % values.length]);
  });
  show();
  return listen(model, { "value choices": show });
}

export default { render };
