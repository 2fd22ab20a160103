const LETTERS = "ABCD";

function render({ model, el }) {
  const root = frame(model, el, "cen-quiz-choices");
  const view = pointer(model, root);
  const list = make("ol", { class: "cen-options" });
  const verdict = make("p", { class: "cen-verdict", role: "status" });
  const next = make("button", {
    type: "button", class: "cen-button cen-primary cen-next",
    onclick: () => send(model, { next_count: model.get("next_count") + 1 }),
  });
  const words = make("dl", { class: "cen-facts" });
  const summary = make("summary");
  const described = make("details", { class: "cen-described" },
    summary, words);
  root.append(list, verdict, next, described);

  const run = ([text, index]) => (index < 0 ? text : make("span", {
    class: "cen-word", style: { "--colour": model.get("legend")[index].colours[model.get("palette")] },
  }, text));

  function choose(at) {
    if (model.get("choice") < 0 && at < model.get("options").length) send(model, { choice: at });
  }

  function option(runs, at) {
    const [choice, answer] = [model.get("choice"), model.get("answer")];
    const state = answer < 0 ? "" : at === answer ? " cen-right" : at === choice ? " cen-wrong" : " cen-other";
    const mark = answer < 0 ? "" : at === answer ? "✓ the answer" : at === choice ? "✗ your choice" : "";
    return make("li", {}, make("button", {
      type: "button", class: `cen-option${state}`, "aria-disabled": choice >= 0 ? "true" : null,
      "aria-pressed": String(at === choice), onclick: () => choose(at),
    }, make("span", { class: "cen-letter" }, LETTERS[at]), make("span", { class: "cen-words" }, ...runs.map(run)),
    mark ? make("span", { class: "cen-mark" }, mark) : null),
    model.get("reasons").length ? make("p", { class: "cen-reason" }, `${model.get("reasons")[at]} `, model.get("can_light")[at] ? make("button", {
      type: "button", class: "cen-button cen-light", "aria-pressed": String(model.get("lit_option") === at),
      onclick: () => send(model, { lit_option: model.get("lit_option") === at ? -1 : at }),
    }, "Show in the picture", make("span", { class: "cen-offscreen" }, ` for option ${LETTERS[at]}`)) : null) : null);
  }

  function show() {
    const controls = () => [...list.querySelectorAll("button")];
    const focused = root.getRootNode().activeElement;
    const place = focused && list.contains(focused) ? { item: [...list.children].findIndex((one) => one.contains(focused)), light: focused.classList.contains("cen-light") } : null;
    list.replaceChildren(...model.get("options").map(option));
    if (place) list.children[place.item]?.querySelector(place.light ? ".cen-light" : ".cen-option")?.focus({ preventScroll: true });
    else if (focused === next && !model.get("next_label")) controls()[0]?.blur();
    verdict.textContent = model.get("verdict");
    verdict.classList.toggle("cen-good", model.get("answer") >= 0 && model.get("choice") === model.get("answer"));
    next.textContent = model.get("next_label");
    next.hidden = !model.get("next_label");
    words.replaceChildren(...model.get("description").flatMap(([part, shares]) => [make("dt", {}, part), make("dd", {}, shares)]));
    described.hidden = !model.get("description").length;
    summary.textContent = model.get("answer") < 0 ? "The land cover in words, for those who cannot see the picture"
      : "The land cover of each part in numbers";
  }

  root.addEventListener("keydown", (event) => {
    const at = LETTERS.indexOf(event.key.toUpperCase());
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || at < 0) return;
    event.preventDefault();
    choose(at);
  });

  const stop = listen(model, {
    "options choice answer reasons verdict next_label description palette lit_option": show,
  });
  show();
  mark(view);
  return stop;
}

export default { render };
