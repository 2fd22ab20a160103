/** The desk that the pad belongs to, so that its keys work wherever the focus is in there; the pad alone without one. */
function desk(root, found) {
  const look = (tries) => {
    if (!root.isConnected && tries) return requestAnimationFrame(() => look(tries - 1));
    found(root.closest(".cen-review") ?? root);
  };
  look(600);
}

function key(letter) {
  return make("kbd", { "aria-hidden": "true" }, letter);
}

function render({ model, el }) {
  const root = frame(model, el, "cen-verdict-pad");
  let wished = model.get("answered");
  let cause = "";
  let later = null;

  const bar = make("div", { class: "cen-done" });
  const count = make("span", { class: "cen-count" });
  const progress = make("div", {
    class: "cen-progress", role: "progressbar", "aria-label": "Captions judged", "aria-valuemin": 0,
  }, bar);
  const verdicts = make("div", { class: "cen-verdicts", role: "group", "aria-label": "Is the caption right?" },
    ...model.get("verdicts").map(([verdict, meaning, letter]) => make("button", {
      type: "button", class: `cen-verdict cen-${verdict}`, title: meaning, "aria-pressed": "false",
      "aria-keyshortcuts": letter, "data-verdict": verdict, onclick: () => judge(verdict),
    }, key(letter), verdict)));
  const question = make("span", { class: "cen-question" }, "Why?");
  const causes = make("div", { class: "cen-causes", role: "group", "aria-label": "Where the fault lies" }, question,
    ...model.get("causes").map(([id, words, letter]) => make("button", {
      type: "button", class: "cen-button", "aria-pressed": "false", "aria-keyshortcuts": letter, "data-cause": id,
      onclick: () => blame(id),
    }, key(letter), words)));
  const [note, correction] = [["note", "Note", 2], ["correction", "The caption as it should be", 7]].map(([name, label, rows]) =>
    make("textarea", {
      class: "cen-area", rows, maxlength: model.get("limits")[name], "aria-label": label, placeholder: label, "data-field": name,
    }));
  const texts = make("div", { class: "cen-texts" }, note, correction);
  const tool = (letter, words, act) => make("button", {
    type: "button", class: "cen-tool", "aria-keyshortcuts": letter, onclick: act,
  }, key(letter), words);
  const tools = make("div", { class: "cen-tools" },
    tool("←", "previous", () => go(-1)), tool("→", "next", () => go(1)), tool("u", "undo", () => wish({ do: "undo" })),
    tool("/", "note", () => write(note)), tool("e", "correct the caption", () => write(correction)),
    tool("m", "labels", () => wish({ do: "labels" })));
  const hint = make("p", { class: "cen-hint" }, "Click anywhere here, or press Tab, and the keyboard does the rest.");
  const told = make("p", { class: "cen-told", role: "status" });
  const fault = make("p", { class: "cen-error", role: "alert" });
  root.tabIndex = 0;
  root.append(make("div", { class: "cen-top" }, count, progress), verdicts, causes, texts, fault,
    make("div", { class: "cen-foot" }, tools, make("div", { class: "cen-said" }, told, hint)));

  /** One wish at a time: a key pressed before the next pair is there would judge what nobody has seen. */
  function wish(what) {
    if (wished > model.get("answered")) {
      if (what.do === "go") later = what; // a text that was just left is saved first
      return;
    }
    wished = model.get("answered") + 1;
    root.classList.add("cen-waiting");
    send(model, { asked: { ...what, n: wished } });
  }

  function go(by) {
    save();
    wish({ do: "go", by });
  }

  function judge(verdict, then = verdict === "correct" || cause ? "next" : "stay") {
    if (!model.get("ready")) return;
    const fixed = correction.value === model.get("caption") ? "" : correction.value;
    wish({ do: "judge", position: model.get("position"), verdict, cause, note: note.value, correction: fixed, then });
  }

  /** A cause goes with the verdict that is there already, or waits for the one to come. */
  function blame(id) {
    cause = cause === id ? "" : id;
    if (model.get("given").verdict) judge(model.get("given").verdict, cause ? "next" : "stay");
    else showCause();
  }

  function write(area) {
    area.hidden = false;
    if (area === correction && !area.value) area.value = model.get("caption");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  /** What was written goes with the verdict that is there already; otherwise it waits for the one to come. */
  function save() {
    const { verdict, note: old = "", correction: fixed = "" } = model.get("given");
    const now = correction.value === model.get("caption") ? "" : correction.value;
    if (verdict && (note.value !== old || now !== fixed)) judge(verdict, "stay");
  }

  function showCause() {
    for (const button of causes.querySelectorAll("[data-cause]")) {
      button.setAttribute("aria-pressed", String(button.dataset.cause === cause));
    }
  }

  function show() {
    const [given, judged, total] = ["given", "judged", "total"].map((name) => model.get(name));
    cause = given.cause ?? "";
    note.value = given.note ?? "";
    correction.value = given.correction ?? "";
    note.hidden = !note.value;
    correction.hidden = !correction.value;
    for (const button of verdicts.children) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === given.verdict));
      button.disabled = !model.get("ready");
    }
    causes.classList.toggle("cen-asking", Boolean(given.verdict) && given.verdict !== "correct" && !cause);
    count.replaceChildren(make("strong", {}, `${model.get("position") + 1}`), ` of ${total} · ${judged} judged · `,
      make("span", { class: "cen-name" }, model.get("heading")));
    progress.setAttribute("aria-valuemax", total);
    progress.setAttribute("aria-valuenow", judged);
    bar.style.width = `${total ? (100 * judged) / total : 0}%`;
    root.dataset.position = model.get("position");
    root.dataset.judged = judged;
    showCause();
  }

  function say() {
    told.textContent = model.get("told");
    fault.textContent = model.get("error");
    fault.hidden = !model.get("error");
  }

  function answered() {
    wished = Math.min(wished, model.get("answered"));
    root.classList.remove("cen-waiting");
    const next = later;
    later = null;
    if (next) wish(next);
  }

  const keys = {
    ArrowLeft: () => go(-1), ArrowRight: () => go(1), u: () => wish({ do: "undo" }), m: () => wish({ do: "labels" }),
    "/": () => write(note), e: () => write(correction),
    ...Object.fromEntries(model.get("verdicts").map(([verdict, , letter]) => [letter, () => judge(verdict)])),
    ...Object.fromEntries(model.get("causes").map(([id, , letter]) => [letter, () => blame(id)])),
  };

  function pressed(event) {
    const writing = event.target.closest("textarea");
    if (writing && (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey)))) {
      event.preventDefault();
      event.stopPropagation();
      root.focus();
      return;
    }
    const own = event.target.closest("textarea, input, select, [role=tab]"); // which have a use for keys themselves
    const act = own || event.ctrlKey || event.altKey || event.metaKey ? null : keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || event.key.startsWith("Arrow")) act();
  }

  note.addEventListener("change", save);
  correction.addEventListener("change", save);
  let host = null;
  desk(root, (found) => {
    host = found;
    // JupyterLab would make a heading of the cell with 1, and move to another with the arrows
    host.setAttribute("data-lm-suppress-shortcuts", "true");
    if (host !== root) host.tabIndex = -1;
    host.addEventListener("keydown", pressed);
  });
  const stop = listen(model, {
    "heading caption judged position total given ready": show, "told error": say, answered,
  });
  show();
  say();
  return () => { stop(); host?.removeEventListener("keydown", pressed); };
}

export default { render };
