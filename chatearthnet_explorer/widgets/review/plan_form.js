let formCount = 0;

function render({ model, el }) {
  const root = frame(model, el, "cen-plan-form");
  const id = `cen-plan-${formCount += 1}`;
  let sent = 0;
  let edited = null; // the field with words that Python does not have yet: a message leaves it alone

  function field(name, label, control, hint) {
    control.id = `${id}-${name}`;
    return make("div", { class: `cen-field cen-field-${name}` },
      make("label", { for: control.id }, label), control, hint ?? null);
  }

  const limits = model.get("limits");
  const reviewer = make("input", {
    type: "text", class: "cen-input", maxlength: limits.reviewer, autocomplete: "nickname", spellcheck: "false",
  });
  reviewer.setAttribute("aria-describedby", `${id}-name-hint`);
  const pairs = make("input", { type: "number", class: "cen-input", min: 1, max: limits.pairs, inputmode: "numeric" });
  const seed = make("input", { type: "number", class: "cen-input", min: 0, max: limits.seed, inputmode: "numeric" });
  const presets = make("div", { class: "cen-presets", role: "group", "aria-label": "Usual numbers of captions" },
    ...model.get("presets").map((count) => make("button", {
      type: "button", class: "cen-button", "data-count": count, onclick: () => { pairs.value = count; change(); },
    }, `${count}`)));
  const selects = Object.fromEntries(Object.keys(model.get("labels")).map((name) =>
    [name, make("select", { class: "cen-input", onchange: change })]));
  const choice = (name) => field(name, model.get("labels")[name], selects[name]);
  const check = make("input", { type: "checkbox", id: `${id}-check`, onchange: change });
  const checkField = make("div", { class: "cen-field cen-check" }, check,
    make("label", { for: check.id }, "Underline what the land-cover map supports or contradicts"),
    make("p", { class: "cen-small" }, "Switch it off to judge by your own eyes alone."));
  const filters = make("ul", { class: "cen-filters", "aria-label": "Other filters" });
  const outlook = make("p", { class: "cen-outlook", role: "status" });
  const problem = make("p", { class: "cen-error", role: "alert" });
  const draw = make("button", { type: "submit", class: "cen-button cen-primary cen-draw" }, "Draw the sample");
  const earlier = make("ul", { class: "cen-earlier" });
  const earlierPart = make("section", { class: "cen-part" }, make("h2", {}, "Go on with an earlier review"), earlier);

  const form = make("form", { class: "cen-plan", novalidate: true },
    make("div", { class: "cen-columns" },
      make("div", {},
        field("reviewer", "Your name", reviewer, make("p", { class: "cen-small", id: `${id}-name-hint` },
          "A nickname will do. It is stored with each of your verdicts, so that they can be told from those of others.")),
        make("div", { class: "cen-row" }, field("pairs", "How many captions", pairs), presets),
        outlook),
      make("div", {}, choice("style"), choice("continent"), choice("country"), choice("class"), filters)),
    make("details", { class: "cen-more" }, make("summary", {}, "More choices"),
      make("div", { class: "cen-columns" }, choice("by"),
        field("seed", "Sample number (seed)", seed, make("p", { class: "cen-small" },
          "The same number draws the same captions, on every computer. Another number draws others.")), checkField)),
    problem, make("div", { class: "cen-buttons" }, draw));
  const notice = make("p", { class: "cen-remark" }, model.get("notice"));
  notice.hidden = !model.get("notice");
  root.append(notice, form, earlierPart);

  function command(what) {
    sent = Math.max(sent, model.get("command").n ?? 0) + 1;
    send(model, { command: { ...what, n: sent } });
  }

  const number = (input, low, high, rest) => {
    const value = Math.round(Number(input.value));
    return input.value.trim() && Number.isFinite(value) ? Math.min(Math.max(value, low), high) : rest;
  };

  function change() {
    edited = null;
    send(model, {
      reviewer: reviewer.value,
      pairs: number(pairs, 1, limits.pairs, model.get("pairs")),
      seed: number(seed, 0, limits.seed, model.get("seed")),
      shows_check: check.checked,
      choices: Object.fromEntries(Object.entries(selects).map(([name, select]) => [name, select.value])),
    });
    show();
  }

  for (const input of [reviewer, pairs, seed]) {
    input.addEventListener("input", () => { edited = input; });
    input.addEventListener("change", change);
    input.addEventListener("blur", () => { edited = null; });
    input.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab has keys of its own
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change();
    command({ do: "draw" });
  });

  function showValues() {
    const fields = [[reviewer, "reviewer"], [pairs, "pairs"], [seed, "seed"]];
    for (const [input, name] of fields) if (input !== edited) input.value = model.get(name);
    check.checked = model.get("shows_check");
    for (const button of presets.children) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.count) === model.get("pairs")));
    }
  }

  function showOptions() {
    const [options, choices] = [model.get("options"), model.get("choices")];
    for (const [name, select] of Object.entries(selects)) {
      const entries = options[name] ?? [];
      const text = JSON.stringify(entries);
      if (select.dataset.entries !== text) { // a list that is open is left alone
        select.dataset.entries = text;
        select.replaceChildren(...entries.map(([value, label]) => make("option", { value }, label)));
      }
      select.value = choices[name] ?? "";
    }
    filters.replaceChildren(...model.get("filters").map((words, index) => make("li", {}, words, " ",
      make("button", {
        type: "button", class: "cen-button", "aria-label": `Remove the filter ${words}`,
        onclick: () => command({ do: "remove", index }),
      }, "Remove"))));
    filters.hidden = !model.get("filters").length;
  }

  function showOutlook() {
    outlook.textContent = model.get("outlook");
    problem.textContent = model.get("problem");
    problem.hidden = !model.get("problem");
    draw.disabled = model.get("busy");
    draw.textContent = model.get("busy") ? "Drawing the sample ..." : "Draw the sample";
    root.setAttribute("aria-busy", String(model.get("busy")));
  }

  function showEarlier() {
    earlier.replaceChildren(...model.get("earlier").map(([ident, words]) => make("li", {}, make("button", {
      type: "button", class: "cen-button cen-resume", onclick: () => command({ do: "resume", id: ident }),
    }, words))));
    earlierPart.hidden = !model.get("earlier").length;
  }

  function show() {
    showValues();
    showOptions();
  }

  const stop = listen(model, {
    "reviewer pairs seed shows_check": showValues, "choices options filters": showOptions, "outlook problem busy": showOutlook,
    earlier: showEarlier,
  });
  show();
  showOutlook();
  showEarlier();
  return stop;
}

export default { render };
