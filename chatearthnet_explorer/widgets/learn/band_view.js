const SIDE = 256;
const STEP = 8;

function render({ model, el }) {
  const root = frame(model, el, "cen-band-view");
  const buttons = make("div", { class: "cen-buttons", role: "group", "aria-label": "Picture" });
  const note = make("p", { class: "cen-note" });
  const canvas = make("canvas", { "aria-hidden": "true" });
  const cross = make("span", { class: "cen-cross", hidden: true });
  const ribbon = make("span", { class: "cen-ribbon" }, "SIMULATED");
  const stage = make("div", {
    class: "cen-stage", tabindex: 0, role: "application",
    "aria-label": "Picture of the square. Press a place, or move with the arrow keys, to measure one pixel.",
  }, canvas, cross, ribbon);
  const reading = make("p", { class: "cen-reading", role: "status" });
  const chart = make("div", { class: "cen-chart" });
  root.append(buttons, note, make("div", { class: "cen-columns" }, stage, make("div", { class: "cen-side" }, reading, chart)));
  buttons.append(...model.get("composites").map(([id, label]) => make("button", {
    type: "button", class: "cen-button", "data-id": id, onclick: () => send(model, { composite: id }),
  }, label)));
  ribbon.hidden = !model.get("simulated");

  async function showPicture() {
    for (const button of buttons.children) {
      button.setAttribute("aria-pressed", String(button.dataset.id === model.get("composite")));
    }
    note.textContent = model.get("composites").find(([id]) => id === model.get("composite"))[2];
    if (!await draw(canvas, model.get("picture"))) note.textContent = NO_PICTURE;
  }

  function showPixel() {
    const [row, column] = model.get("pixel");
    cross.hidden = row === undefined;
    if (row !== undefined) {
      cross.style.top = `${(100 * (row + 0.5)) / SIDE}%`;
      cross.style.left = `${(100 * (column + 0.5)) / SIDE}%`;
    }
    reading.textContent = model.get("reading") || "Press a place in the picture to measure its light.";
    const most = Math.max(0.5, ...model.get("spectrum").map(([, , value]) => value));
    chart.replaceChildren(...model.get("spectrum").map(([name, nanometres, value]) => make("div", { class: "cen-light" },
      make("span", { class: "cen-name" }, name, make("span", { class: "cen-size" }, `${nanometres} nm`)),
      make("span", { class: "cen-bar" }, make("span", { class: "cen-fill", style: { width: `${(100 * value) / most}%` } })),
      make("span", { class: "cen-number" }, `${(100 * value).toFixed(0)} %`))));
  }

  const choose = (row, column) => send(model, {
    pixel: [row, column].map((place) => Math.min(SIDE - 1, Math.max(0, Math.floor(place)))),
  });
  stage.addEventListener("click", (event) => {
    const box = stage.getBoundingClientRect();
    choose(((event.clientY - box.top) / box.height) * SIDE, ((event.clientX - box.left) / box.width) * SIDE);
  });
  stage.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const [row, column] = model.get("pixel").length ? model.get("pixel") : [SIDE / 2, SIDE / 2];
    const step = event.shiftKey ? 1 : STEP;
    choose(row + step * by[0], column + step * by[1]);
  });

  const stop = listen(model, { "picture composite": showPicture, "pixel spectrum reading": showPixel });
  showPicture(); showPixel();
  return stop;
}

export default { render };
