// What every view shares. It stands before the view's own script: a widget has one module.

/** An element of known name: text goes in as text, so that nothing from outside becomes markup. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [rule, set] of Object.entries(value)) element.style.setProperty(rule, set);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The frame of a view, with its style sheet inside: a shadow root does not see the page's. Returns its root. */
function frame(model, el, name) {
  const style = document.createElement("style");
  style.textContent = model.get("style_sheet");
  const root = make("div", { class: `cen-view ${name}` });
  el.replaceChildren(style, root);
  return root;
}

const NOTHING = { highlight: -1, within: [] };

/** What is highlighted: a class, -1 for none, and the parts to which that is limited. */
function highlighted(model) {
  return { highlight: model.get("highlight"), within: model.get("within") };
}

/** What a view points at: `rest` is what stays highlighted while nothing is pointed at. */
function pointer(model, root) {
  return { model, root, rest: highlighted(model), pointing: false };
}

const PRESSABLE = "button, summary, a, label, [role=option]";
const LONGEST_PRESS = 2000; // milliseconds: of a pointer that is let go outside of the window nothing may ever be heard

/** Puts off drawing while a button is held down: a press is lost where the element on which it began is gone. */
function presses() {
  const drawings = new Set(); // what is to be drawn when the button is let go
  let isPressed = false;
  let timer = 0;
  const end = () => {
    isPressed = false;
    const due = [...drawings];
    drawings.clear();
    for (const draw of due) draw();
  };
  const endIn = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(end, milliseconds);
  };
  const events = {
    pointerdown: (event) => {
      if (event.button !== 0 || !event.composedPath()[0].closest?.(PRESSABLE)) return;
      isPressed = true;
      endIn(LONGEST_PRESS);
    },
    pointerup: () => { if (isPressed) endIn(0); }, // the click comes after it
    pointercancel: () => { if (isPressed) endIn(0); },
    click: () => { isPressed = false; }, // what the press itself changes is drawn at once
  };
  for (const [name, handler] of Object.entries(events)) addEventListener(name, handler, true);
  return {
    draw: (drawing) => { if (isPressed) drawings.add(drawing); else queueMicrotask(drawing); },
    stop: () => {
      clearTimeout(timer);
      for (const [name, handler] of Object.entries(events)) removeEventListener(name, handler, true);
    },
  };
}

/** Calls a handler once for whatever of its traits a message changes, until it is stopped; returns how to stop. */
function listen(model, handlers) {
  const { draw, stop } = presses();
  const events = Object.entries(handlers).flatMap(([names, handler]) => {
    let due = false;
    const once = () => {
      if (due) return;
      due = true;
      draw(() => { due = false; handler(); });
    };
    return names.split(" ").map((name) => [`change:${name}`, once]);
  });
  for (const [event, handler] of events) model.on(event, handler);
  return () => {
    stop();
    events.forEach(([event, handler]) => model.off(event, handler));
  };
}

function send(model, traits) {
  for (const [name, value] of Object.entries(traits)) model.set(name, value);
  model.save_changes();
}

/** A class's mark: its colour, and its initials for those who cannot tell the colour. */
function swatch(model, index) {
  const land = model.get("legend")[index];
  const palette = model.get("palette");
  return make("span", {
    class: "cen-swatch", "aria-hidden": "true",
    style: { background: land.colours[palette], color: land.inks[palette] },
  }, land.initials);
}

/** Pointing at the element highlights a class; a click keeps it so, for touch and for a second look. */
function pointable(view, element, index) {
  const whole = { highlight: index, within: [] };
  const point = () => { view.pointing = true; send(view.model, whole); };
  const leave = () => { view.pointing = false; send(view.model, view.rest); };
  element.addEventListener("pointerenter", point);
  element.addEventListener("pointerleave", leave);
  element.addEventListener("focus", point);
  element.addEventListener("blur", leave);
  element.addEventListener("click", () => {
    view.rest = view.rest.highlight === index && !view.rest.within.length ? NOTHING : whole;
    send(view.model, whole);
    mark(view);
  });
  element.dataset.cenClass = index;
  return element;
}

