const FEW = 8; // values of a facet that are shown unasked
const SEARCHED = 14; // values from which a facet can be searched

function render({ model, el }) {
  const root = frame(model, el, "cen-facet-view");
  const view = pointer(model, root);
  const open = new Set(); // facets that show all their values
  const searches = {}; // what was typed into the search of a facet
  let turn = model.get("request").turn ?? 0;

  const request = (what, value) => send(model, { request: { what, value, turn: ++turn } });

  function value(facet, [name, label, hint, count, state, index], most) {
    return make("button", {
      type: "button", class: `cen-value ${state ? "cen-chosen" : ""}`, title: hint || null, role: "checkbox",
      "aria-checked": state === "off" ? "mixed" : String(state === "on"), "data-at": `${facet.key} ${name}`,
      "aria-label": `${label}, ${count.toLocaleString("en")} pairs`, onclick: () => request(facet.key, name),
    }, make("span", { class: "cen-box", "aria-hidden": "true" }, { on: "✓", off: "−" }[state] ?? ""),
    index >= 0 ? pointable(view, swatch(model, index), index) : null,
    make("span", { class: "cen-label", dir: "auto" }, label),
    make("span", { class: "cen-count" }, count.toLocaleString("en")),
    make("span", { class: "cen-share", style: { width: `${most ? (100 * count) / most : 0}%` } }));
  }

  /** The values of one facet: the chosen and the largest, or all, or those that are searched for. */
  function values(facet) {
    const most = Math.max(...facet.values.map((one) => one[3]), 0);
    const words = (searches[facet.key] ?? "").trim().toLowerCase();
    const fit = facet.values.filter((one) => one[1].toLowerCase().includes(words));
    const all = words || open.has(facet.key) || facet.key === "class" ? fit : fit.filter((one, at) => at < FEW || one[4]);
    const rows = all.map((one) => value(facet, one, most));
    if (!rows.length) rows.push(make("p", { class: "cen-none" }, words ? "No match." : "None."));
    if (!words && facet.values.length > FEW && facet.key !== "class") {
      const expanded = open.has(facet.key);
      rows.push(make("button", {
        type: "button", class: "cen-more", "data-at": `${facet.key} more`, "aria-expanded": String(expanded),
        onclick: () => { if (!open.delete(facet.key)) open.add(facet.key); show(); },
      }, expanded ? "Show fewer" : `Show all ${facet.values.length}`));
    }
    return rows;
  }

  function choice(label, what, options) {
    const select = make("select", { class: "cen-select", "data-at": `class ${what}`, "aria-label": label,
      onchange: () => request(what, select.value) },
    ...options.map(([name, text]) => make("option", { value: name }, text)));
    select.value = model.get("class_options")[what];
    return select;
  }

  /** How classes are looked for: all or any, in which part, and from which share of the labels on. */
  function classChoices() {
    const { min_share: share } = model.get("class_options");
    const parts = [["", "anywhere"], ...model.get("parts").map((part) => [part, `in the ${part}`])];
    const rows = [make("div", { class: "cen-choices" },
      choice("All or any of these classes", "match", [["all", "all of these"], ["any", "any of these"]]),
      choice("Where the caption mentions them", "part", parts))];
    if (model.get("has_shares")) {
      const slider = make("input", { type: "range", min: 0, max: 100, step: 5, "data-at": "class share",
        "aria-label": "Smallest land-cover share, in percent" });
      slider.value = Math.round(100 * (share ?? 0));
      const label = make("span", {});
      const showShare = () => { label.textContent = slider.valueAsNumber ? `at least ${slider.value} % of the labels` : "any share"; };
      slider.addEventListener("input", showShare);
      slider.addEventListener("change", () => request("min_share", slider.valueAsNumber ? slider.valueAsNumber / 100 : null));
      showShare();
      rows.push(make("label", { class: "cen-slide" }, slider, label));
    } else rows.push(make("p", { class: "cen-none" }, model.get("shares_hint")));
    return rows;
  }

  function section(facet) {
    const hasChoice = facet.values.some((one) => one[4]);
    const list = make("div", { class: "cen-values", role: "group", "aria-label": facet.title }, ...values(facet));
    const search = facet.values.length < SEARCHED || facet.key === "class" ? null : make("input", {
      type: "search", class: "cen-search", placeholder: `Search ${facet.values.length} values`,
      "aria-label": `Search ${facet.title}`, "data-at": `${facet.key} search`, maxlength: 60,
    });
    if (search) {
      search.value = searches[facet.key] ?? "";
      search.addEventListener("input", () => {
        searches[facet.key] = search.value;
        list.replaceChildren(...values(facet));
      });
    }
    return make("section", { class: "cen-facet" },
      make("h4", {}, facet.title, hasChoice ? make("button", { type: "button", class: "cen-clear", onclick: () => request("clear", facet.key),
        "aria-label": `Clear ${facet.title}` }, "Clear") : null),
      ...(facet.key === "class" ? classChoices() : []), search, list);
  }

  function show() {
    // what had the focus has it again after the redrawing
    const focused = root.querySelector(":focus")?.dataset.at;
    root.replaceChildren(...model.get("facets").filter((facet) => facet.values.length).map(section));
    if (focused) root.querySelector(`[data-at="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    mark(view);
  }

  const stop = listen(model, { "facets class_options has_shares palette": show, highlight: () => mark(view) });
  show();
  return stop;
}

export default { render };
