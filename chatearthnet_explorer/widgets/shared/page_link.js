// The address of the page follows `address`; Back and Forward are sent as `visit`.
const LONGEST = 60_001; // one character more than Python reads, so that it notices

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
    } catch {
      // a browser refuses when an address changes too often; the next change writes it
    }
  };

  const visit = () => {
    const query = location.search.slice(1, 1 + LONGEST);
    if (query === model.get("address").query) return; // a jump within the page
    model.set("visit", { query, turn: ++latest });
    model.save_changes();
  };

  const fields = (query) => [...new URLSearchParams(query)].map(String).sort().join("&");
  if (fields(location.search) === fields(model.get("opened"))) write();
  else visit(); // the person was quicker than the page
  model.on("change:address", write);
  addEventListener("popstate", visit);
  return () => {
    model.off("change:address", write);
    removeEventListener("popstate", visit);
  };
}

function render({ model, el }) {
  const style = document.createElement("style");
  style.textContent = model.get("style_sheet");
  const box = document.createElement("div");
  box.className = "cen-link-notice";
  const region = document.createElement("div");
  region.setAttribute("role", "status");
  const words = document.createElement("span");
  words.dir = "auto";
  region.append(words);
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.textContent = "Dismiss";
  box.append(region, dismiss);
  el.replaceChildren(style, box);

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
  model.on("change:notice", show);
  return () => model.off("change:notice", show);
}

export default { initialize, render };
