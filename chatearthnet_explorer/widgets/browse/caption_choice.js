function render({ model, el }) {
  const root = frame(model, el, "cen-caption-choice");
  let turn = model.get("request").turn ?? 0;
  const choices = make("select", { class: "cen-select",
    onchange: () => send(model, { request: { what: "captions", value: choices.value, turn: ++turn } }) });
  root.append(make("label", {}, make("span", {}, "Captions by "), choices));

  function show() {
    const options = model.get("options");
    root.hidden = options.length < 2;
    choices.replaceChildren(...options.map(([value, label]) => make("option", { value }, label)));
    choices.value = model.get("captions");
  }

  const stop = listen(model, { "options captions": show });
  show();
  return stop;
}

export default { render };
