function render({ model, el }) {
  const root = frame(model, el, "cen-key-field");
  const field = make("input", {
    type: "password", class: "cen-key", autocomplete: "off", spellcheck: "false", maxlength: 1000,
    placeholder: "kept until you close this page", "aria-label": "API key",
    "data-1p-ignore": true, "data-lpignore": "true",
  });
  const use = make("button", { type: "button", class: "cen-button", onclick: submit }, "Use key");
  const keyHost = make("span", { class: "cen-key-host", role: "status" });
  const forget = make("button", {
    type: "button", class: "cen-button", onclick: () => model.send({ key: null }),
  }, "Forget key");
  const problem = make("p", { class: "cen-error", role: "alert" });
  root.append(make("div", { class: "cen-buttons" }, field, use, keyHost, forget), problem);

  /** The key goes to Python in a message of its own, never as a trait, and does not stay in the page. */
  function submit() {
    const key = field.value;
    field.value = "";
    if (key.trim()) model.send({ key });
  }
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") submit();
  });

  function show() {
    const host = model.get("key_host");
    keyHost.textContent = host && `A key for ${host} is kept until you close this page.`;
    field.hidden = use.hidden = Boolean(host);
    keyHost.hidden = forget.hidden = !host;
    problem.textContent = model.get("problem");
    problem.hidden = !model.get("problem");
  }

  const stop = listen(model, { "key_host problem": show });
  show();
  return stop;
}

export default { render };
