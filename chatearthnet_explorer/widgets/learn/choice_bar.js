function render({ model, el }) {
  const root = frame(model, el, "cen-choice-bar");
  const bar = make("div", { class: "cen-buttons", role: "group" });
  const note = make("p", { class: "cen-note", role: "status" });
  root.append(bar, note);

  function showOptions() {
    bar.setAttribute("aria-label", model.get("label"));
    bar.replaceChildren(...model.get("options").map(([id, words]) => make("button", {
      type: "button", class: "cen-button", "data-id": id, onclick: () => send(model, { value: id }),
    }, words)));
    showValue();
  }

  function showValue() {
    for (const button of bar.children) button.setAttribute("aria-pressed", String(button.dataset.id === model.get("value")));
    note.textContent = model.get("note");
    note.hidden = !model.get("note");
  }

  const stop = listen(model, { "options label": showOptions, "value note": showValue });
  showOptions();
  return stop;
}

export default { render };
