const SIZE = 256; // pixels of a chip along each side
const FINE = 2; // the overlay's pixels for each of the chip's, so that outlines are thin
const HALF = SIZE / 2;
const SOON = 300; // milliseconds: shorter waits need no word
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

/** The bytes of a pixel as one number, in the order in which a canvas keeps them. */
function pixel(red, green, blue, alpha = 255) {
  return new Uint32Array(new Uint8Array([red, green, blue, alpha]).buffer)[0];
}

/** Colours the label map with the palette that is on. */
function colour(canvas, indices, model) {
  const colours = model.get("legend").map((land) => {
    const value = Number.parseInt(land.colours[model.get("palette")].slice(1), 16);
    return pixel(value >> 16, (value >> 8) & 255, value & 255);
  });
  const image = new ImageData(SIZE, SIZE);
  new Uint32Array(image.data.buffer).set(indices.map((index) => colours[index]));
  canvas.width = canvas.height = SIZE;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** Dims all but one class, in some parts or everywhere, and outlines it. */
function lightClass(context, indices, index, boxes) {
  const image = new ImageData(FINE * SIZE, FINE * SIZE);
  const pixels = new Uint32Array(image.data.buffer);
  const [dim, outline] = [pixel(8, 12, 18, 178), pixel(255, 255, 255)];
  const inside = ([left, top], at) => {
    const [column, row] = [at % SIZE - left, Math.floor(at / SIZE) - top];
    return column >= 0 && row >= 0 && column < HALF && row < HALF;
  };
  const lit = indices.map((own, at) => own === index && (!boxes.length || boxes.some((box) => inside(box, at))));
  const is = (column, row) => column >= 0 && row >= 0 && column < SIZE && row < SIZE && lit[row * SIZE + column];
  for (let y = 0; y < FINE * SIZE; y++) {
    for (let x = 0; x < FINE * SIZE; x++) {
      const [column, row] = [x >> 1, y >> 1];
      const [aside, above] = [column + (x & 1 ? 1 : -1), row + (y & 1 ? 1 : -1)];
      const at = y * FINE * SIZE + x;
      if (!is(column, row)) pixels[at] = dim;
      else if (!is(aside, row) || !is(column, above)) pixels[at] = outline;
    }
  }
  context.putImageData(image, 0, 0);
}

/** Outlines a part, dashed white on black so that it shows on anything. */
function outlinePart(context, [left, top]) {
  const inset = 2;
  context.lineWidth = 3;
  for (const [stroke, dash] of [["#000", []], ["#fff", [8, 6]]]) {
    context.strokeStyle = stroke;
    context.setLineDash(dash);
    context.strokeRect(FINE * left + inset, FINE * top + inset, FINE * HALF - 2 * inset, FINE * HALF - 2 * inset);
  }
}

function nameOf(part) {
  return part === "overall" ? "whole" : part;
}

/** The classes that have a share, the largest first. */
function present(shares = []) {
  return [...shares.keys()].filter((index) => shares[index] > 0).sort((one, other) => shares[other] - shares[one]);
}

function render({ model, el }) {
  const root = frame(model, el, "cen-chip-view");
  const view = pointer(model, root);
  const [picture, labels, light] = ["cen-picture", "cen-labels", "cen-light"].map((name) =>
    make("canvas", { class: name, "aria-hidden": "true" }));
  let indices = null;

  const heading = make("h3", { class: "cen-place" });
  const ribbon = make("div", { class: "cen-ribbon", "aria-hidden": "true" }, "SIMULATED");
  const absent = make("div", { class: "cen-absent" });
  const stage = make("div", { class: "cen-stage", role: "img" }, picture, labels, light, absent, ribbon);
  const bands = bandTabs(model);
  const wait = waitBar();
  const readout = make("div", { class: "cen-readout" });
  const slider = make("input", { type: "range", min: 0, max: 100, step: 1, "aria-label": "From picture to land cover" });
  const blend = make("div", { class: "cen-blend" }, make("span", { "aria-hidden": "true" }, "Picture"), slider,
    make("span", { "aria-hidden": "true" }, "Land cover"));
  const palettes = make("select", { class: "cen-select" },
    ...[["chatearthnet", "ChatEarthNet"], ["worldcover", "ESA WorldCover"], ["colourblind", "Colour-blind safe"]].map(
      ([value, name]) => make("option", { value }, name)));
  const tabs = make("div", { class: "cen-tabs", role: "tablist", "aria-label": "Part of the picture" },
    ...model.get("parts").map((part) => make("button", {
      type: "button", role: "tab", class: "cen-tab", onclick: () => send(model, { part }),
    }, nameOf(part))));
  const legend = make("div", { class: "cen-legend", role: "tabpanel", "aria-label": "Land cover of the part" });
  const notice = make("span");
  const action = make("button", {
    type: "button", class: "cen-button", onclick: () => send(model, { actions: model.get("actions") + 1 }),
  });
  const note = make("p", { class: "cen-notice" }, notice, " ", action);
  const missing = make("p", { class: "cen-remark", role: "alert", hidden: true }, NO_PICTURE);
  const remarks = make("div", { class: "cen-remarks" });
  const table = make("div");
  const every = make("details", {}, make("summary", {}, "All parts in one table"), table);
  const provenance = make("div");
  const credits = make("div");
  const origin = make("summary");
  const about = make("details", {}, origin, provenance, credits);
  const [pictureHeading, coverHeading] = [make("div", { class: "cen-head" }), make("div", { class: "cen-head" })];
  const side = make("section", { class: "cen-side" }, coverHeading, tabs, legend,
    make("label", { class: "cen-palette" }, make("span", {}, "Colours"), palettes), every);
  root.append(heading, make("div", { class: "cen-columns" },
    make("section", { class: "cen-left" }, pictureHeading, make("div", { class: "cen-frame" }, stage, wait.bar), missing, bands.element,
      blend, readout, note, remarks, about), side));

  const has = (trait) => (model.get(trait)?.byteLength ?? model.get(trait)?.length) > 0; // or an address

  function showBlend() {
    const share = !has("picture") ? 1 : !has("label_map") ? 0 : model.get("blend");
    labels.style.opacity = share;
    slider.value = Math.round(100 * share);
    slider.setAttribute("aria-valuetext", `${Math.round(100 * share)} % land cover`);
    blend.hidden = !(has("picture") && has("label_map"));
  }

  function showLight() {
    light.width = light.height = FINE * SIZE; // which also clears it
    const [{ highlight, within }, part] = [highlighted(model), model.get("part")];
    if (indices && highlight >= 0) lightClass(light.getContext("2d"), indices, highlight, within.map((name) => BOXES[name]));
    for (const name of indices ? new Set([part, ...within]) : []) {
      if (name in BOXES) outlinePart(light.getContext("2d"), BOXES[name]);
    }
    mark(view);
  }

  function showLegend() {
    const part = model.get("part");
    const shares = model.get("shares")[part];
    model.get("parts").forEach((name, at) => {
      tabs.children[at].setAttribute("aria-selected", String(name === part));
      tabs.children[at].tabIndex = name === part ? 0 : -1;
    });
    side.hidden = !shares && !coverHeading.childElementCount;
    tabs.hidden = every.hidden = palettes.parentElement.hidden = !shares;
    legend.replaceChildren(...present(shares).map((index) => {
      const share = shares[index];
      const land = model.get("legend")[index];
      return pointable(view, make("button", {
        type: "button", class: "cen-row", title: `${land.plain} Press to highlight it in the picture.`,
        "aria-pressed": "false",
      }, swatch(model, index), make("span", { class: "cen-name" }, land.name),
      make("span", { class: "cen-bar" }, make("span", {
        class: "cen-fill",
        style: { width: `${100 * share}%`, background: land.colours[model.get("palette")] },
      })), make("span", { class: "cen-number" }, percent(share))), index);
    }));
    const columns = model.get("parts");
    table.replaceChildren(shareTable(view, columns.map(nameOf), present(model.get("shares").overall).map((index) =>
      [index, model.get("legend")[index].name, columns.map((name) => model.get("shares")[name][index])]), percent,
      "Land cover of all parts"));
    showLight();
  }

  function showWords() {
    heading.textContent = model.get("place");
    heading.hidden = !model.get("place");
    ribbon.hidden = !model.get("simulated");
    const some = has("picture") || has("label_map");
    const [first, second] = model.get("steps");
    root.classList.toggle("cen-steps", Boolean(first));
    pictureHeading.replaceChildren(...(first ? stepHeading(first, model.get("simulated") ? "simulated" : "") : []));
    coverHeading.replaceChildren(...(second ? stepHeading(second) : []));
    notice.textContent = model.get("notice");
    action.textContent = model.get("action");
    action.hidden = !model.get("action");
    note.hidden = !model.get("notice");
    const sentences = model.get("remarks").map((remark) => make("p", { class: "cen-remark" }, remark));
    absent.replaceChildren(...(some ? [] : sentences));
    remarks.replaceChildren(...(some ? sentences : []));
    const provenanceOf = Object.fromEntries(model.get("provenance"));
    origin.textContent = ["Where it comes from", ...[provenanceOf.Seen, provenanceOf.Labels].filter(Boolean)].join(" · ");
    provenance.replaceChildren(facts(model.get("provenance")));
    about.hidden = !model.get("provenance").length;
    credits.replaceChildren(...model.get("attribution").map((credit) => make("p", { class: "cen-credit" }, credit)));
    const alternative = model.get("alternative") || "No picture yet.";
    stage.setAttribute("aria-label", model.get("bands_offered") ? `${bands.label()}. ${alternative}` : alternative);
    stage.classList.toggle("cen-empty", !some);
    readout.hidden = !has("label_map");
    showProgress();
    palettes.value = model.get("palette");
  }

  let isLoading = false; // for so long that it is worth a word
  function showProgress() {
    const some = has("picture") || has("label_map");
    const progress = model.get("progress");
    absent.hidden = some || Boolean(progress) || isLoading;
    wait.set(progress || (isLoading ? "Loading the picture …" : ""));
    root.classList.toggle("cen-stale", Boolean(progress) && some);
    root.classList.toggle("cen-loading", isLoading); // the picture alone: the shares are of the new place
  }

  let turn = 0;
  async function show() {
    const current = ++turn;
    indices = null;
    missing.hidden = true;
    // until it is there, the picture of the place before stands under the new name
    const word = setTimeout(() => { if (current === turn) { isLoading = true; showProgress(); } }, SOON);
    const due = ["picture", "label_map"].filter(has);
    const drawn = await Promise.all(due.map((trait) => draw(make("canvas"), model.get(trait))));
    clearTimeout(word);
    if (current !== turn) return; // a later chip overtook this one
    isLoading = false;
    const [photo, labelMap] = ["picture", "label_map"].map((trait) => drawn[due.indexOf(trait)]);
    missing.hidden = !drawn.includes(null);
    picture.width = picture.height = SIZE;
    if (photo) picture.getContext("2d").drawImage(photo, 0, 0);
    labels.hidden = !labelMap;
    if (labelMap) {
      const { data } = labelMap.getContext("2d").getImageData(0, 0, SIZE, SIZE);
      indices = Uint32Array.from({ length: SIZE * SIZE }, (_, at) => data[4 * at]);
      colour(labels, indices, model);
    }
    readout.textContent = labelMap ? "Point at the picture or at the list." : "";
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
    const { name } = model.get("legend")[index];
    readout.replaceChildren(swatch(model, index), `${name}, ${partsAt(column, row).join(" and ")}`);
  });
  stage.addEventListener("pointerleave", () => {
    if (indices) readout.textContent = "Point at the picture or at the list.";
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
    ...bands.handlers,
    "picture label_map": show,
    blend: showBlend,
    palette: () => {
      palettes.value = model.get("palette");
      if (indices) colour(labels, indices, model);
      showLegend();
    },
    "shares part": showLegend,
    "highlight within": showLight,
    "place simulated provenance remarks attribution alternative steps notice action progress picture": showWords,
  });
  bands.show();
  showWords(); // names of what is there, before the pictures are decoded
  show();
  return stop;
}

export default { render };
