function render({ model, el }) {
  const root = frame(model, el, "cen-picture-board");
  const board = make("div", { class: "cen-board", role: "group" });
  root.append(board);

  function show() {
    board.setAttribute("aria-label", model.get("label"));
    board.style.setProperty("--columns", model.get("columns"));
    const pictures = model.get("pictures");
    board.replaceChildren(...model.get("names").map(([name, where], at) => {
      const canvas = make("canvas", { "aria-hidden": "true" });
      draw(canvas, pictures[at]).then((picture) => picture ?? canvas.replaceWith(make("p", { class: "cen-note" }, NO_PICTURE)));
      return make("button", {
        type: "button", class: "cen-tile", "aria-pressed": "false", "data-name": name,
        "aria-label": `${where}`, onclick: () => send(model, { selection: name }),
      }, canvas);
    }));
    mark();
  }

  function mark() {
    for (const button of board.children) {
      button.setAttribute("aria-pressed", String(button.dataset.name === model.get("selection")));
    }
  }

  const stop = listen(model, { "names pictures label columns": show, selection: mark });
  show();
  return stop;
}

export default { render };
