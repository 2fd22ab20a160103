const MOST_OPEN = 3; // words whose explanation is open at once

/** A text as the search compares it: without case and accents. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

/** An entry of the glossary, open or closed. */
const entry = (open) => ([name, young, expert]) => make("details", { class: "cen-word", open },
  make("summary", {}, name), make("p", {}, young), make("p", { class: "cen-expert" }, "Exactly: ", expert));

function render({ model, el }) {
  const root = frame(model, el, "cen-learn-list");
  const list = make("ol", { class: "cen-lessons" });
  const clear = make("button", {
    type: "button", class: "cen-button", onclick: () => { clearProgress(); showLessons(); root.querySelector("a").focus(); },
  }, "Clear my progress");
  const quiz = make("a", { class: "cen-quiz" }, make("strong", {}, "Quiz"),
    make("span", {}, "Ten questions about squares, labels and captions. A class can play the same ten."));
  const field = make("input", { type: "search", id: "cen-glossary-search", maxlength: 100, autocomplete: "off" });
  const count = make("p", { class: "cen-count", role: "status" });
  const words = make("div", { class: "cen-words" });
  const all = make("details", { class: "cen-all" });
  root.append(make("h2", {}, "Lessons"), list, clear, quiz, make("section", { class: "cen-glossary" },
    make("h2", {}, "Words"), make("label", { for: "cen-glossary-search" }, "Search the glossary"), field, count, words, all));
  const address = (path) => new URL(path, document.baseURI).href;

  function showLessons() {
    quiz.hidden = !model.get("quiz");
    clear.hidden = !Object.keys(readProgress()).length;
    quiz.href = address("learn/quiz");
    list.replaceChildren(...model.get("lessons").map((lesson) => {
      const done = progressOf(lesson.slug).sections_done.filter((at) => at < lesson.sections).length;
      const state = done === lesson.sections ? "Finished ✓" : done ? `${done} of ${lesson.sections} done` : "";
      return make("li", {}, make("a", { class: "cen-lesson-card", href: address(`learn/${lesson.slug}`) },
        make("img", { src: lesson.picture, alt: "", width: 128, height: 128 }),
        make("span", { class: "cen-about" }, make("strong", {}, lesson.title), make("span", {}, lesson.summary),
          make("span", { class: "cen-minutes" }, `${lesson.minutes} minutes`,
            state ? make("span", { class: "cen-state" }, state) : null))));
    }));
  }

  function search() {
    const wanted = folded(field.value);
    const rank = ([name, young, expert, also]) => {
      if (folded(name).startsWith(wanted)) return 0;
      if ([name, ...also].some((word) => folded(word).includes(wanted))) return 1;
      return folded(`${young} ${expert}`).includes(wanted) ? 2 : 3;
    };
    const hits = wanted ? model.get("words").map((word) => [rank(word), word]).filter(([place]) => place < 3)
      .sort(([a], [b]) => a - b).map(([, word]) => word) : [];
    all.hidden = wanted !== "";
    count.textContent = !wanted ? "" : hits.length
      ? `${hits.length} ${hits.length === 1 ? "word" : "words"}` : "No word found. Try a shorter one.";
    words.replaceChildren(...hits.map(entry(wanted !== "" && hits.length <= MOST_OPEN)));
  }

  function showAll() {
    all.replaceChildren(make("summary", {}, `All ${model.get("words").length} words`), ...model.get("words").map(entry(false)));
    search();
  }
  field.addEventListener("input", search);
  const refresh = () => { if (!document.hidden) showLessons(); };
  document.addEventListener("visibilitychange", refresh);
  addEventListener("pageshow", refresh);
  addEventListener("storage", refresh);

  const stop = listen(model, { "lessons quiz": showLessons, words: showAll });
  showLessons(); showAll();
  return () => {
    stop();
    document.removeEventListener("visibilitychange", refresh);
    removeEventListener("pageshow", refresh);
    removeEventListener("storage", refresh);
  };
}

export default { render };
