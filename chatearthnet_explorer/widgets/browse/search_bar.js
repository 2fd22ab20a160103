function render({ model, el }) {
  const root = frame(model, el, "cen-search-bar");
  let turn = model.get("request").turn ?? 0;
  const request = (what, value = null) => send(model, { request: { what, value, turn: ++turn } });

  const words = make("input", {
    type: "search", class: "cen-words", maxlength: model.get("longest"), placeholder: "Words in the captions", dir: "auto",
    "aria-label": "Words in the captions", spellcheck: "false", enterkeyhint: "search",
    title: 'Finds all your words. "Quotes" = exact phrase; begin* = start of a word; -word = exclude.',
  });
  const search = make("button", { type: "button", class: "cen-button cen-primary", onclick: () => searchWords() }, "Search");
  const sorts = make("select", { class: "cen-select", onchange: () => request("sort", sorts.value) },
    ...model.get("sorts").map(([name, label]) => make("option", { value: name }, label)));
  const reverse = make("button", { type: "button", class: "cen-button cen-reverse", onclick: () => request("descending", !model.get("order")[1]) });
  const random = make("button", { type: "button", class: "cen-button", title: "Open a pair at random",
    onclick: () => request("random") }, "Surprise me");
  const link = make("input", { type: "text", class: "cen-link", "aria-label": "Link to this page", spellcheck: "false",
    placeholder: "No filters yet: showing everything", title: "Copy this link to come back to this page, or paste another link and press Enter" });
  const linked = make("details", { class: "cen-linked" }, make("summary", {}, "Link to this page"),
    make("div", { class: "cen-line" }, link, copier("Copy link", () => model.get("link"))));
  const pills = make("div", { class: "cen-pills", role: "group", "aria-label": "Chosen filters" });
  root.append(
    make("div", { class: "cen-line" }, make("div", { class: "cen-find" }, words, search),
      make("div", { class: "cen-order" }, make("label", {}, make("span", {}, "Sort: "), sorts), reverse, random)),
    pills, linked);

  // what a field showed last: whatever else is in it is being written, and no message overwrites it
  const lastTexts = new Map([[words, ""], [link, ""]]);
  const isWritten = (field) => root.getRootNode().activeElement === field && field.value !== lastTexts.get(field);
  function fill(field, text) {
    if (!isWritten(field)) field.value = text;
    lastTexts.set(field, text);
  }

  function searchWords() {
    lastTexts.set(words, words.value);
    if (words.value !== model.get("words")) request("words", words.value);
  }
  words.addEventListener("keydown", (event) => {
    event.stopPropagation(); // JupyterLab's own keys
    if (event.key === "Enter") searchWords();
  });
  words.addEventListener("search", () => searchWords()); // the cross that empties the field
  link.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter") return;
    lastTexts.set(link, link.value);
    request("link", link.value);
  });

  function show() {
    const [sort, descending] = model.get("order");
    sorts.value = sort;
    for (const option of sorts.options) option.disabled = model.get("disabled_sorts").includes(option.value);
    reverse.textContent = descending ? "↑" : "↓";
    reverse.setAttribute("aria-label", "Reverse the order");
    reverse.setAttribute("aria-pressed", String(descending));
    reverse.title = descending ? "Reversed; press for the normal order" : "Reverse the order";
    linked.hidden = !model.get("has_link");
    const choices = model.get("choices");
    const focused = [...pills.querySelectorAll("button")].indexOf(root.getRootNode().activeElement);
    // without filters the row stays, so that the page does not move when one is chosen
    pills.replaceChildren(choices.length ? "" : make("span", { class: "cen-no-filter" }, "No filter: all pairs are shown."), ...choices.map((choice, place) => make("button", {
      type: "button", class: "cen-pill", "aria-label": `Remove filter: ${choice}`, title: `Remove filter: ${choice}`,
      onclick: () => request("drop", place),
    }, make("span", { dir: "auto" }, choice), make("span", { "aria-hidden": "true" }, "×"))),
    choices.length > 1 ? make("button", { type: "button", class: "cen-clear", onclick: () => request("clear") }, "Clear all") : "");
    const buttons = [...pills.querySelectorAll("button")];
    if (focused >= 0) (buttons[focused] ?? buttons.at(-1) ?? words).focus(); // the filter that had it may be gone
  }

  const showWords = () => fill(words, model.get("words"));
  const showLink = () => fill(link, model.get("link"));
  const stop = listen(model, {
    words: showWords, link: showLink, "order disabled_sorts choices has_link": show,
  });
  showWords(); showLink(); show();
  return stop;
}

export default { render };
