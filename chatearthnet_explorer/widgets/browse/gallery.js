const STYLES = { "3.5": "3.5", "4v": "4V" }; // a simulated caption is in a style, and by no model

function render({ model, el }) {
  const root = frame(model, el, "cen-gallery");
  const heading = make("h3", { "aria-live": "polite", "aria-level": 2 });
  const ribbon = make("span", { class: "cen-made-up", hidden: true }, "Simulated, not real");
  const grid = make("div", { class: "cen-tiles", role: "group", "aria-label": "Pairs" });
  const empty = make("div", { class: "cen-nothing" });
  const number = make("input", { type: "number", min: 1, step: 1, class: "cen-page", "aria-label": "Page" });
  const last = make("span", {});
  const step = (label, text, target) => make("button", {
    type: "button", class: "cen-button", "aria-label": label, title: label, onclick: () => turnTo(target()),
  }, text);
  const page = () => model.get("counts").page;
  const pages = () => model.get("counts").pages;
  const back = [step("First page", "«", () => 1), step("Previous page", "‹ Previous", () => page() - 1)];
  const on = [step("Next page", "Next ›", () => page() + 1), step("Last page", "»", () => pages())];
  const bar = make("nav", { class: "cen-bar", "aria-label": "Pages of pairs" }, ...back,
    make("label", { class: "cen-number" }, "Page ", number, last), ...on);
  const keys = make("p", { class: "cen-keys" },
    "Keys: arrows, Home and End to move; Enter to open; Page Up and Page Down for other pages.");
  root.append(make("div", { class: "cen-head" }, heading, ribbon), empty, grid, bar, keys);

  let turn = model.get("request").turn ?? 0;
  let at = 0; // the tile that the Tab key leads to
  let follow = false; // whether the focus goes along to the next page
  let wasOpen = false; // whether a pair was open

  const request = (what, value, name = "") => send(model, { request: { what, value, name, turn: ++turn } });
  const turnTo = (target) => {
    const next = Math.min(Math.max(1, target), Math.max(1, pages()));
    if (next !== page()) request("page", next);
  };

  function tile(item, place) {
    const flags = item.flags.map((flag) => make("span", { class: "cen-flag" }, `⚠ ${flag}`));
    return make("button", {
      type: "button", class: "cen-tile", title: `${item.name}\n${item.excerpt}`, tabindex: place === at ? 0 : -1,
      onclick: () => { at = place; request("open", place, item.name); },
    }, make("span", { class: "cen-photo" }),
    make("span", { class: "cen-where", dir: "auto" }, item.country || item.place),
    make("span", { class: "cen-what" },
      ...item.styles.map((style) => make("span", { class: "cen-style" }, STYLES[style] ?? style)), ...flags),
    make("span", { class: "cen-swatches" }, ...item.classes.slice(0, 5).map((index) => swatch(model, index))));
  }

  function showPictures() {
    const notes = model.get("notes");
    const items = model.get("items");
    model.get("thumbnails").forEach((bytes, place) => {
      const photo = grid.children[place]?.querySelector(".cen-photo");
      if (!photo) return;
      const note = notes[place] ?? "";
      photo.classList.toggle("cen-awaited", !bytes.byteLength && !note);
      if (bytes.byteLength || typeof bytes === "string") {
        const url = typeof bytes === "string" ? bytes : URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
        const free = () => URL.revokeObjectURL(url); // when it is drawn, or never will be
        photo.replaceChildren(make("img", { src: url, alt: items[place]?.alt ?? "", draggable: "false", onload: free, onerror: free }),
          note ? make("span", { class: "cen-note" }, note) : "");
      } else photo.replaceChildren(make("span", { class: "cen-note" }, note));
    });
  }

  function showEmpty() {
    const { state, total } = model.get("counts");
    empty.hidden = state === "some" || state === "waiting";
    if (empty.hidden) return;
    if (state === "beyond") {
      empty.replaceChildren(make("p", {}, `No such page; there are ${total.toLocaleString("en")} pairs.`),
        make("button", { type: "button", class: "cen-button cen-primary", onclick: () => request("page", 1) }, "Go to the first page"));
      return;
    }
    const alternatives = model.get("alternative_rows");
    empty.replaceChildren(make("p", {}, "No pair matches all filters."),
      ...(alternatives.length ? [make("p", {}, "Results with one filter removed:")] : []),
      make("div", { class: "cen-buttons" }, ...alternatives.map(([words, pairs], place) => make("button", {
        type: "button", class: "cen-button", onclick: () => request("relax", place),
      }, `Without “${words}”: ${pairs.toLocaleString("en")}`))));
  }

  function showItems() {
    const { state, total, first, last: end } = model.get("counts");
    const inside = grid.contains(root.getRootNode().activeElement) || follow;
    at = 0;
    follow = false;
    const some = state === "some";
    const format = (count) => count.toLocaleString("en");
    heading.textContent = some ? `Pairs ${format(first)} to ${format(end)} of ${format(total)}`
      : state === "waiting" ? "Searching …" : "No pairs";
    ribbon.hidden = !model.get("simulated");
    number.value = page();
    number.max = Math.max(1, pages());
    last.textContent = ` of ${format(pages())}`;
    bar.hidden = keys.hidden = !some;
    back.forEach((button) => { button.disabled = page() <= 1; });
    on.forEach((button) => { button.disabled = page() >= pages(); });
    grid.replaceChildren(...model.get("items").map(tile));
    grid.hidden = !some;
    showPictures();
    showEmpty();
    if (inside) grid.children[0]?.focus();
    showOpen();
  }

  /** Let the Tab key lead to a tile, and return it. */
  function focusable(place) {
    const tiles = [...grid.children];
    if (!tiles.length) return null;
    tiles[at]?.setAttribute("tabindex", -1);
    at = Math.min(Math.max(0, place), tiles.length - 1);
    tiles[at].setAttribute("tabindex", 0);
    return tiles[at];
  }

  const focusOn = (place) => focusable(place)?.focus();

  /** Show the tile of the open pair in the list beside it; the page itself stays where it is. */
  function scrollList(place) {
    const list = root.closest(".cen-results");
    const tile = grid.children[place];
    if (!list || !tile || list.scrollHeight <= list.clientHeight) return;
    const above = tile.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (above < 0 || above + tile.offsetHeight > list.clientHeight) list.scrollTop += above - 60;
  }

  /** Whether what had the focus is gone, as a button of the pair that was closed. */
  function isFocusLost() {
    const active = root.getRootNode().activeElement;
    return !active || active === document.body || !active.getClientRects().length;
  }

  /** Mark the open pair; when it is closed, its tile has the focus again. */
  function showOpen() {
    const place = model.get("open_position");
    [...grid.children].forEach((one, position) => {
      if (position === place) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
    if (place >= 0) {
      focusable(place);
      requestAnimationFrame(() => scrollList(place));
    } else if (wasOpen) {
      requestAnimationFrame(() => {
        dispatchEvent(new Event("resize")); // the map beside the pair has its width again
        if (isFocusLost()) grid.children[at]?.focus();
      });
    }
    wasOpen = place >= 0;
  }

  /** Tiles in a row, as they stand now. */
  const across = () => [...grid.children].filter((one) => one.offsetTop === grid.children[0].offsetTop).length;

  grid.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = {
      ArrowRight: () => focusOn(at + 1), ArrowLeft: () => focusOn(at - 1),
      ArrowDown: () => focusOn(at + across()), ArrowUp: () => focusOn(at - across()),
      Home: () => focusOn(0), End: () => focusOn(grid.children.length - 1),
      PageDown: () => { follow = true; turnTo(page() + 1); }, PageUp: () => { follow = true; turnTo(page() - 1); },
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would move among its cells
    moves[event.key]();
  });
  const goToTyped = () => { if (number.value) turnTo(Math.round(number.valueAsNumber)); };
  number.addEventListener("change", goToTyped);
  number.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.stopPropagation(); // JupyterLab takes this key for itself, and then nothing changes
    goToTyped();
  });

  const stop = listen(model, {
    "counts items": showItems, "thumbnails notes": showPictures, open_position: showOpen, alternative_rows: showEmpty, "simulated palette": showItems,
  });
  showItems();
  return stop;
}

export default { render };
