function render({ model, el }) {
  const root = frame(model, el, "cen-review-steps");
  const buttons = model.get("names").map(([step, name], place) => make("button", {
    type: "button", class: "cen-step", "data-step": step, onclick: () => send(model, { step }),
  }, make("span", { class: "cen-number", "aria-hidden": "true" }, `${place + 1}`), ` ${name}`));
  const summary = make("p", { class: "cen-summary" });
  root.append(make("nav", { "aria-label": "Steps of the review" },
    make("ol", {}, ...buttons.map((button) => make("li", {}, button)))), summary);

  function show() {
    for (const button of buttons) {
      const current = button.dataset.step === model.get("step");
      if (current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.disabled = button.dataset.step !== "plan" && !model.get("ready");
    }
    summary.textContent = model.get("summary");
    summary.hidden = !model.get("summary");
  }

  const stop = listen(model, { "step ready summary": show });
  show();
  return stop;
}

export default { render };