/** Marks every element that speaks of the highlighted class. */
function mark(view) {
  if (!view.pointing) view.rest = highlighted(view.model);
  for (const element of view.root.querySelectorAll("[data-cen-class]")) {
    const index = Number(element.dataset.cenClass);
    element.classList.toggle("cen-lit", index === view.model.get("highlight"));
    if (element.hasAttribute("aria-pressed")) element.setAttribute("aria-pressed", String(index === view.rest.highlight));
  }
}

const TRY_AGAIN_AFTER = [1000, 2000, 4000, 8000]; // milliseconds: a network that is gone for a moment
const LONGEST_FETCH = 30000; // milliseconds

/** The file of a picture that a trait holds, its bytes or the address that the site sends in their place; or null. */
async function fileOf(picture, type) {
  if (typeof picture !== "string") return new Blob([picture], { type });
  for (const pause of [...TRY_AGAIN_AFTER, 0]) {
    try {
      const answer = await fetch(picture, { signal: AbortSignal.timeout(LONGEST_FETCH) });
      return answer.ok ? await answer.blob() : null;
    } catch {
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
  return null;
}

const NO_PICTURE = "The picture did not arrive. Reload the page to see it.";
const wanted = new WeakMap(); // the latest picture of each canvas

/** Draws a PNG of a trait at its own size, colours as they stand; returns the canvas, or null if no picture came. */
async function draw(canvas, picture) {
  wanted.set(canvas, picture);
  const file = await fileOf(picture, "image/png");
  // what answers in the place of the site, such as the log-in page of a public network, is no picture
  const image = file && await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => null);
  if (wanted.get(canvas) !== picture) return canvas; // a later picture overtook this one
  canvas.width = image?.width ?? 0;
  canvas.height = image?.height ?? 0;
  if (!image) return null;
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(image, 0, 0);
  return canvas;
}

function percent(share) {
  return share > 0 && share < 0.01 ? "<1 %" : `${(100 * share).toFixed(0)} %`;
}

/** A button that puts a text on the clipboard, also on pages (plain http) where the browser has no clipboard API. */
function copier(label, text) {
  const button = make("button", { type: "button", class: "cen-button" }, label);
  button.addEventListener("click", async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(text());
      done = true;
    } catch {
      const area = make("textarea", { class: "cen-offscreen", readonly: true });
      area.value = text();
      button.after(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "The browser does not allow copying";
    setTimeout(() => { button.textContent = label; }, 1600);
  });
  return button;
}

/** A table of [class index, name, shares 0 to 1], a bar behind each figure; the label names it. */
function shareTable(view, columns, rows, write, label) {
  const head = ["Class", ...columns].map((name) => make("th", { scope: "col" }, name));
  const body = rows.map(([index, name, shares]) => make("tr", {},
    make("th", { scope: "row" }, index < 0 ? "" : pointable(view, swatch(view.model, index), index), ` ${name}`),
    ...shares.map((share) => make("td", { class: "cen-heat", style: { "--share": `${100 * share}%` } }, write(share)))));
  return scroller(make("table", { class: "cen-table" }, make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...body)), label);
}

/** A box that a wide table scrolls in, which the keyboard reaches; its name tells it from the other tables. */
function scroller(table, label) {
  return make("div", { class: "cen-scroll", role: "region", tabindex: 0, "aria-label": label }, table);
}

/** The heading of a step and its sentence, from [number, title, sentence]; a mark beside the title where there is one. */
function stepHeading([number, title, intro], note = "") {
  return [
    make("h2", { class: "cen-step-title" }, make("span", { class: "cen-step-number" }, String(number)), ` ${title} `,
      note ? make("span", { class: "cen-step-mark" }, note) : null),
    make("p", { class: "cen-intro" }, intro),
  ];
}

/** A thin bar and a sentence over what is being filled; `set` shows a sentence, or nothing for an empty one. */
function waitBar() {
  const words = make("span");
  const bar = make("div", { class: "cen-wait", hidden: true, "aria-hidden": "true" }, words); // the status line speaks
  return { bar, set: (sentence) => { words.textContent = sentence; bar.hidden = !sentence; } };
}

/** Rows of [name, value]. */
function facts(rows) {
  return make("dl", { class: "cen-facts" },
    ...rows.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

