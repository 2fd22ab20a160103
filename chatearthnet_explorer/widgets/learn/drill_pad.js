function render({ model, el }) {
  const root = frame(model, el, "cen-drill-pad");
  const count = make("p", { class: "cen-count" });
  const statement = make("p", { class: "cen-statement", "aria-live": "polite" });
  const labels = make("p", { class: "cen-labels-there" });
  const judge = (judgement) => send(model, { judgement: [model.get("judged_count"), judgement] });
  const buttons = make("div", { class: "cen-buttons" },
    make("button", { type: "button", class: "cen-button", onclick: () => judge("right") }, "It is right"),
    make("button", { type: "button", class: "cen-button", onclick: () => judge("wrong") }, "It is wrong"));
  const note = make("p", { class: "cen-note", role: "status" });
  const chart = make("div", { class: "cen-intervals" });
  root.append(count, statement, labels, buttons, note, chart);
  const place = (share) => `${100 * share}%`;
  const words = (share) => `${(100 * share).toFixed(0)} %`;

  function show() {
    const [total, judged] = [model.get("total"), model.get("judged_count")];
    count.textContent = model.get("statement") ? `Statement ${judged + 1} of ${total}` : `All ${total} are judged.`;
    statement.textContent = model.get("statement");
    labels.textContent = model.get("labels");
    buttons.hidden = statement.hidden = labels.hidden = !model.get("statement");
    note.textContent = model.get("note");
  }

  function showChart() {
    const truth = model.get("truth");
    chart.replaceChildren(...model.get("history").map(([of, wrong, low, rate, high]) => make("div", { class: "cen-row" },
      make("span", { class: "cen-of" }, `${wrong} of ${of} wrong`),
      make("span", { class: "cen-scale", "aria-hidden": "true" },
        make("span", { class: "cen-interval", style: { left: place(low), width: place(high - low) } }),
        make("span", { class: "cen-rate", style: { left: place(rate) } }),
        truth >= 0 ? make("span", { class: "cen-truth", style: { left: place(truth) } }) : null),
      make("span", { class: "cen-number" }, `${(100 * low).toFixed(0)} to ${words(high)}`))));
    if (truth >= 0) chart.append(make("p", {}, `The line shows the truth: ${words(truth)} of all statements are wrong.`));
  }

  const stop = listen(model, { "statement labels judged_count total note": show, "history truth": showChart });
  show(); showChart();
  return stop;
}

export default { render };
