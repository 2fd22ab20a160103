/** Pointing at the element lights what it is about, words and pixels, and says why; a click keeps it so. */
function claimElement(view, element, key, point, keeps) {
  const target = { highlight: point.index, within: point.within };
  const to = (at, pointing, highlight) => {
    Object.assign(view, { at, pointing });
    send(view.model, highlight);
    light(view);
  };
  const on = () => to(key, true, target);
  const off = () => to(view.pinned, false, view.rest);
  element.addEventListener("pointerenter", on);
  element.addEventListener("focus", () => { view.focused = { key, target }; on(); });
  element.addEventListener("blur", () => { view.focused = null; off(); });
  element.addEventListener("pointerleave", () => {
    // the page moves under a pointer that rests, as when the keyboard leads to another claim: that one stays lit
    if (view.focused && view.focused.key !== key) to(view.focused.key, true, view.focused.target);
    else off();
  });
  if (keeps) {
    element.addEventListener("click", () => {
      const again = view.pinned === key;
      Object.assign(view, { pinned: again ? null : key, rest: again ? NOTHING : target });
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
  const isHighlighted = (key) => {
    const point = key && view.points.get(key);
    return Boolean(point) && point.index === highlight && String(point.within) === String(within);
  };
  if (!view.pointing) {
    view.rest = { highlight, within };
    view.at = view.pinned = isHighlighted(view.pinned) ? view.pinned : null;
  }
  for (const element of view.root.querySelectorAll("[data-points]")) {
    const about = view.at ? element.dataset.points.split(" ").includes(view.at) : highlight >= 0 &&
      element.dataset.class === String(highlight);
    element.classList.toggle("cen-lit", about);
    if (element.hasAttribute("aria-pressed")) element.setAttribute("aria-pressed", String(element.dataset.key === view.pinned));
  }
  for (const box of view.root.querySelectorAll(".cen-why")) {
    const point = view.at?.startsWith(`${box.dataset.place}.`) ? view.points.get(view.at) : null;
    box.replaceChildren(...(point?.reasons ?? [["", box.dataset.hint]]).map(([sign, sentence]) =>
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
  return [claimElement(view, make("span", {
    class: `cen-claim ${point.line}`, role: "button", tabindex: 0, "aria-pressed": "false",
    "aria-label": `${pieces.map(([text]) => text).join("")}: ${point.result}`, "data-sign": point.sign,
    "data-points": key, "data-key": key, "data-class": point.index,
    style: { "--colour": land.colours[view.model.get("palette")] },
  }, ...parts), key, point, true)];
}

/** The words of a caption, each claim underlined by what the labels say of it; plain where nothing was checked. */
function verifiedText(view, caption) {
  const { verification } = caption;
  if (!verification) return words(view, caption);
  const columns = view.model.get("columns");
  const place = columns.indexOf(caption);
  verification.points.forEach((point, number) => view.points.set(`${place}.${number}`, point));
  const notes = verification.points.map((point, number) => [point, `${place}.${number}`]).filter(([point]) => !point.result);
  return [
    verification.counts.length ? make("ul", { class: "cen-counts", "aria-label": "How many claims the labels support" },
      ...verification.counts.map(({ result, line, sign, means, count }) => make("li", {},
        make("span", { class: `cen-claim ${line}`, "data-sign": sign }, `${count} ${result}`), ` ${means}`))) : null,
    verification.note ? make("p", { class: "cen-remark" }, verification.note) : null,
    make("p", { class: "cen-text", dir: "auto" }, ...verification.runs.flatMap((one) => run(view, place, verification.points, one))),
    verification.hint ? make("div", { class: "cen-why", "data-place": place, "data-hint": verification.hint }) : null,
    notes.length ? make("div", { class: "cen-also" }, make("h5", {}, "Also noticed"),
      ...notes.map(([point, key]) => make("details", {},
        claimElement(view, make("summary", { "data-points": key }, point.reasons[0][1]), key, point, false),
        make("p", { class: "cen-credit" }, point.means)))) : null,
    verification.more ? make("p", { class: "cen-credit" }, verification.more) : null,
    verification.counts.length && place === columns.length - 1 ? make("p", { class: "cen-credit" }, verification.belief) : null,
  ];
}

export default {
  render: (context) => drawCaptions(context, "cen-caption-view cen-grounding-view", (view, caption) => {
    view.points ??= new Map();
    return verifiedText(view, caption);
  }, (view) => { mark(view); if (view.points) light(view); }),
};
