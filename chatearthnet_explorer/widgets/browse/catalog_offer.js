function render({ model, el }) {
  const root = frame(model, el, "cen-catalog-offer");
  let turn = model.get("request").turn ?? 0;
  const request = (what) => send(model, { request: { what, turn: ++turn } });
  const sentence = make("p", { class: "cen-sentence", role: "status" });
  const hint = make("p", { class: "cen-hint" });
  const reason = make("p", {});
  const why = make("details", {}, make("summary", {}, "Why"), reason);
  const button = make("button", { type: "button", class: "cen-button",
    onclick: () => request(model.get("state") === "loading" ? "cancel" : "load") });
  const bar = make("progress", { max: 1, "aria-label": "Progress" });
  const step = make("span", { class: "cen-step-words" });
  const work = make("div", { class: "cen-work" }, bar, step);
  root.append(make("div", { class: "cen-words" }, sentence, work, hint, why), button);

  function show() {
    const state = model.get("state");
    root.hidden = state === "done";
    root.dataset.state = state;
    if (sentence.textContent !== model.get("sentence")) sentence.textContent = model.get("sentence"); // heard once
    hint.textContent = model.get("hint");
    reason.textContent = model.get("why");
    why.hidden = !model.get("why");
    button.textContent = model.get("label");
    button.hidden = !model.get("label");
    button.classList.toggle("cen-primary", state !== "loading");
    work.hidden = state !== "loading";
    bar.value = model.get("share");
    step.textContent = `${Math.floor(100 * model.get("share"))} %${model.get("step") ? ` · ${model.get("step")}` : ""}`;
  }

  const stop = listen(model, { "state sentence hint why label step share": show });
  show();
  return stop;
}

export default { render };
