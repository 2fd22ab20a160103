let fields = 0;

function render({ model, el }) {
  const root = frame(model, el, "cen-place-field");
  const id = `cen-place-field-${++fields}`;
  const WAIT = 80; // milliseconds without a key before the text is sent
  let turn = Number(model.get("answer").turn) || 0;
  let rows = []; // [label, description] of the list on screen
  let kind = "start"; // what is in it: places to start with, or answers to what was written
  let active = -1;
  let timer = 0;
  let isDirty = false; // written since the last choice
  let readAt = 0; // the answer that the list shows

  const input = make("input", {
    type: "text", id, class: "cen-place-input", role: "combobox", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    enterkeyhint: "go", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`, dir: "auto",
    "aria-describedby": `${id}-problem`, maxlength: model.get("longest"), placeholder: model.get("hint"),
  });
  const go = make("button", { type: "button", class: "cen-button cen-primary" }, "Go");
  const list = make("ul", { id: `${id}-list`, class: "cen-place-list", role: "listbox", "aria-label": "Suggestions", popover: "manual", hidden: true });
  const count = make("p", { class: "cen-place-count", role: "status" });
  const problem = make("p", { id: `${id}-problem`, class: "cen-place-problem", role: "alert" });
  const note = make("p", { class: "cen-place-note", role: "status" });
  root.append(
    make("label", { class: "cen-place-label", for: id }, model.get("label")),
    make("div", { class: "cen-place-line" }, make("div", { class: "cen-place-box" }, input, list), go),
    count, problem, note);

  const request = (what, value, at) => send(model, { request: { what, value, turn: at } });
  const isWritten = () => input.value.trim() && input.value !== model.get("value");

  function open(newRows, newKind, text) {
    const pointed = kind === newKind && active >= 0 ? String(rows[active]) : null;
    rows = newRows;
    kind = newKind;
    active = -1;
    list.replaceChildren(...rows.map(([label, description], place) => make("li", {
      id: `${id}-${place}`, role: "option", "aria-selected": "false", dir: "auto",
      onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
      onclick: () => choose(place),
    }, make("span", { class: "cen-place-name" }, label), make("span", { class: "cen-place-why" }, description))));
    list.hidden = !rows.length;
    float();
    list.scrollTop = 0;
    input.setAttribute("aria-expanded", String(!!rows.length));
    input.removeAttribute("aria-activedescendant");
    count.textContent = text;
    // the answer to one more letter: what somebody has pointed at stays pointed at
    if (pointed !== null) point(rows.findIndex((row) => String(row) === pointed));
  }

  /** Lays the list below the field, over everything: what holds this view may cut off what is beyond its edge. */
  function float() {
    if (!list.showPopover) return; // an old browser: the list lies in the page
    if (list.hidden) {
      if (list.matches(":popover-open")) list.hidePopover();
      return;
    }
    const box = input.getBoundingClientRect();
    const screen = window.visualViewport;
    const below = (screen ? screen.height + screen.offsetTop : window.innerHeight) - box.bottom - 12;
    list.style.top = `${box.bottom + 4}px`;
    list.style.left = `${box.left}px`;
    list.style.width = `${box.width}px`;
    list.style.maxHeight = `${Math.min(Math.max(below, 120), 360)}px`;
    if (!list.matches(":popover-open")) list.showPopover();
  }

  const close = () => open([], "", "");

  function offerStarts() {
    const starts = model.get("starts");
    open(starts, "start", starts.length ? `${starts.length} places to start with` : "");
  }

  function point(place) {
    const options = list.children;
    if (options[active]) options[active].setAttribute("aria-selected", "false");
    active = place;
    if (!options[active]) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  function choose(place) {
    isDirty = false;
    const what = kind === "start" ? "start" : "choose";
    clearTimeout(timer);
    if (rows[place]) input.value = rows[place][0];
    close();
    request(what, place, readAt);
    turn += 1; // an answer that is still under way belongs to what was there before
  }

  function submit() {
    clearTimeout(timer);
    isDirty = false;
    close();
    if (!input.value.trim() || input.value !== model.get("value")) request("go", input.value, ++turn);
  }

  function type() {
    clearTimeout(timer);
    isDirty = true;
    problem.textContent = "";
    if (!input.value.trim()) {
      turn += 1; // an answer that is still under way belongs to what was there before
      offerStarts();
      return;
    }
    timer = setTimeout(() => request("type", input.value.slice(0, 200), ++turn), WAIT);
  }

  input.addEventListener("input", type);
  input.addEventListener("focus", () => {
    request("open", "", turn);
    input.select();
    if (!isWritten()) offerStarts();
  });
  input.addEventListener("click", () => { if (list.hidden && !isWritten()) offerStarts(); });
  input.addEventListener("blur", () => { clearTimeout(timer); close(); });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // JupyterLab's own keys
    if (event.isComposing) return; // Enter ends the word of an input method
    const last = rows.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        if (isWritten()) type(); else offerStarts();
      } else if (event.key === "ArrowDown") point(active < last ? active + 1 : -1);
      else point(active < 0 ? last : active - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active >= 0) choose(active);
      else if (kind === "choose" && rows.length && isWritten() && readAt === turn) choose(0);
      else submit();
    } else if (event.key === "Escape") {
      if (list.hidden) input.value = model.get("value");
      close();
    }
  });
  go.addEventListener("pointerdown", (event) => event.preventDefault()); // what was written stays
  go.addEventListener("click", () => { if (isWritten() || !input.value.trim()) submit(); });

  const stop = listen(model, {
    answer: () => {
      const answer = model.get("answer");
      if (answer.turn !== turn || root.getRootNode().activeElement !== input || !isWritten()) return; // too late
      readAt = answer.turn;
      open(answer.places, "choose", answer.places.length ? `${answer.places.length} suggestions` : "No suggestions");
    },
    "value visits": () => {
      const hasFocus = root.getRootNode().activeElement === input;
      if (isDirty && hasFocus) return; // a late answer does not overwrite what is being written
      const isSelected = hasFocus && input.selectionStart === 0 && input.selectionEnd === input.value.length;
      input.value = model.get("value");
      if (isSelected) input.select(); // the next letter replaces the place, as it would have before
    },
    problem: () => { problem.textContent = model.get("problem"); input.setAttribute("aria-invalid", String(!!model.get("problem"))); },
    note: () => { note.textContent = model.get("note"); },
  });
  const follow = () => { if (!list.hidden) float(); };
  window.addEventListener("scroll", follow, { capture: true, passive: true });
  window.addEventListener("resize", follow);
  window.visualViewport?.addEventListener("resize", follow);
  input.value = model.get("value");
  problem.textContent = model.get("problem");
  note.textContent = model.get("note");
  return () => {
    clearTimeout(timer);
    window.removeEventListener("scroll", follow, { capture: true });
    window.removeEventListener("resize", follow);
    window.visualViewport?.removeEventListener("resize", follow);
    stop();
  };
}

export default { render };
