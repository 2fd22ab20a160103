function render({ model, el }) {
  const root = frame(model, el, "cen-quiz-tools");
  const number = make("input", { type: "number", inputmode: "numeric", step: 1, class: "cen-number" });
  const open = (seed) => {
    const [first, last] = [model.get("first_seed"), model.get("last_seed")];
    if (Number.isInteger(seed) && seed >= first && seed <= last) send(model, { seed, message: "", sheet: "" });
    else send(model, { message: `Numbers of quizzes run from ${first} to ${last.toLocaleString("en")}.` });
  };
  const form = make("form", { class: "cen-buttons", onsubmit: (event) => { event.preventDefault(); open(number.valueAsNumber); } },
    make("label", {}, "Quiz number ", number), make("button", { type: "submit", class: "cen-button" }, "Open"),
    make("button", {
      type: "button", class: "cen-button",
      onclick: () => open(model.get("first_seed") + Math.floor(Math.random() * model.get("last_seed"))),
    }, "Another quiz"));
  const copy = copier("Copy the link", () => new URL(`?${model.get("link")}`, location.href.split("#")[0]).href);
  const sheetButton = (sheet, words) => make("button", {
    type: "button", class: "cen-button", "data-sheet": sheet,
    onclick: () => send(model, { sheet: model.get("sheet") === sheet ? "" : sheet }),
  }, words);
  const sheets = [sheetButton("questions", "Show the questions to print"), sheetButton("answers", "Show the answers to print")];
  const print = make("button", { type: "button", class: "cen-button cen-primary", onclick: () => window.print() }, "Print");
  const message = make("p", { role: "status" });
  root.append(make("details", {}, make("summary", {}, "Other quizzes, and pages for a class"),
    make("p", {}, "Everybody who opens a quiz of the same number plays the same ten questions."), form,
    make("div", { class: "cen-buttons" }, copy, ...sheets, print)), message);

  function show() {
    if (root.getRootNode().activeElement !== number) number.value = model.get("seed") || "";
    [number.min, number.max] = [model.get("first_seed"), model.get("last_seed")];
    copy.hidden = !model.get("link");
    for (const button of sheets) button.setAttribute("aria-pressed", String(button.dataset.sheet === model.get("sheet")));
    print.hidden = !model.get("ready");
    message.textContent = model.get("message");
  }

  const stop = listen(model, { "seed link sheet message ready": show });
  show();
  return stop;
}

export default { render };
