const PARTS = ["top left", "top right", "bottom left", "bottom right", "middle"];

/** Style 3.5: each part with up to three classes, their percent and the word for it. */
function table35(view, { parts }) {
  const rows = Object.entries(parts).map(([part, amounts]) => make("tr", {}, make("th", { scope: "row" }, part),
    ...[0, 1, 2].map((place) => {
      const amount = amounts[place];
      if (!amount) return make("td", {}, place === 0 ? "nothing to describe" : "");
      const [name, share, size] = amount;
      return make("td", {}, make("div", { class: "cen-amount" }, classMark(view, name),
        make("div", {}, make("strong", {}, `${name} ${share}\u00a0%`), make("div", { class: "cen-faint" }, size))));
    })));
  const head = ["Part", "Largest", "Second", "Third"].map((name) => make("th", { scope: "col" }, name));
  return scroller(make("table", { class: "cen-table cen-parts" }, make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...rows)), "Facts of the question");
}

/** Style 4v: each class with its percent of each part. */
function table4v(view, { percents }) {
  return shareTable(view, PARTS, Object.entries(percents).map(([name, parts]) =>
    [indexOf(view, name), name, PARTS.map((part) => parts[part] / 100)]), (share) => `${(100 * share).toFixed(2)} %`,
    "Facts of the question");
}

/** The class of either style's name: 4V names are the first word of the others. */
function indexOf(view, name) {
  return view.model.get("legend").findIndex((land) => land.name === name || land.name.startsWith(`${name} `));
}

function classMark(view, name) {
  const index = indexOf(view, name);
  return index < 0 ? "" : pointable(view, swatch(view.model, index), index);
}

/** The multispectral style, which states no fact: the pictures by name. */
function pictureList({ pictures }) {
  return make("p", {}, `No fact of the labels is in this question. Sent with it: ${pictures.join("; ")}.`);
}

/** A picture as it is sent, with the sentence before it if it has one. */
async function sentPicture(bytes, text, name) {
  const canvas = await draw(make("canvas", { class: "cen-map", role: "img", "aria-label": `${name}, as sent` }), bytes)
    ?? make("p", { class: "cen-remark" }, NO_PICTURE);
  return text ? make("figure", { class: "cen-sent" }, make("figcaption", {}, text), canvas) : canvas;
}

const NARROW = "(max-width: 480px)"; // there the facts are closed at first: the caption is what people come for

