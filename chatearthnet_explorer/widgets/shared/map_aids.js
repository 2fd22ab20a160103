function render({ model, el }) {
  const root = frame(model, el, "cen-map-aids");
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const cross = make("div", { class: "cen-map-cross", hidden: true });
  const hint = make("p", { class: "cen-map-hint", "aria-hidden": "true", hidden: true },
    `${isMac ? "\u2318" : "Ctrl"} + wheel zooms the map, or click it first`);
  root.append(cross, hint);

  let host = null; // the frame around the map and this view
  let hintTimer = 0;
  let waiting = 0;
  let pickTimer = 0;
  const stops = [];
  const on = (target, event, handler, options) => {
    target.addEventListener(event, handler, options);
    stops.push(() => target.removeEventListener(event, handler, options));
  };
  const mapOf = (event) => event.target.closest?.(".leaflet-container");
  const isActive = () => host.classList.contains("cen-map-active");

  function activate(active) {
    host.classList.toggle("cen-map-active", active);
    if (active) hint.hidden = true;
  }

  /** Names the map for screen readers; Leaflet has made it focusable. */
  function name(map) {
    map.setAttribute("role", "application");
    map.setAttribute("aria-label", model.get("label"));
    if (map.querySelector(".leaflet-tile-loaded")) showImagery();
  }

  function showImagery() {
    host.classList.add("cen-map-imagery");
    if (!model.get("has_imagery")) send(model, { has_imagery: true });
  }

  function onWheel(event) {
    if (event.ctrlKey || event.metaKey || isActive() || !mapOf(event)) return;
    event.stopPropagation(); // Leaflet does not see it, and the page scrolls
    hint.hidden = false;
    clearTimeout(hintTimer);
    hintTimer = setTimeout(() => { hint.hidden = true; }, 1500);
  }

  /** One finger scrolls the page until the map was tapped. */
  function onTouch(event) {
    if (!isActive() && mapOf(event) && (event.touches?.length ?? 1) < 2) event.stopPropagation();
  }

  /** Tells the middle of the map with the pick: what the map itself tells may come later, or wait for an answer. */
  async function choose() {
    const world = await model.widget_manager.get_model(model.get("world"));
    const [lat, lon] = world.get("center");
    send(model, { pick: [model.get("pick")[0] + 1, lat, lon] });
  }

  /** Chooses what is under the cross once the map stands still and has told its place. */
  function pick(map, looks = 0) {
    clearTimeout(pickTimer);
    const isMoving = map.querySelector(".leaflet-map-pane:is(.leaflet-pan-anim, .leaflet-zoom-anim)");
    if (!isMoving && looks > 0) choose();
    else pickTimer = setTimeout(pick, 50, map, isMoving ? 0 : looks + 1);
  }

  function connect() {
    on(host, "wheel", onWheel, { capture: true, passive: true });
    on(host, "touchstart", onTouch, { capture: true, passive: true });
    on(host, "pointerdown", (event) => {
      if (event.pointerType === "touch") onTouch(event);
      else if (mapOf(event)) activate(true);
    }, true);
    on(host, "click", (event) => { if (mapOf(event)) activate(true); }, true);
    on(host, "pointerleave", (event) => { if (event.pointerType !== "touch") activate(false); });
    on(document, "pointerdown", (event) => { if (!event.composedPath().includes(host)) activate(false); }, true);
    on(host, "load", (event) => { if (event.target.classList?.contains("leaflet-tile")) showImagery(); }, true);
    on(host, "focusin", (event) => {
      const map = mapOf(event);
      if (map) name(map);
      cross.hidden = !(map === event.target && map.matches(":focus-visible"));
    });
    on(host, "focusout", () => { cross.hidden = true; });
    on(host, "keydown", (event) => {
      if (mapOf(event) !== event.target) return;
      cross.hidden = false; // Leaflet listens on the document: other keys must get there
      if (event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
        pick(event.target);
      } else if (event.key === "Escape") activate(false);
    });
  }

  /** Finds the map, which may be drawn after this view. */
  function find() {
    host ??= el.closest(".cen-map-frame");
    if (host && !stops.length) connect();
    const map = host?.querySelector(".leaflet-container");
    if (map) {
      name(map);
      // Leaflet watches the window alone: a map that gets wider without it is cut on its right
      const sizes = new ResizeObserver(() => dispatchEvent(new Event("resize")));
      sizes.observe(map);
      stops.push(() => sizes.disconnect());
    } else waiting = setTimeout(find, 100);
  }

  find();
  return () => { [waiting, hintTimer, pickTimer].forEach(clearTimeout); stops.forEach((stop) => stop()); };
}

export default { render };
