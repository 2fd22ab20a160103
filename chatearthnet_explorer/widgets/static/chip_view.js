const SIZE = 256; // pixels of a chip along each side
const FINE = 2; // the overlay's pixels for each of the chip's, so that outlines are thin
const HALF = SIZE / 2;
const BOXES = { // column and row where each part begins; all are half the chip wide
  "top left": [0, 0], "top right": [HALF, 0], "bottom left": [0, HALF], "bottom right": [HALF, HALF],
  middle: [HALF / 2, HALF / 2],
};

function partsAt(column, row) {
  return Object.keys(BOXES).filter((part) => {
    const [left, top] = BOXES[part];
    return column >= left && column < left + HALF && row >= top && row < top + HALF;
  });
}

/** Colours the label map with the palette that is on. */
function colour(canvas, indices, model) {
  const palette = model.get("legend").map((land) => {
    const value = Number.parseInt(land.colours[model.get("palette")].slice(1), 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  });
  canvas.width = canvas.height = SIZE;
  const image = new ImageData(SIZE, SIZE);
  indices.forEach((index, at) => image.data.set([...palette[index], 255], 4 * at));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Dims all but the highlighted class and outlines it; outlines the chosen part. */
function overlay(canvas, indices, highlight, part) {
  const side = SIZE * FINE;
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  if (indices && highlight >= 0) {
    const is = (column, row) =>
      column >= 0 && row >= 0 && column < SIZE && row < SIZE && indices[row * SIZE + column] === highlight;
    const image = new ImageData(side, side);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const [column, row] = [x >> 1, y >> 1];
        if (is(column, row)) {
          const edge = !is((x + 1) >> 1, row) || !is((x - 1) >> 1, row) || !is(column, (y + 1) >> 1) || !is(column, (y - 1) >> 1);
          if (edge) image.data.set([255, 255, 255, 255], 4 * (y * side + x));
        } else image.data.set([8, 12, 18, 178], 4 * (y * side + x));
      }
    }
    context.putImageData(image, 0, 0);
  }
  if (part in BOXES) {
    const [left, top] = BOXES[part].map((at) => at * FINE);
    for (const [stroke, dash] of [["#000", []], ["#fff", [8, 6]]]) {
      context.strokeStyle = stroke;
      context.lineWidth = 3;
      context.setLineDash(dash);
      context.strokeRect(left + 2, top + 2, HALF * FINE - 4, HALF * FINE - 4);
    }
  }
}

