function render({ model, el }) {
  const root = frame(model, el, "cen-review-steps");
  const buttons = model.get("names").map(([step, name], place) => make("button", {
    type: "button", class: "cen-step", "data-step": step, onclick: () => send(model, { step }),
  }, make("span", { class: "cen-number", "aria-hidden": "true" }, `${place + 1}`), ` ${name}`));
  const summary = make("p", { class: "cen-summary" });
  const heading = make("h2", { class: "cen-offscreen" });
  root.append(make("nav", { "aria-label": "Steps of the review" },
    make("ol", {}, ...buttons.map((button) => make("li", {}, button)))), summary, heading);

  function show() {
    for (const button of buttons) {
      const current = button.dataset.step === model.get("step");
      if (current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.disabled = button.dataset.step !== "plan" && !model.get("ready");
    }
    heading.textContent = model.get("names").find(([step]) => step === model.get("step"))[1];
    summary.textContent = model.get("summary");
    summary.hidden = !model.get("summary");
  }

  /** What had the focus is gone with its step. The desk takes it, so that its keys work at once. */
  function move() {
    const step = model.get("step");
    const pad = step === "judge" && root.getRootNode().querySelector(".cen-verdict-pad");
    const target = pad || buttons.find((button) => button.dataset.step === step);
    requestAnimationFrame(() => {
      target.focus({ preventScroll: true });
      if (root.getBoundingClientRect().top < 0 || root.getBoundingClientRect().bottom > innerHeight) root.scrollIntoView();
    });
  }

  const stop = listen(model, { "step ready summary": show, step: move });
  show();
  return stop;
}

export default { render };
