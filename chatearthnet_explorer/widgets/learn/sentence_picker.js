function render({ model, el }) {
  const root = frame(model, el, "cen-sentence-picker");
  const list = make("ol", { class: "cen-sentences", "aria-label": "Sentences; mark those that are false" });
  const check = make("button", {
    type: "button", class: "cen-button cen-primary",
    onclick: () => send(model, { check_count: model.get("check_count") + 1 }),
  }, model.get("check_label"));
  root.append(list, check);

  function show() {
    const [marks, reasons] = [model.get("marks"), model.get("reasons")];
    const focused = [...list.querySelectorAll("input")].indexOf(root.getRootNode().activeElement);
    list.replaceChildren(...model.get("sentences").map((text, at) => {
      const reason = reasons.length ? reasons[at] || (marks.includes(at) ? "The labels agree with this sentence." : "") : "";
      const right = reasons.length && marks.includes(at) === Boolean(reasons[at]);
      return make("li", {}, make("label", { class: "cen-sentence" }, make("input", {
        type: "checkbox", checked: marks.includes(at), onchange: (event) => send(model, {
          marks: event.target.checked ? [...model.get("marks"), at] : model.get("marks").filter((one) => one !== at),
        }),
      }), make("span", { class: reasons[at] ? "cen-false" : "" }, text)),
      reason ? make("p", { class: right ? "cen-reason cen-right" : "cen-reason cen-wrong" },
        reasons[at] ? (right ? "Found. " : "Missed. ") : "Not this one. ", reason) : null);
    }));
    list.querySelectorAll("input")[focused]?.focus();
  }

  const stop = listen(model, { "sentences marks reasons": show });
  show();
  return stop;
}

export default { render };
