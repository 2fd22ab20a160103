function render({ model, el }) {
  const root = frame(model, el, "cen-lesson-page");
  const dots = make("ol", { class: "cen-dots" });
  const heading = make("h2", { class: "cen-section", tabindex: -1 });
  const text = make("div");
  root.append(make("nav", { "aria-label": "Progress in this lesson" }, dots), heading, text);

  function showDots() {
    const [done, position] = [model.get("sections_done"), model.get("position")];
    const focused = [...dots.querySelectorAll("button")].indexOf(root.getRootNode().activeElement);
    dots.replaceChildren(...model.get("headings").map((name, at) => make("li", {}, make("button", {
      type: "button", class: done.includes(at) ? "cen-dot cen-done" : "cen-dot", title: name,
      "aria-current": at === position ? "step" : null,
      "aria-label": `${at + 1}: ${name}${done.includes(at) ? ", done" : ""}`,
      onclick: () => { turned = true; send(model, { position: at }); },
    }, done.includes(at) ? "✓" : String(at + 1)))));
    dots.querySelectorAll("button")[focused]?.focus();
  }

  let turned = false;
  let last = model.get("position");
  function showText() {
    const position = model.get("position");
    heading.textContent = model.get("headings")[position] ?? "";
    text.replaceChildren(...model.get("paragraphs").map((runs) => paragraphWithTerms(runs, model.get("definitions"))));
    if (position !== last || turned) {
      heading.focus({ preventScroll: true });
      const top = root.getBoundingClientRect().top;
      if (top < 0 || top > innerHeight / 2) root.scrollIntoView({ block: "start" });
    }
    [last, turned] = [position, false];
  }

  const keep = () => {
    if (model.get("restore")) writeProgress(model.get("slug"), { sections_done: model.get("sections_done"), position: model.get("position") });
  };
  const stop = listen(model, {
    "headings sections_done position": showDots, "paragraphs definitions headings": showText, "sections_done position": keep,
  });
  if (model.get("restore") && model.get("slug")) {
    const progress = progressOf(model.get("slug"));
    if (progress.sections_done.length || progress.position) send(model, progress);
  }
  showDots(); showText();
  return stop;
}

export default { render };
