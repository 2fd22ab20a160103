function render({ model, el }) {
  const root = frame(model, el, "cen-compare-view");
  const view = pointer(model, root);
  let turn = model.get("request").turn ?? 0;
  const selects = ["First caption to compare", "Second caption to compare"].map((label) =>
    make("select", { class: "cen-select", "aria-label": label, onchange: choose }));
  const choice = make("div", { class: "cen-choose", role: "group", "aria-label": "Captions to compare" },
    make("span", {}, "Compare "), selects[0], make("span", {}, " and "), selects[1]);
  const result = make("div", {});
  root.append(choice, result);

  function choose(event) {
    const place = selects.indexOf(event.target);
    const positions = selects.map((select) => Number(select.value));
    if (positions[0] === positions[1]) positions[1 - place] = model.get("selection")[place]; // they change places
    send(model, { request: { what: "compare", value: positions, turn: ++turn } });
  }

  function showChoice() {
    const options = model.get("options");
    choice.hidden = options.length < 3;
    selects.forEach((select, place) => {
      select.replaceChildren(...options.map((name, position) => make("option", { value: position }, name)));
      select.value = model.get("selection")[place];
    });
  }

  function cell([verdict, words] = []) {
    if (!verdict) return make("td", { class: "cen-silent" }, make("span", { "aria-label": "neither caption mentions it" }, "·"));
    return make("td", {}, make("span", { class: `cen-verdict cen-${verdict}`, title: words }, model.get("marks")[verdict]));
  }

  function show() {
    const names = model.get("names");
    root.hidden = !names.length;
    if (!names.length) return result.replaceChildren();
    const legend = model.get("legend");
    const head = ["Class", ...model.get("places")].map((name) => make("th", { scope: "col" }, name));
    const body = model.get("rows").map(({ index, cells }) => make("tr", {},
      make("th", { scope: "row" }, pointable(view, swatch(model, index), index), ` ${legend[index].name}`), ...cells.map(cell)));
    const marks = model.get("marks");
    const key = [["agree", "both captions say so"], ["contradict", "they contradict each other"],
      ["first", `only ${names[0]} says so`], ["second", `only ${names[1]} says so`]].map(([verdict, words]) => make("span", { class: "cen-key" },
      make("span", { class: `cen-verdict cen-${verdict}`, "aria-hidden": "true" }, marks[verdict]), words));
    result.replaceChildren(make("h4", {}, `Compared: ${names[0]} and ${names[1]}`), make("p", {}, model.get("summary")),
      ...model.get("contradictions").map((sentence) => make("p", { class: "cen-error" }, `≠ ${sentence}`)),
      body.length ? make("div", { class: "cen-scroll", tabindex: 0, role: "region", "aria-label": "Comparison by class and part" },
        make("table", { class: "cen-table" },
        make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body))) : "",
      make("p", { class: "cen-keys" }, ...key), make("p", { class: "cen-credit" }, model.get("read")));
    mark(view);
  }

  const stop = listen(model, { "options selection": showChoice, "names marks summary contradictions rows palette": show, highlight: () => mark(view) });
  showChoice();
  show();
  return stop;
}

export default { render };