function render({ model, el }) {
  const root = frame(model, el, "cen-prompt-view");
  const view = pointer(model, root);
  const top = make("div");
  const difference = make("details", { class: "cen-why-different" },
    make("summary", {}, "Why can these percentages differ from those of the land cover?"), make("p"));
  const facts = make("details", { class: "cen-fact-fold" }, make("summary", {}, "The facts"), top, difference);
  facts.open = !matchMedia(NARROW).matches;
  const badge = make("p", { class: "cen-remark", role: "status", hidden: true });
  const saved = make("p", { class: "cen-remark", hidden: true });
  const fault = make("p", { class: "cen-error", role: "alert", hidden: true });
  const [system, user] = ["edited_system", "edited_user"].map((trait) => {
    const area = make("textarea", {
      class: "cen-area", rows: 9, maxlength: model.get("limit"), spellcheck: "false", readonly: true,
    });
    area.addEventListener("change", () => send(model, { [trait]: area.value }));
    area.addEventListener("input", () => showEdited());
    return area;
  });
  const images = make("div", { class: "cen-maps" });
  const userHeading = make("span");
  const edit = make("button", { type: "button", class: "cen-button", "aria-pressed": "false" }, "Edit");
  const undo = make("button", { type: "button", class: "cen-button", hidden: true }, "Undo my edits");
  const restore = make("button", { type: "button", class: "cen-button", hidden: true }, "Bring my edits back");
  const again = make("button", { type: "button", class: "cen-button cen-primary" });
  const copy = copier("Copy", () => [system.value, user.value, ...(model.get("fields").image_texts ?? [])].join("\n\n"));
  const words = make("details", { class: "cen-words" }, make("summary", {}, "The exact text that is sent"),
    make("label", {}, make("span", {}, "Rules (system message)"), system),
    make("label", {}, userHeading, user), images);
  const exact = make("details", { class: "cen-exact" }, make("summary", {}, "Style, seed and identifier"), make("div"));
  const cost = make("span", { class: "cen-size" });
  const buttons = make("div", { class: "cen-buttons" }, copy, edit, undo, restore, again, cost);
  root.append(badge, saved, facts, words, exact, fault, buttons);

  const isEdited = () => system.value !== model.get("fields").system || user.value !== model.get("fields").user;

  function showEdited() {
    const edited = Boolean(model.get("fields").style) && isEdited();
    const ignored = edited && model.get("edit_warning");
    badge.textContent = [model.get("edited_note"), ignored].filter(Boolean).join(" ");
    badge.hidden = undo.hidden = !edited;
    again.textContent = ignored ? `${model.get("ask_label")} without my edits` : model.get("ask_label");
    saved.textContent = model.get("saved_edit");
    saved.hidden = restore.hidden = edited || !model.get("saved_edit");
  }

  function setEditing(on) {
    system.readOnly = user.readOnly = !on;
    edit.setAttribute("aria-pressed", String(on));
    root.classList.toggle("cen-editing", on);
    if (on) { words.open = true; user.focus(); }
  }

  function showTexts() {
    system.value = model.get("edited_system");
    user.value = model.get("edited_user");
    showEdited();
  }

  function showFault() {
    fault.textContent = model.get("error");
    fault.hidden = !model.get("error");
  }

  function showCost() {
    cost.textContent = model.get("cost") && `Cost of a caption: ${model.get("cost")}.`;
    again.disabled = model.get("busy");
    again.hidden = !model.get("ask_label"); // a prompt that is only read
    edit.hidden = !model.get("editable");
    showEdited();
  }

  function showFacts() {
    const fields = model.get("fields");
    difference.hidden = !fields.difference;
    exact.hidden = !fields.style;
    userHeading.textContent = fields.image_texts?.length ? "Task (user message)" : "Facts (user message)";
    if (!fields.style) return top.replaceChildren(make("p", {}, model.get("empty")));
    top.replaceChildren(...(fields.facts.pictures ? [pictureList(fields.facts)] : [
      make("p", {}, "Land cover by area, largest first: ", fields.overall.join(", ") || "nothing to describe"),
      fields.style === "4v" ? table4v(view, fields.facts) : table35(view, fields.facts)]));
    difference.lastChild.textContent = fields.difference;
    exact.lastChild.replaceChildren(...fields.terms.map(([name, value, meaning]) =>
      make("p", {}, make("strong", {}, `${name} ${value}`), `: ${meaning}`)));
    mark(view);
  }

  let turn = 0;
  async function show() {
    const current = ++turn;
    words.hidden = buttons.hidden = !model.get("fields").style;
    setEditing(false);
    showFacts();
    showTexts();
    showFault();
    const { image_texts: texts = [], facts: { pictures = [] } = {} } = model.get("fields");
    const maps = await Promise.all(model.get("images").map((bytes, at) =>
      sentPicture(bytes, texts[at], pictures[at] ?? `Label map ${at + 1}`)));
    if (current !== turn) return; // a later prompt overtook this one
    const heading = make("p", {}, texts.length ? "Pictures sent with it, each after its sentence:"
      : "Label maps sent with it (not the satellite picture):");
    images.replaceChildren(...(maps.length ? [heading, ...maps] : []));
  }

  edit.addEventListener("click", () => setEditing(system.readOnly));
  undo.addEventListener("click", () => {
    const { system: rules, user: facts } = model.get("fields");
    send(model, { edited_system: rules, edited_user: facts });
    showTexts();
    edit.focus();
  });
  restore.addEventListener("click", () => { send(model, { restores: model.get("restores") + 1 }); edit.focus(); });
  again.addEventListener("click", () => send(model, {
    edited_system: system.value, edited_user: user.value, presses: model.get("presses") + 1,
  }));

  const stop = listen(model, {
    "cost ask_label busy editable": showCost,
    "edit_warning saved_edit": showEdited,
    "fields images": show,
    "edited_system edited_user": showTexts,
    error: showFault,
    palette: showFacts,
    highlight: () => mark(view),
  });
  show(); showCost();
  return stop;
}

export default { render };
