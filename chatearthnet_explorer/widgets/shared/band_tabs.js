/** The choice among pictures of the bands, with what the chosen one shows; `listen` needs `handlers`. */
function bandTabs(model) {
  const pictures = model.get("band_pictures");
  const chosen = () => pictures.find(({ id }) => id === model.get("band_picture"));
  const tabs = make("div", { class: "cen-tabs", role: "group", "aria-label": "Picture made of the light" },
    ...pictures.map(({ id, label, sentence }) => make("button", {
      type: "button", class: "cen-tab", title: sentence, "aria-pressed": "false",
      onclick: () => send(model, { band_picture: id }),
    }, label)));
  const sentence = make("p", { class: "cen-band-sentence", "aria-live": "polite" });
  const bar = make("span", { class: "cen-ramp-bar" });
  const [low, high] = [make("span"), make("span")];
  const noData = make("span", { class: "cen-ramp-none" });
  const ramp = make("div", { class: "cen-ramp" }, low, bar, high, make("span", {}, noData, " no data"));
  const exactBody = make("div");
  const exact = make("details", { class: "cen-exact" }, make("summary", {}, "Exact term, formula and source"), exactBody);
  const waitWords = make("span");
  const stop = make("button", {
    type: "button", class: "cen-button", onclick: () => send(model, { band_stops: model.get("band_stops") + 1 }),
  }, "Cancel");
  const wait = make("p", { class: "cen-band-wait", role: "status" }, waitWords, " ", stop);
  const error = make("p", { class: "cen-error", role: "status" });
  const element = make("div", { class: "cen-bands" }, tabs, wait, error, sentence, ramp, exact);

  function show() {
    const picture = chosen();
    element.hidden = !model.get("bands_offered");
    [...tabs.children].forEach((tab, at) => tab.setAttribute("aria-pressed", String(pictures[at] === picture)));
    sentence.textContent = picture.sentence;
    ramp.hidden = !picture.ramp;
    if (picture.ramp) {
      const { values, colours } = picture.ramp;
      const [first, last] = [values[0], values.at(-1)];
      const stops = colours.map((colour, at) => `${colour} ${(100 * (values[at] - first)) / (last - first)}%`);
      bar.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
      noData.style.background = picture.no_data;
      low.textContent = `${picture.ramp.low} (${first})`;
      high.textContent = `${picture.ramp.high} (${last})`;
    }
    const note = model.get("band_note");
    exactBody.replaceChildren(facts([...picture.exact, ...(note ? [["Reflectance", note]] : [])]));
    waitWords.textContent = model.get("band_progress");
    wait.hidden = !model.get("band_progress");
    error.textContent = model.get("band_error");
    error.hidden = !model.get("band_error");
  }

  const traits = "band_picture bands_offered band_note band_progress band_error";
  return { element, show, handlers: { [traits]: show }, label: () => chosen().label };
}
