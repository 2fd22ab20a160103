const BUTTONS = {
  back: ["", "Escape"], previous: ["‹ Previous", "Open the pair before this one (left arrow)"],
  next: ["Next ›", "Open the pair after this one (right arrow)"], map: ["Show on map", "Show this place on the map"],
  labels: ["Load labels", "Load the land cover of this place"],
  caption: ["Caption again", "Write a new caption from the labels"],
};
const WAYS = 3; // of the buttons, those that lead away from the pair
const OWN_ARROWS = "input, select, textarea, [contenteditable], [role=tab], [role=slider], [role=radio], .leaflet-container, canvas";

function render({ model, el }) {
  const root = frame(model, el, "cen-pair-head");
  let turn = model.get("request").turn ?? 0;
  const request = (what) => send(model, { request: { what, turn: ++turn } });
  const heading = make("h3", { tabindex: -1, "aria-level": 2 });
  const details = make("div");
  const remarks = make("div");
  const buttons = Object.entries(BUTTONS).map(([what, [label, hint]]) => make("button", {
    type: "button", class: "cen-button", title: hint, "data-what": what, onclick: () => press(what),
  }, label));
  // the results are beside the pair, or away: one of the two labels is hidden
  buttons[0].append(make("span", { class: "cen-go-back" }, "‹ Back"), make("span", { class: "cen-close-pair" }, "Close"));
  root.append(make("div", { class: "cen-buttons cen-ways" }, ...buttons.slice(0, WAYS)), heading, remarks,
    make("div", { class: "cen-buttons" }, ...buttons.slice(WAYS)),
    make("details", {}, make("summary", {}, "About this pair"), details));

  function press(what) {
    request(what);
    if (what === "map") root.closest(".cen-browse")?.querySelector(".cen-where-map")?.scrollIntoView({ block: "nearest" });
  }

  /** The keys of the whole pair: Escape closes it, the arrows lead to the ones beside it. */
  function onKey(event) {
    const pair = root.closest(".cen-pair");
    const from = event.composedPath()[0];
    if (!pair || !(from instanceof Element) || !pair.contains(from) || event.ctrlKey || event.metaKey || event.altKey) return;
    const what = { Escape: "back", ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    if (!what || event.defaultPrevented || (what !== "back" && from.closest(OWN_ARROWS)) || !model.get("possible").includes(what)) return;
    event.preventDefault();
    request(what);
  }
  document.addEventListener("keydown", onKey);

  function showButtons() {
    const possible = model.get("possible");
    buttons.forEach((button, place) => {
      button.disabled = !possible.includes(button.dataset.what);
      button.hidden = place >= WAYS && button.disabled;
    });
  }

  function show() {
    heading.textContent = model.get("heading");
    details.replaceChildren(facts(model.get("details")));
    remarks.replaceChildren(...model.get("remarks").map((sentence) => make("p", { class: "cen-remark" }, `⚠ ${sentence}`)));
    showButtons();
  }

  /** A pair was opened: its heading has the focus, and the map beside it learns that it has another size. */
  function begin() {
    show();
    requestAnimationFrame(() => { dispatchEvent(new Event("resize")); heading.focus(); });
  }

  const stop = listen(model, { "heading details remarks": show, possible: showButtons, opening: begin });
  show();
  return () => { document.removeEventListener("keydown", onKey); stop(); };
}

export default { render };
