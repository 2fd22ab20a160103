/** The answers by number of the quiz, kept in this browser only; a browser that refuses storage forgets them. */
const ANSWERS = "chatearthnet-explorer.quiz";
const MOST_QUIZZES = 50;

function storedAnswers() {
  try {
    const all = JSON.parse(localStorage.getItem(ANSWERS) ?? "[]");
    return Array.isArray(all) ? all.filter((one) => Array.isArray(one) && one.length === 2) : [];
  } catch {
    return [];
  }
}

/** What is stored for a quiz, as far as it can be an answer; anything else is ignored. */
function answersOf(seed, count) {
  const answers = storedAnswers().find(([one]) => one === seed)?.[1];
  const isAnswer = (value) => Number.isInteger(value) && value >= -1 && value < 4;
  return Array.isArray(answers) && answers.length <= count && answers.every(isAnswer) ? answers : [];
}

function storeAnswers(seed, answers) {
  try {
    const others = storedAnswers().filter(([one]) => one !== seed);
    localStorage.setItem(ANSWERS, JSON.stringify([...others, [seed, answers]].slice(-MOST_QUIZZES)));
  } catch { /* private windows and full disks: the quiz goes on without */ }
}

function render({ model, el }) {
  const root = frame(model, el, "cen-quiz-head");
  const dots = make("ol", { class: "cen-dots" });
  const heading = make("h2", { class: "cen-question", tabindex: -1 });
  const hint = make("p", { class: "cen-hint" });
  const about = make("p", { class: "cen-about" });
  const score = make("div", { class: "cen-score" });
  root.append(make("nav", { "aria-label": "Questions" }, dots), heading, hint, score, about);

  const count = () => model.get("results").length;
  const chosen = () => model.get("answers");
  const word = (result) => (result === null ? "" : result ? ", right" : ", wrong");

  function showDots() {
    const [position, results] = [model.get("position"), model.get("results")];
    const focused = [...dots.querySelectorAll("button")].indexOf(root.getRootNode().activeElement);
    dots.replaceChildren(...results.map((result, at) => make("li", {}, make("button", {
      type: "button", class: result === null ? "cen-dot" : result ? "cen-dot cen-right" : "cen-dot cen-wrong",
      "aria-current": at === position ? "step" : null, "aria-label": `Question ${at + 1}${word(result)}`,
      onclick: () => go(at),
    }, result === null ? String(at + 1) : result ? "✓" : "✗"))));
    dots.querySelectorAll("button")[focused]?.focus();
  }

  let quiet = false; // whether the next move is not the reader's, so that the focus stays where it is
  const go = (position) => send(model, { position });

  let last = null;
  function showQuestion() {
    const [position, results] = [model.get("position"), model.get("results")];
    const done = count() > 0 && position >= count();
    const right = results.filter((result) => result).length;
    heading.textContent = done ? `You got ${right} of ${count()} right.` : model.get("prompt") || "Getting the questions ready …";
    hint.textContent = model.get("hint");
    hint.hidden = done || !model.get("hint");
    score.hidden = !done;
    const open = results.filter((result) => result === null).length;
    score.replaceChildren(...(done ? [
      make("p", {}, open ? `${open} still to answer: press its number above.`
        : right === count() ? "All of them: well done." : "Press a number above to see that question again, with the reasons."),
      make("div", { class: "cen-buttons" }, make("button", {
        type: "button", class: "cen-button", onclick: () => send(model, { answers: [], position: 0 }),
      }, "Play these ten again")),
    ] : []));
    if (last !== null && position !== last) {
      if (!quiet) heading.focus({ preventScroll: true });
      quiet = false;
      const top = root.getBoundingClientRect().top;
      if (top < 0 || top > innerHeight / 2) root.scrollIntoView({ block: "start" });
    }
    last = position;
  }

  function showWords() {
    about.textContent = model.get("seed") ? `Quiz ${model.get("seed")}. ${model.get("about")}` : model.get("about");
  }

  let restored = 0;
  function restore() {
    const seed = model.get("seed");
    if (!seed || seed === restored) return;
    restored = seed;
    const answers = model.get("restore") && !chosen().length ? answersOf(seed, count()) : [];
    if (!answers.length) return;
    quiet = true;
    send(model, { answers });
  }
  const keep = () => {
    if (model.get("restore") && model.get("seed") && restored === model.get("seed")) storeAnswers(model.get("seed"), chosen());
  };

  const stop = listen(model, {
    "results position prompt hint": () => { showDots(); showQuestion(); },
    answers: keep, "seed results": restore, "seed about": showWords,
  });
  showDots(); showQuestion(); showWords(); restore();
  return stop;
}

export default { render };