function render({ model, el }) {
  const root = frame(model, el, "cen-chip-view");
  const [picture, labels, light] = ["cen-picture", "cen-labels", "cen-light"].map((name) =>
    make("canvas", { class: name, "aria-hidden": "true" }));
  let indices = null;

  const heading = make("h3", { class: "cen-place" });
  const ribbon = make("div", { class: "cen-ribbon" }, "SIMULATED");
  const absent = make("div", { class: "cen-absent" });
  const stage = make("div", { class: "cen-stage", role: "img" }, picture, labels, light, absent, ribbon);
  const readout = make("div", { class: "cen-readout" });
  const slider = make("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": "Labels over the picture, in percent" });
  const blend = make("label", { class: "cen-blend" }, make("span", {}, "Picture"), slider, make("span", {}, "Labels"));
  const palettes = make("select", { class: "cen-select" },
    ...[["chatearthnet", "ChatEarthNet"], ["worldcover", "ESA WorldCover"], ["colourblind", "Colour-blind safe"]].map(
      ([value, name]) => make("option", { value }, name)));
  const tabs = make("div", { class: "cen-tabs", role: "tablist", "aria-label": "Part of the picture" });
  const legend = make("div", { class: "cen-legend", role: "tabpanel" });
  const remarks = make("div", { class: "cen-remarks" });
  const about = make("details", { class: "cen-about" }, make("summary", {}, "Where this comes from"));
  const provenance = make("div");
  about.append(provenance);
  const side = make("div", { class: "cen-side" }, tabs, legend,
    make("label", { class: "cen-palette" }, make("span", {}, "Colours"), palettes));
  root.append(heading, make("div", { class: "cen-columns" },
    make("div", { class: "cen-left" }, stage, readout, blend), side), remarks, about);

  const has = (trait) => model.get(trait)?.byteLength > 0;

  function showBlend() {
    const share = !has("picture") ? 1 : !has("label_map") ? 0 : model.get("blend");
    labels.style.opacity = share;
    slider.value = Math.round(100 * share);
    slider.disabled = !(has("picture") && has("label_map"));
    slider.style.setProperty("--at", `${100 * share}%`);
  }

  function showLight() {
    overlay(light, indices, model.get("highlight"), model.get("part"));
    mark(root, model);
  }

  function showLegend() {
    const part = model.get("part");
    const shares = model.get("shares")[part];
    tabs.replaceChildren(...model.get("parts").map((name) => make("button", {
      type: "button", role: "tab", class: "cen-tab", "aria-selected": String(name === part),
      tabindex: name === part ? 0 : -1, onclick: () => send(model, { part: name }),
    }, name === "overall" ? "Whole" : name)));
    tabs.hidden = side.hidden = !shares;
    const present = (shares ?? []).map((share, index) => [index, share]).filter(([, share]) => share > 0);
    present.sort((one, other) => other[1] - one[1]);
    legend.replaceChildren(...present.map(([index, share]) => {
      const land = model.get("legend")[index];
      return pointable(model, make("button", {
        type: "button", class: "cen-row", title: land.plain, "aria-pressed": "false",
        "aria-label": `${land.name}, ${percent(share)}. ${land.plain} Press to light it up in the picture.`,
      }, swatch(model, index), make("span", { class: "cen-name" }, land.name),
      make("span", { class: "cen-bar" }, make("span", {
        class: "cen-fill",
        style: { width: `${100 * share}%`, background: land.colours[model.get("palette")] },
      })), make("span", { class: "cen-number" }, percent(share))), index);
    }));
    showLight();
  }

  function showWords() {
    heading.textContent = model.get("place");
    heading.hidden = !model.get("place");
    ribbon.hidden = !model.get("simulated");
    remarks.replaceChildren(...model.get("remarks").map((remark) => make("p", { class: "cen-remark" }, remark)));
    provenance.replaceChildren(facts(model.get("provenance")),
      ...model.get("attribution").map((credit) => make("p", { class: "cen-credit" }, credit)));
    about.hidden = !model.get("provenance").length;
    absent.textContent = has("picture") || has("label_map") ? "" : "No picture, no labels";
    const kind = model.get("simulated") ? "Simulated" : "Sentinel-2";
    stage.setAttribute("aria-label", has("picture") ? `${kind} picture and land-cover labels of the chip, north up`
      : has("label_map") ? "Land-cover labels of the chip, north up" : "No picture and no labels");
    stage.classList.toggle("cen-empty", !(has("picture") || has("label_map")));
    palettes.value = model.get("palette");
  }

  let turn = 0;
  async function show() {
    const mine = ++turn;
    indices = null;
    const [seen, mapped] = await Promise.all(["picture", "label_map"].map((trait) =>
      has(trait) ? draw(make("canvas"), model.get(trait)) : null));
    if (mine !== turn) return; // a later chip overtook this one
    picture.width = picture.height = SIZE;
    if (seen) picture.getContext("2d").drawImage(seen, 0, 0);
    labels.hidden = !mapped;
    if (mapped) {
      const { data } = mapped.getContext("2d").getImageData(0, 0, SIZE, SIZE);
      indices = Uint8Array.from({ length: SIZE * SIZE }, (_, at) => data[4 * at]);
      colour(labels, indices, model);
    }
    readout.textContent = mapped ? "Point at the picture, or at a class." : "";
    showBlend(); showWords(); showLegend();
  }

  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top].map((place, axis) =>
      Math.min(SIZE - 1, Math.max(0, Math.floor((place / (axis ? box.height : box.width)) * SIZE))));
  };
  stage.addEventListener("pointermove", (event) => {
    if (!indices) return;
    const [column, row] = at(event);
    const index = indices[row * SIZE + column];
    readout.replaceChildren(swatch(model, index), `${model.get("legend")[index].name}, ${partsAt(column, row).join(" and ")}`);
  });
  stage.addEventListener("pointerleave", () => {
    if (indices) readout.textContent = "Point at the picture, or at a class.";
  });
  stage.addEventListener("click", (event) => {
    if (!indices) return;
    const part = partsAt(...at(event)).at(-1);
    send(model, { part: part === model.get("part") ? "overall" : part });
  });
  slider.addEventListener("input", () => send(model, { blend: slider.valueAsNumber / 100 }));
  palettes.addEventListener("change", () => send(model, { palette: palettes.value }));
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const names = model.get("parts");
    const next = (names.indexOf(model.get("part")) + step + names.length) % names.length;
    send(model, { part: names[next] });
    tabs.children[next].focus();
  });

  const stop = listen(model, {
    "picture label_map": show,
    blend: showBlend,
    palette: () => { if (indices) colour(labels, indices, model); palettes.value = model.get("palette"); showLegend(); },
    "shares part": showLegend,
    highlight: showLight,
    "place simulated provenance remarks attribution": showWords,
  });
  show();
  return stop;
}

export default { render };
