function render({ model, el }) {
  const root = frame(model, el, "cen-status-text");
  // both are there from the start: a region that comes with its text is often not read
  const calm = make("span", { role: "status" });
  const urgent = make("span", { role: "alert" });
  const line = make("div", { class: "cen-status" }, calm, urgent);
  root.append(line);

  function show() {
    const [message, state] = [model.get("message"), model.get("state")];
    line.className = `cen-status cen-${state}`;
    calm.textContent = state === "error" ? "" : message;
    urgent.textContent = state === "error" ? message : "";
  }

  show();
  return listen(model, { "message state": show });
}

export default { render };
