function render({ model, el }) {
  const root = frame(model, el, "cen-search-bar");
  let turn = model.get("asked").turn ?? 0;
  const want = (what, value = null) => send(model, { asked: { what, value, turn: ++turn } });

  const words = make("input", {
    type: "search", class: "cen-words", maxlength: model.get("longest"), placeholder: "Words in the captions", dir: "auto",
    "aria-label": "Words in the captions", spellcheck: "false",
    title: 'All words must occur. "A phrase in quotes" in a row, begin* for a beginning, -word for none of it.',
  });
  const look = make("button", { type: "button", class: "cen-button cen-primary", onclick: () => ask() }, "Search");
  const sorts = make("select", { class: "cen-select", "aria-label": "Order", onchange: () => want("sort", sorts.value) },
    ...model.get("sorts").map(([name, said]) => make("option", { value: name }, said)));
  const turned = make("button", { type: "button", class: "cen-button", onclick: () => want("descending", !model.get("order")[1]) });
  const random = make("button", { type: "button", class: "cen-button", title: "Open one of them, whichever",
    onclick: () => want("random") }, "Surprise me");
  const link = make("input", { type: "text", class: "cen-link", "aria-label": "Link to what is shown", spellcheck: "false",
    placeholder: "everything: nothing is chosen yet", title: "Copy it to come back to this; paste another one and press Enter" });
  const pills = make("div", { class: "cen-pills", role: "group", "aria-label": "Choices made" });
  root.append(
    make("div", { class: "cen-line" }, words, look, random,
      make("label", { class: "cen-order" }, make("span", {}, "Order"), sorts), turned),
    pills,
    make("details", { class: "cen-linked" }, make("summary", {}, "Link to this"),
      make("div", { class: "cen-line" }, link, copier("Copy link", () => model.get("link")))));

  const ask = () => { if (words.value !== model.get("words")) want("words", words.value); };
  words.addEventListener("keydown", (event) => {
    event.stopPropagation(); // JupyterLab's own keys
    if (event.key === "Enter") ask();
  });
  words.addEventListener("search", () => ask()); // the cross that empties the field
  link.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") want("link", link.value);
  });

  function show() {
    words.value = model.get("words");
    const [sort, descending] = model.get("order");
    sorts.value = sort;
    for (const option of sorts.options) option.disabled = model.get("barred").includes(option.value);
    turned.textContent = descending ? "↑" : "↓";
    turned.setAttribute("aria-label", descending ? "Turned round; press for the usual order" : "Turn the order round");
    turned.setAttribute("aria-pressed", String(descending));
    turned.title = turned.getAttribute("aria-label");
    link.value = model.get("link");
    const choices = model.get("choices");
    pills.hidden = !choices.length;
    pills.replaceChildren(...choices.map((said, place) => make("button", {
      type: "button", class: "cen-pill", "aria-label": `Leave out: ${said}`, onclick: () => want("drop", place),
    }, make("span", { dir: "auto" }, said), make("span", { "aria-hidden": "true" }, "×"))),
    choices.length > 1 ? make("button", { type: "button", class: "cen-clear", onclick: () => want("clear") }, "Clear all") : "");
  }

  const stop = listen(model, { "words order barred choices link": show });
  show();
  return stop;
}

export default { render };
