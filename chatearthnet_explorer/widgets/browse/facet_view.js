const FEW = 8; // values of a facet that are shown at first
const SEARCHED = 14; // values from which a facet can be searched
const OPEN = ["class", "continent", "style"]; // facets that are open at first: the most useful ones

/** Filters in a drawer: at the side where the page is wide, else a dialog that comes from below. `--drawer` says which. */
function render({ model, el }) {
  const root = frame(model, el, "cen-facet-view");
  const view = pointer(model, root);
  const expanded = new Set(); // facets that show all their values
  const open = new Map(OPEN.map((key) => [key, true])); // facets that a person or this list opened
  const searches = {}; // what was typed into the search of a facet
  let turn = model.get("request").turn ?? 0;

  const request = (what, value) => send(model, { request: { what, value, turn: ++turn } });

  const opener = make("button", { type: "button", class: "cen-button cen-open-filters", onclick: () => toggle() });
  const mapOpener = make("button", { type: "button", class: "cen-button cen-open-map", onclick: () => toggleMap() }, "Map");
  const close = make("button", { type: "button", class: "cen-button", onclick: () => dialog.close() }, "Close");
  const done = make("button", { type: "button", class: "cen-button cen-primary", onclick: () => dialog.close() });
  const clearAll = make("button", { type: "button", class: "cen-button", onclick: () => request("clear all", "") }, "Clear all filters");
  const facets = make("div", { class: "cen-facets" });
  const side = make("div", { class: "cen-side", role: "group", "aria-label": "Filters" }, facets);
  const body = make("div", { class: "cen-drawer-body" });
  const dialog = make("dialog", { class: "cen-drawer", "aria-label": "Filters" },
    make("div", { class: "cen-drawer-head" }, make("h3", { "aria-level": 2 }, "Filters"), close), body,
    make("div", { class: "cen-drawer-foot" }, clearAll, done));
  root.append(make("div", { class: "cen-openers" }, opener, mapOpener), side, dialog);

  const isModal = () => getComputedStyle(root).getPropertyValue("--drawer").trim() !== "side";

  function toggle() {
    if (isModal()) {
      body.append(facets);
      dialog.showModal(); // the browser keeps the focus inside, and closes it with Escape
      body.scrollTop = 0;
    } else root.classList.toggle("cen-folded");
    showOpener();
  }

  /** On a phone the map is away until it is wanted, so that the pictures come first. */
  function toggleMap() {
    const isShown = root.closest(".cen-browse")?.classList.toggle("cen-with-map") ?? false;
    mapOpener.setAttribute("aria-expanded", String(isShown));
    dispatchEvent(new Event("resize")); // a map that was away knows no size
  }

  dialog.addEventListener("close", () => {
    side.append(facets);
    showOpener();
    opener.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); }); // beside the drawer
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab's own keys

  function showOpener() {
    const chosen = model.get("facets").reduce((count, facet) => count + facet.values.filter((one) => one[4]).length, 0);
    const isOpen = isModal() ? dialog.open : !root.classList.contains("cen-folded");
    opener.textContent = chosen ? `Filters (${chosen})` : "Filters";
    opener.setAttribute("aria-expanded", String(isOpen));
    if (isModal()) opener.setAttribute("aria-haspopup", "dialog");
    else opener.removeAttribute("aria-haspopup");
    clearAll.disabled = !chosen;
    const total = model.get("total");
    done.textContent = total < 0 ? "Show the pairs" : total === 1 ? "Show 1 pair" : `Show ${total.toLocaleString("en")} pairs`;
  }

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
    const all = words || expanded.has(facet.key) || facet.key === "class" ? fit : fit.filter((one, at) => at < FEW || one[4]);
    const rows = all.map((one) => value(facet, one, most));
    if (!rows.length) rows.push(make("p", { class: "cen-none" }, words ? "No match." : "None."));
    if (!words && facet.values.length > FEW && facet.key !== "class") {
      const isExpanded = expanded.has(facet.key);
      rows.push(make("button", {
        type: "button", class: "cen-more", "data-at": `${facet.key} more`, "aria-expanded": String(isExpanded),
        onclick: () => { if (!expanded.delete(facet.key)) expanded.add(facet.key); show(); },
      }, isExpanded ? "Show fewer" : `Show all ${facet.values.length}`));
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
      const showShare = () => {
        label.textContent = slider.valueAsNumber ? `at least ${slider.value} % of the square` : "any share of the square";
        slider.setAttribute("aria-valuetext", label.textContent);
      };
      slider.addEventListener("input", showShare);
      slider.addEventListener("change", () => request("min_share", slider.valueAsNumber ? slider.valueAsNumber / 100 : null));
      showShare();
      rows.push(make("label", { class: "cen-slide" }, slider, label));
    } else {
      rows.push(make("details", { class: "cen-none" }, make("summary", {}, "How much of a square they cover"),
        make("p", {}, model.get("shares_hint"))));
    }
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
    const details = make("details", { class: "cen-facet", open: open.get(facet.key) ?? hasChoice },
      make("summary", { "data-at": `${facet.key} summary` }, facet.title),
      ...(facet.key === "class" ? classChoices() : []), search, list,
      // below the values, so that the one that was pressed stays under the pointer
      hasChoice ? make("button", { type: "button", class: "cen-clear", "data-at": `${facet.key} clear`,
        onclick: () => request("clear", facet.key) }, `Clear ${facet.title.toLowerCase()}`) : null);
    details.addEventListener("toggle", () => open.set(facet.key, details.open));
    return details;
  }

  function show() {
    // what had the focus has it again after the redrawing
    const focused = root.querySelector(":focus")?.dataset.at;
    const scrolled = [side.scrollTop, body.scrollTop];
    facets.replaceChildren(...model.get("facets").filter((facet) => facet.values.length).map(section));
    if (focused) root.querySelector(`[data-at="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    [side.scrollTop, body.scrollTop] = scrolled;
    mark(view);
    showOpener();
  }

  mapOpener.setAttribute("aria-expanded", "false");
  // a page that grows wide has the filters at its side again
  const observer = new ResizeObserver(() => {
    if (dialog.open && !isModal()) dialog.close();
    showOpener();
  });
  observer.observe(root);

  const stop = listen(model, {
    "facets class_options has_shares palette shares_hint": show, total: showOpener, highlight: () => mark(view),
  });
  show();
  return () => { observer.disconnect(); stop(); };
}

export default { render };
