let taskNumber = 0;

function render({ model, el }) {
  const root = frame(model, el, "cen-lesson-task");
  const name = `cen-task-${++taskNumber}`;
  const ask = make("legend", { class: "cen-ask" });
  const choices = make("div", { class: "cen-choices" });
  const check = make("button", {
    type: "button", class: "cen-button", onclick: () => send(model, { check_count: model.get("check_count") + 1 }),
  }, "Check");
  const hint = make("details", { class: "cen-hint" }, make("summary", {}, "A hint"), make("p"));
  const feedback = make("p", { class: "cen-feedback", role: "status" });
  const turn = (by) => send(model, { turn: [model.get("turn")[0] + 1, by] });
  const back = make("button", { type: "button", class: "cen-button", onclick: () => turn(-1) }, "Back");
  const next = make("button", { type: "button", class: "cen-button", onclick: () => {
    turn(1);
    const address = model.get("next_address");
    if (address) location.href = new URL(address, document.baseURI);
  } });
  const turns = make("div", { class: "cen-turn" }, back, next);
  root.append(make("fieldset", { class: "cen-task" }, ask, choices, check, feedback, hint),
    turns);

  function showTask() {
    const kind = model.get("kind");
    ask.textContent = model.get("ask");
    choices.hidden = check.hidden = kind === "do";
    hint.hidden = !model.get("hint");
    hint.open = false;
    hint.querySelector("p").textContent = model.get("hint");
    choices.replaceChildren(...model.get("choices").map((text, at) => make("label", { class: "cen-choice" },
      make("input", {
        type: kind === "several" ? "checkbox" : "radio", name, value: at,
        checked: model.get("answers").includes(at),
        onchange: () => send(model, {
          answers: [...choices.querySelectorAll("input:checked")].map((input) => Number(input.value)),
        }),
      }), make("span", {}, text))));
    showTurn();
  }

  function showFeedback() {
    const text = model.get("feedback");
    const right = model.get("is_right");
    feedback.textContent = text ? `${right ? "Right." : "Not yet."} ${text}` : "";
    feedback.classList.toggle("cen-right", right);
    feedback.classList.toggle("cen-wrong", Boolean(text) && !right);
    next.classList.toggle("cen-primary", right);
    check.classList.toggle("cen-primary", !right);
    hint.hidden = !model.get("hint") || right;
  }

  function showTurn() {
    turns.hidden = !model.get("next_label");
    back.disabled = model.get("is_first");
    next.textContent = model.get("next_label");
  }

  const stop = listen(model, {
    "ask kind choices hint": () => { showTask(); showFeedback(); },
    "feedback is_right": showFeedback,
    "is_first next_label": showTurn,
    answers: () => {
      for (const input of choices.querySelectorAll("input")) input.checked = model.get("answers").includes(Number(input.value));
    },
  });
  showTask(); showFeedback();
  return stop;
}

export default { render };
