/** Finds the desk around the pad, so that keys work anywhere in it; without a desk, the pad alone. */
function findDesk(root, use) {
  const look = (tries) => {
    if (!root.isConnected && tries) return requestAnimationFrame(() => look(tries - 1));
    use(root.closest(".cen-review") ?? root);
  };
  look(600);
}

function keyHint(model, key) {
  return make("kbd", { "aria-hidden": "true" }, model.get("key_symbols")[key] ?? key);
}

function render({ model, el }) {
  const root = frame(model, el, "cen-verdict-pad");
  let sent = model.get("handled_count"); // number of the latest command
  let cause = "";
  let waiting = null;
  let pairInView = ""; // the pair and its verdict

  const bar = make("div", { class: "cen-done" });
  const count = make("span", { class: "cen-count" });
  const progress = make("div", {
    class: "cen-progress", role: "progressbar", "aria-label": "Captions judged", "aria-valuemin": 0,
  }, bar);
  const verdicts = make("div", { class: "cen-verdicts", role: "group", "aria-label": "Is the caption right?" },
    ...model.get("verdict_buttons").map(([verdict, label, tooltip, key]) => make("button", {
      type: "button", class: `cen-verdict cen-${verdict}`, title: tooltip, "aria-pressed": "false",
      "aria-keyshortcuts": key, "data-verdict": verdict, onclick: () => judge(verdict),
    }, keyHint(model, key), label)));
  const question = make("span", { class: "cen-question" }, "Why?");
  const causes = make("div", { class: "cen-causes", role: "group", "aria-label": "Cause of the error" }, question,
    ...model.get("cause_buttons").map(([id, label, key]) => make("button", {
      type: "button", class: "cen-button", "aria-pressed": "false", "aria-keyshortcuts": key, "data-cause": id,
      onclick: () => setCause(id),
    }, keyHint(model, key), label)));
  const [note, correction] = [["note", 2], ["correction", 7]].map(([name, rows]) => {
    const label = model.get("field_labels")[name];
    return make("textarea", {
      class: "cen-area", rows, maxlength: model.get("limits")[name], "aria-label": label, placeholder: label, "data-field": name,
    });
  });
  const texts = make("div", { class: "cen-texts" }, note, correction);
  const actions = {
    previous: () => go(-1), next: () => go(1), undo: () => sendCommand({ do: "undo" }),
    note: () => write(note), correct: () => write(correction), labels: () => sendCommand({ do: "labels" }),
  };
  const tools = make("div", { class: "cen-tools" }, ...Object.entries(model.get("tool_buttons")).map(([id, [label, key]]) =>
    make("button", { type: "button", class: "cen-tool", "aria-keyshortcuts": key, onclick: actions[id] },
      keyHint(model, key), label)));
  // on a small screen the rest is behind this button, so that picture and caption have room
  const more = make("button", {
    type: "button", class: "cen-tool cen-more", "aria-expanded": "false", onclick: () => expand(!root.classList.contains("cen-expanded")),
  }, "More");
  const steps = make("div", { class: "cen-steps" }, ...["previous", "undo", "next"].map((id) => make("button", {
    type: "button", class: "cen-tool", onclick: actions[id],
  }, model.get("tool_buttons")[id][0])), more);
  const hint = make("p", { class: "cen-hint" }, "Click anywhere here or press Tab, then use the keys shown on the buttons.");
  const message = make("p", { class: "cen-message", role: "status" });
  const error = make("p", { class: "cen-error", role: "alert" });
  root.tabIndex = 0;
  root.append(make("div", { class: "cen-top" }, count, progress), verdicts, causes, steps, texts, error,
    make("div", { class: "cen-foot" }, tools, make("div", { class: "cen-messages" }, message, hint)));

  /** Sends one command at a time: a key pressed too early would judge a pair that is not on screen yet. */
  function sendCommand(command) {
    if (sent > model.get("handled_count")) {
      if (command.do === "go") waiting = command; // a text that was just edited is saved first
      return;
    }
    sent = model.get("handled_count") + 1;
    root.classList.add("cen-waiting");
    send(model, { command: { ...command, n: sent } });
  }

  function expand(open) {
    root.classList.toggle("cen-expanded", open);
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? "Less" : "More";
  }

  function go(by) {
    save();
    sendCommand({ do: "go", by });
  }

  function judge(verdict, then = verdict === "correct" || cause ? "next" : "stay") {
    if (!model.get("ready")) return;
    const fixed = correction.value === model.get("caption") ? "" : correction.value;
    sendCommand({ do: "judge", position: model.get("position"), verdict, cause, note: note.value, correction: fixed, then });
  }

  /** A cause is saved with the verdict if there is one, or waits for it. */
  function setCause(id) {
    cause = cause === id ? "" : id;
    if (model.get("verdict").verdict) judge(model.get("verdict").verdict, cause ? "next" : "stay");
    else showCause();
  }

  function write(area) {
    area.hidden = false;
    expand(true);
    if (area === correction && !area.value) area.value = model.get("caption");
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  /** The texts are saved with the verdict if there is one, or wait for it. */
  function save() {
    const { verdict, note: old = "", correction: fixed = "" } = model.get("verdict");
    const now = correction.value === model.get("caption") ? "" : correction.value;
    if (verdict && (note.value !== old || now !== fixed)) judge(verdict, "stay");
  }

  function showCause() {
    for (const button of causes.querySelectorAll("[data-cause]")) {
      button.setAttribute("aria-pressed", String(button.dataset.cause === cause));
    }
  }

  function show() {
    const [current, judged, total] = ["verdict", "judged_count", "total"].map((name) => model.get(name));
    // words that wait for a verdict stay while the pair stays, whatever else there is to tell
    const pair = JSON.stringify([model.get("position"), model.get("heading"), current]);
    if (pair !== pairInView) {
      pairInView = pair;
      cause = current.cause ?? "";
      note.value = current.note ?? "";
      correction.value = current.correction ?? "";
      note.hidden = !note.value;
      correction.hidden = !correction.value;
    }
    for (const button of verdicts.children) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === current.verdict));
      button.disabled = !model.get("ready");
    }
    causes.classList.toggle("cen-asking", Boolean(current.verdict) && current.verdict !== "correct" && !cause);
    count.replaceChildren(make("strong", {}, `${model.get("position") + 1}`), ` of ${total} · ${judged} judged`,
      ...(model.get("estimate") ? [make("span", { class: "cen-estimate" }, ` · ${model.get("estimate")}`)] : []),
      make("span", { class: "cen-name" }, ` · ${model.get("heading")}`));
    progress.setAttribute("aria-valuemax", total);
    progress.setAttribute("aria-valuenow", judged);
    bar.style.width = `${total ? (100 * judged) / total : 0}%`;
    root.dataset.position = model.get("position");
    root.dataset.judged = judged;
    showCause();
  }

  function showMessages() {
    message.textContent = model.get("message");
    error.textContent = model.get("error");
    error.hidden = !model.get("error");
  }

  function acceptNext() {
    sent = Math.min(sent, model.get("handled_count"));
    root.classList.remove("cen-waiting");
    const next = waiting;
    waiting = null;
    if (next) sendCommand(next);
  }

  const keys = Object.fromEntries([
    ...Object.entries(model.get("tool_buttons")).map(([id, [, key]]) => [key, actions[id]]),
    ...model.get("verdict_buttons").map(([verdict, , , key]) => [key, () => judge(verdict)]),
    ...model.get("cause_buttons").map(([id, , key]) => [key, () => setCause(id)]),
  ]);

  function handleKey(event) {
    const writing = event.target.closest("textarea");
    if (writing && (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey)))) {
      event.preventDefault();
      event.stopPropagation();
      root.focus();
      return;
    }
    const own = event.target.closest("textarea, input, select, [role=tab]"); // these use keys themselves
    const act = own || event.ctrlKey || event.altKey || event.metaKey ? null : keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || event.key.startsWith("Arrow")) act();
  }

  note.addEventListener("change", save);
  correction.addEventListener("change", save);
  let host = null;
  findDesk(root, (desk) => {
    host = desk;
    // JupyterLab would make a heading of the cell with 1, and move to another with the arrows
    host.setAttribute("data-lm-suppress-shortcuts", "true");
    if (host !== root) host.tabIndex = -1;
    host.addEventListener("keydown", handleKey);
  });
  const stop = listen(model, {
    "heading estimate caption judged_count position total verdict ready": show, "message error": showMessages,
    handled_count: acceptNext,
  });
  show();
  showMessages();
  return () => { stop(); host?.removeEventListener("keydown", handleKey); };
}

export default { render };
