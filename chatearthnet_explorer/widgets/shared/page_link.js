// The address of the page follows `address`; Back and Forward are sent as `visit`.
const LONGEST = 60_001; // one character more than Python reads, so that it notices

/** Tells other views that the address of this page can be shared, and each time that it has changed. */
const announce = () => { document.documentElement.dataset.cenPageLink = location.search; };

function initialize({ model }) {
  let steps = null; // how many entries of the history were begun; null before the first
  let latest = 0; // the latest visit

  const write = () => {
    const { query, steps: wanted, turn } = model.get("address");
    const isNew = steps !== null && wanted > steps;
    steps = wanted;
    if (turn < latest) return; // written before Python knew of the visit, and meant for another entry
    const address = location.pathname + (query ? `?${query}` : "") + (isNew ? "" : location.hash);
    if (address === location.pathname + location.search + location.hash) return;
    try {
      history[isNew ? "pushState" : "replaceState"](isNew ? null : history.state, "", address);
      announce();
    } catch {
      // a browser refuses when an address changes too often; the next change writes it
    }
  };

  const visit = () => {
    const query = location.search.slice(1, 1 + LONGEST);
    if (query === model.get("address").query) return; // a jump within the page
    latest += 1;
    announce();
    send(model, { visit: { query, turn: latest } }); // the site's start.js keeps it until this widget is connected
  };

  const fields = (query) => [...new URLSearchParams(query)].map(String).sort().join("&");
  const opened = model.get("first_query");
  const isOpened = fields(location.search) === fields(opened) || location.search.length >= LONGEST; // Python has no more of it
  if (!isOpened) visit(); // the person was quicker than the page
  else if (model.get("address").query === opened) ({ steps } = model.get("address"));
  else write();
  model.on("change:address", write);
  addEventListener("popstate", visit);
  return () => {
    model.off("change:address", write);
    removeEventListener("popstate", visit);
  };
}

function render({ model, el }) {
  const root = frame(model, el, "cen-page-link");
  const words = make("span", { dir: "auto" });
  const dismiss = make("button", { type: "button", class: "cen-button" }, "Dismiss");
  const box = make("div", { class: "cen-link-notice" }, make("div", { role: "status" }, words), dismiss);
  root.append(box);
  announce();

  let dismissed = "";
  const show = () => {
    const notice = model.get("notice");
    box.hidden = !notice || notice === dismissed;
    words.textContent = box.hidden ? "" : notice;
  };
  dismiss.addEventListener("click", () => {
    dismissed = model.get("notice");
    show();
  });
  show();
  return listen(model, { notice: show });
}

export default { initialize, render };
