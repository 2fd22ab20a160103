// Connects the page to its session, and puts the widgets into the place of what was readable before them.
(() => {
  const LONGEST_WAIT = 20000;
  const PATIENCE = 60000;
  const TRY_AGAIN_AFTER = [1000, 2000, 4000, 8000]; // milliseconds: a network that is gone for a moment

  // anywidget gives a view two seconds to load, and the page up if it takes longer; a slow phone or a busy server does
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (milliseconds) => timeout(milliseconds <= 3000 ? PATIENCE : milliseconds);

  const stage = document.querySelector(".site-stage");
  const first = document.getElementById("site-first");
  const live = document.getElementById("site-live");
  const item = JSON.parse(document.getElementById("site-session").textContent);

  /** The first element that a selector matches, also within shadow roots. */
  const find = (root, selector) => {
    const match = root.querySelector(selector);
    if (match) return match;
    for (const element of root.querySelectorAll("*")) {
      const inside = element.shadowRoot && find(element.shadowRoot, selector);
      if (inside) return inside;
    }
    return null;
  };

  // What is the same in every tab stands in the message as a digest: the browser has most of it already.
  const partOf = async (digest) => {
    for (const pause of [...TRY_AGAIN_AFTER, 0]) {
      try {
        const answer = await fetch(`parts/${digest}.json`);
        if (!answer.ok) break;
        return await answer.json();
      } catch {
        await new Promise((resume) => setTimeout(resume, pause));
      }
    }
    dispatchEvent(new CustomEvent("chatearthnet-incomplete"));
    throw new Error("A part of the page is missing.");
  };
  const fillIn = async (bundle) => {
    const parts = new Map();
    const places = Object.values(bundle.state.state).flatMap(({ state }) => Object.entries(state)
      .filter(([, value]) => typeof value?.["shared-part"] === "string")
      .map(([name, value]) => ({ state, name, digest: value["shared-part"] })));
    await Promise.all([...new Set(places.map(({ digest }) => digest))].map(async (digest) => {
      parts.set(digest, await partOf(digest));
    }));
    for (const { state, name, digest } of places) state[name] = parts.get(digest);
  };
  const view = Bokeh.Models.get("ipywidgets_bokeh.widget.IPyWidget").prototype.default_view.prototype;
  // A widget's script runs before the widget is connected, and may have something to tell by then: because somebody
  // went Back, say. ipywidgets keep that until the widget's next change, which may never come; so it is sent here.
  const sendKept = async ({ state }, manager) => {
    const models = await Promise.all(Object.keys(state.state).map((id) => manager.get_model(id)));
    for (const model of models) model.save_changes();
  };
  // A message to a widget whose model still loads would be lost: a name for its style, say, of a map that comes with a
  // lesson's next section. JupyterLab keeps messages back until the model is there; ipywidgets_bokeh does not.
  const ordered = new WeakSet();
  const keepOrder = (manager) => {
    if (ordered.has(manager)) return;
    ordered.add(manager);
    const { kernel, comm_target_name: target } = manager;
    const open = kernel._targetRegistry[target];
    kernel.registerCommTarget(target, async (comm, message) => {
      open(comm, message);
      const id = message.content.comm_id;
      if (manager.has_model(id)) await manager.get_model(id).catch(() => {}); // the manager tells of what failed
    });
  };
  const renderFilled = view._render;
  view._render = async function render() {
    const { bundle } = this.model;
    await fillIn(bundle);
    await renderFilled.call(this);
    if (!this.ipy_view) return;
    const manager = this.ipy_view.model.widget_manager;
    keepOrder(manager);
    await sendKept(bundle, manager);
  };

  const hasFirst = first.childElementCount > 0;
  stage.dataset.state = hasFirst ? "loading" : "live";

  const swap = () => {
    const position = [scrollX, scrollY];
    const hadFocus = first.contains(document.activeElement);
    stage.style.minHeight = `${stage.offsetHeight}px`; // a page that gets shorter for a moment would scroll
    stage.dataset.state = "live";
    scrollTo(...position);
    if (hadFocus) document.getElementById("main").focus({ preventScroll: true });
    setTimeout(() => { stage.style.minHeight = ""; if (!("printsFirst" in stage.dataset)) first.replaceChildren(); }, 1000);
  };

  // Nothing is taken away under a finger: a click needs the element on which it began.
  let isPressed = false;
  first.addEventListener("pointerdown", () => { isPressed = true; });
  for (const event of ["pointerup", "pointercancel"]) addEventListener(event, () => setTimeout(() => { isPressed = false; }), true);

  const began = performance.now();
  const look = () => {
    // a page that could not connect has no widgets: what is readable stays
    const isLate = live.childElementCount > 0 && performance.now() - began > LONGEST_WAIT;
    if (!isPressed && (isLate || find(live, live.dataset.ready))) swap();
    else setTimeout(look, 50);
  };

  Bokeh.set_log_level("warn");
  Bokeh.safely(() => Bokeh.embed.embed_items({}, [item]));
  if (hasFirst) look();
})();
