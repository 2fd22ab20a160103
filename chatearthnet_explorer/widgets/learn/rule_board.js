function render({ model, el }) {
  const root = frame(model, el, "cen-rule-board");
  const view = pointer(model, root);
  const switches = make("div", { class: "cen-switches" });
  const parts = make("dl", { class: "cen-rule-facts", "aria-live": "polite" });
  root.append(make("fieldset", { class: "cen-rules" }, make("legend", {}, "Rules"), switches),
    make("h3", {}, "What the prompt mentions"), parts);
  switches.append(...model.get("rules").map(([id, words]) => make("label", { class: "cen-switch" },
    make("input", {
      type: "checkbox", role: "switch", value: id, onchange: () => send(model, {
        switches: [...switches.querySelectorAll("input:checked")].map((input) => input.value),
      }),
    }), make("span", {}, words))));

  function show() {
    for (const input of switches.querySelectorAll("input")) input.checked = model.get("switches").includes(input.value);
    parts.replaceChildren(...model.get("facts").flatMap(([part, amounts]) => [make("dt", {}, part),
      make("dd", {}, ...(amounts.length ? amounts.map(([index, name, amount, extra]) => make("span", {
        class: extra ? "cen-mention cen-extra" : "cen-mention",
      }, pointable(view, swatch(model, index), index), ` ${amount} ${name}`, extra ? " (new)" : "")) : ["nothing"]))]));
    mark(view);
  }

  const stop = listen(model, { "facts switches palette": show, "highlight within": () => mark(view) });
  show();
  return stop;
}

export default { render };
