const BUTTONS = {
  back: ["‹ Back to results", "Escape"], previous: ["Previous", "Open the previous pair of this page"],
  next: ["Next", "Open the next pair of this page"], map: ["Show on map", "Show this place on the map"],
  labels: ["Load labels", "Load the land cover of this place"],
  caption: ["Caption again", "Write a new caption from the labels"],
};

function render({ model, el }) {
  const root = frame(model, el, "cen-pair-head");
  let turn = model.get("request").turn ?? 0;
  const request = (what) => send(model, { request: { what, turn: ++turn } });
  const heading = make("h3", { tabindex: -1 });
  const details = make("div");
  const remarks = make("div");
  const buttons = Object.entries(BUTTONS).map(([what, [label, hint]]) => make("button", {
    type: "button", class: "cen-button", title: hint, "data-what": what, onclick: () => request(what),
  }, label));
  root.append(make("div", { class: "cen-buttons" }, ...buttons), heading, remarks, details);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    request("back");
  });

  function showButtons() {
    const possible = model.get("possible");
    buttons.forEach((button) => { button.disabled = !possible.includes(button.dataset.what); });
  }

  function show() {
    heading.textContent = model.get("heading");
    details.replaceChildren(facts(model.get("details")));
    remarks.replaceChildren(...model.get("remarks").map((sentence) => make("p", { class: "cen-remark" }, `⚠ ${sentence}`)));
    showButtons();
  }

  const stop = listen(model, {
    "heading details remarks": show, possible: showButtons, opening: () => { show(); heading.focus(); },
  });
  show();
  return stop;
}

export default { render };
