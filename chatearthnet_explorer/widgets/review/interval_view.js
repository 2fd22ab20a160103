const SVG = "http://www.w3.org/2000/svg";
const [WIDE, HIGH] = [400, 96];

function shape(tag, properties, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

function render({ model, el }) {
  const root = frame(model, el, "cen-interval-view");
  const headline = make("strong", { class: "cen-headline" });
  const sentence = make("p", { class: "cen-sentence", role: "status" });
  const picture = make("div", { class: "cen-band" });
  root.append(make("div", { class: "cen-both" }, make("div", { class: "cen-words" }, headline, sentence), picture));

  function show() {
    const [points, total] = [model.get("points"), Math.max(model.get("total"), 1)];
    headline.textContent = model.get("headline");
    headline.hidden = !model.get("headline");
    sentence.textContent = model.get("sentence");
    // before the first verdict anything between 0 and 100 % is possible
    const all = [[0, null, 0, 1], ...points];
    const x = (count) => ((WIDE * count) / total).toFixed(1);
    const y = (share) => (HIGH * (1 - share)).toFixed(1);
    const band = [...all.map(([n, , , high]) => [n, high]), ...all.map(([n, , low]) => [n, low]).reverse()];
    const last = all[all.length - 1];
    const svg = shape("svg", {
      viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", role: "img",
      "aria-label": `Share of wrong captions by number of verdicts. ${model.get("headline")}`,
    });
    svg.append(
      shape("polygon", { class: "cen-area", points: band.map(([n, share]) => `${x(n)},${y(share)}`).join(" ") }),
      shape("polyline", { class: "cen-rate", points: points.map(([n, rate]) => `${x(n)},${y(rate)}`).join(" ") }),
      shape("line", { class: "cen-now", x1: x(last[0]), x2: x(last[0]), y1: y(last[3]), y2: y(last[2]) }),
    );
    picture.replaceChildren(
      make("span", { class: "cen-scale cen-scale-top", "aria-hidden": "true" }, "100 %"),
      make("span", { class: "cen-scale cen-scale-bottom", "aria-hidden": "true" }, "0 %"),
      svg,
      make("span", { class: "cen-scale cen-scale-end", "aria-hidden": "true" }, `${model.get("total")} verdicts`),
    );
    picture.hidden = !points.length && !model.get("total");
    root.dataset.judged = last[0];
  }

  const stop = listen(model, { "total points sentence headline": show });
  show();
  return stop;
}

export default { render };
