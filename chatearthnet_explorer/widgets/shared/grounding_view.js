/** Pointing at the element lights what it is about, words and pixels, and says why; a click keeps it so. */
function aimed(view, element, key, point, keeps) {
  const aim = { highlight: point.index, within: point.within };
  const to = (at, pointing, shown) => {
    Object.assign(view, { at, pointing });
    send(view.model, shown);
    light(view);
  };
  const on = () => to(key, true, aim);
  const off = () => to(view.kept, false, view.rest);
  for (const event of ["pointerenter", "focus"]) element.addEventListener(event, on);
  for (const event of ["pointerleave", "blur"]) element.addEventListener(event, off);
  if (keeps) {
    element.addEventListener("click", () => {
      const again = view.kept === key;
      Object.assign(view, { kept: again ? null : key, rest: again ? NOTHING : aim });
      on();
    });
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      element.click();
    });
  }
  return element;
}

/** Marks what is pointed at; where that is a class alone, every claim of it. */
function light(view) {
  const { highlight, within } = highlighted(view.model);
  const shown = (key) => {
    const point = key && view.points.get(key);
    return Boolean(point) && point.index === highlight && String(point.within) === String(within);
  };
  if (!view.pointing) {
    view.rest = { highlight, within };
    view.at = view.kept = shown(view.kept) ? view.kept : null;
  }
  for (const element of view.root.querySelectorAll("[data-points]")) {
    const about = view.at ? element.dataset.points.split(" ").includes(view.at) : highlight >= 0 &&
      element.dataset.class === String(highlight);
    element.classList.toggle("cen-lit", about);
    if (element.hasAttribute("aria-pressed")) element.setAttribute("aria-pressed", String(element.dataset.key === view.kept));
  }
  for (const box of view.root.querySelectorAll(".cen-why")) {
    const point = view.at?.startsWith(`${box.dataset.place}.`) ? view.points.get(view.at) : null;
    box.replaceChildren(...(point?.said ?? [["", box.dataset.hint]]).map(([sign, sentence]) =>
      make("p", { class: point ? "" : "cen-credit" }, point?.index >= 0 ? swatch(view.model, point.index) : null,
        point ? ` ${sign} ` : "", sentence)));
  }
}

/** A run of the text: a claim, underlined by its result, or words between claims. */
function run(view, place, points, [number, pieces]) {
  const parts = pieces.map(([text, about]) => {
    const others = about.filter((one) => one !== number).map((one) => `${place}.${one}`);
    return others.length ? make("span", { class: "cen-part", "data-points": others.join(" ") }, text) : text;
  });
  if (number < 0) return parts;
  const [point, key] = [points[number], `${place}.${number}`];
  const land = view.model.get("legend")[point.index];
  return [aimed(view, make("span", {
    class: `cen-claim ${point.line}`, role: "button", tabindex: 0, "aria-pressed": "false",
    "aria-label": `${pieces.map(([text]) => text).join("")}: ${point.result}`, "data-sign": point.sign,
    "data-points": key, "data-key": key, "data-class": point.index,
    style: { "--colour": land.colours[view.model.get("palette")] },
  }, ...parts), key, point, true)];
}

/** The words of a caption, each claim underlined by what the labels say of it; plain where nothing was checked. */
function grounded(view, caption) {
  const { checked } = caption;
  if (!checked) return words(view, caption);
  const columns = view.model.get("columns");
  const place = columns.indexOf(caption);
  checked.points.forEach((point, number) => view.points.set(`${place}.${number}`, point));
  const found = checked.points.map((point, number) => [point, `${place}.${number}`]).filter(([point]) => !point.result);
  return [
    checked.counts.length ? make("ul", { class: "cen-counts", "aria-label": "What the labels say of its claims" },
      ...checked.counts.map(({ result, line, sign, means, count }) => make("li", {},
        make("span", { class: `cen-claim ${line}`, "data-sign": sign }, `${count} ${result}`), ` ${means}`))) : null,
    checked.note ? make("p", { class: "cen-remark" }, checked.note) : null,
    make("p", { class: "cen-text", dir: "auto" }, ...checked.runs.flatMap((one) => run(view, place, checked.points, one))),
    checked.hint ? make("div", { class: "cen-why", "data-place": place, "data-hint": checked.hint }) : null,
    found.length ? make("div", { class: "cen-found" }, make("h5", {}, "Also noticed"),
      ...found.map(([point, key]) => make("details", {},
        aimed(view, make("summary", { "data-points": key }, point.said[0][1]), key, point, false),
        make("p", { class: "cen-credit" }, point.means)))) : null,
    checked.more ? make("p", { class: "cen-credit" }, checked.more) : null,
    checked.counts.length && place === columns.length - 1 ? make("p", { class: "cen-credit" }, checked.belief) : null,
  ];
}

export default {
  render: (given) => drawCaptions(given, "cen-caption-view cen-grounding-view", (view, caption) => {
    view.points ??= new Map();
    return grounded(view, caption);
  }, (view) => { mark(view); if (view.points) light(view); }),
};
