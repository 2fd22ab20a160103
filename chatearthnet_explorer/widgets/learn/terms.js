/** Words that the glossary explains: pressing them opens the explanation below the paragraph; Escape closes it. */
let termNumber = 0;

function explanation(definition, id) {
  const [name, young, expert] = definition;
  return make("div", { class: "cen-definition", id, role: "note" },
    make("p", {}, make("strong", {}, name), ": ", young),
    make("details", {}, make("summary", {}, "The exact definition"), make("p", {}, expert)));
}

/** A paragraph of runs [words, term]; `definitions` explains the terms. */
function paragraphWithTerms(runs, definitions) {
  const paragraph = make("p", { class: "cen-lesson-text" });
  const box = make("div", { class: "cen-definitions", "aria-live": "polite" });
  const close = (button) => {
    button.setAttribute("aria-expanded", "false");
    box.replaceChildren();
  };
  for (const [words, term] of runs) {
    if (!term || !definitions[term]) { paragraph.append(words); continue; }
    const id = `cen-term-${++termNumber}`;
    // no <button>: that is a box, before and after which a line may break
    const button = make("span", {
      role: "button", tabindex: 0, class: "cen-term", "aria-expanded": "false", "aria-controls": id,
    }, words);
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      button.click();
    });
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      for (const other of paragraph.querySelectorAll(".cen-term")) close(other);
      if (open) return;
      button.setAttribute("aria-expanded", "true");
      box.replaceChildren(explanation(definitions[term], id));
    });
    paragraph.append(button);
  }
  const block = make("div", {}, paragraph, box);
  block.addEventListener("keydown", (event) => {
    const open = paragraph.querySelector(".cen-term[aria-expanded=true]");
    if (event.key !== "Escape" || !open) return;
    close(open);
    open.focus();
  });
  return block;
}
