// Watches the page's connection: says when the server is gone or refuses it, and when it is back; switches
// between light and dark. Runs before the page is drawn, so that no wrong colour is seen, and before Bokeh's own
// scripts, so that it sees their websocket from the start.
(() => {
  const root = document.documentElement;
  root.classList.add("site-has-script");
  const THEME = "chatearthnet-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");

  // a browser may refuse storage; then a choice holds until the page is left
  const stored = () => {
    try {
      return localStorage.getItem(THEME);
    } catch {
      return null;
    }
  };
  const store = (theme) => {
    try {
      if (theme) localStorage.setItem(THEME, theme);
      else localStorage.removeItem(THEME);
    } catch {
      // as above
    }
  };

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const showTheme = () => {
    const button = document.getElementById("site-theme");
    if (button) button.setAttribute("aria-pressed", String(isDark()));
    // what rules of JupyterLab and of our views read
    for (const element of document.querySelectorAll("body, .site-live > *")) {
      element.dataset.jpThemeLight = String(!isDark());
      const inside = element.shadowRoot?.querySelector("div");
      if (inside) inside.dataset.jpThemeLight = String(!isDark());
    }
    dispatchEvent(new CustomEvent("chatearthnet-theme", { detail: { dark: isDark() } }));
  };
  const setTheme = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    showTheme();
  };

  const theme = stored();
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  system.addEventListener("change", showTheme);
  addEventListener("storage", ({ key, newValue }) => {
    if (key === THEME) setTheme(newValue === "dark" || newValue === "light" ? newValue : "");
  });
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("site-theme");
    button.hidden = false;
    button.addEventListener("click", () => {
      const dark = !isDark();
      // the choice that the system would make is no choice: the page follows the system again
      const chosen = dark === system.matches ? "" : dark ? "dark" : "light";
      store(chosen);
      setTheme(chosen);
    });
    showTheme();
    new MutationObserver(showTheme).observe(document.getElementById("site-live"), { childList: true });
  });
  window.chatearthnetTheme = showTheme; // for what draws its colours later
  const ASK_AGAIN = 2000;
  let leaving = false;
  let asking = false;

  const bar = document.createElement("div");
  bar.setAttribute("role", "alert");
  bar.className = "cen-connection";
  bar.style.cssText =
    "position:fixed;z-index:100000;top:0;left:0;right:0;padding:10px 16px;display:flex;flex-wrap:wrap;gap:8px 16px;" +
    "align-items:center;background:#7a2e0e;color:#fff;font:15px/1.4 system-ui,sans-serif;box-shadow:0 1px 6px #0006";
  const words = document.createElement("span");
  words.style.cssText = "flex:1 1 16em;overflow-wrap:anywhere";
  const reload = document.createElement("button");
  reload.type = "button";
  reload.style.cssText =
    "font:inherit;padding:4px 14px;border:1px solid #fff;border-radius:4px;background:#fff;color:#7a2e0e;cursor:pointer";
  reload.addEventListener("click", () => location.reload());
  bar.append(words);

  const show = (sentence, button) => {
    if (leaving) return;
    words.textContent = sentence;
    reload.remove();
    if (button) {
      reload.textContent = button;
      bar.append(reload);
    }
    if (!bar.isConnected) document.body.append(bar);
  };

  const status = () =>
    fetch(`${root.dataset.site}status?origin=${encodeURIComponent(location.origin)}`, { cache: "no-store", signal: AbortSignal.timeout(10000) });

  // Asks until the server answers, and says what it answers.
  const watch = async (gone) => {
    if (asking || leaving) return;
    asking = true;
    let wasAway = false;
    show(gone);
    for (;;) {
      try {
        const answer = await status();
        if (answer.status === 403) {
          show("The server was restarted and needs its new token. Your place is saved.", "Enter the token");
          break;
        }
        if (answer.ok) {
          const { connects } = await answer.json();
          const sentence = wasAway
            ? "The server is back. Your place is saved."
            : "The connection ended, as after a long pause or without a network. Your place is saved.";
          if (connects) show(sentence, "Reload");
          else show(`The server refuses pages from ${location.host}; start it with --allow-host ${location.host}.`, "Reload");
          break;
        }
      } catch {
        wasAway = true; // not there yet
      }
      await new Promise((resume) => setTimeout(resume, ASK_AGAIN));
    }
    asking = false;
  };

  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...given) {
      super(...given);
      let opened = false;
      this.addEventListener("open", () => {
        opened = true;
      });
      this.addEventListener("close", () => {
        if (opened) watch("Lost the connection to the server; waiting for it. The page stays, but nothing works until then.");
        else watch("This page cannot connect to its server; checking why.");
      });
    }
  };
  const showIncomplete = () => show("A part of this page did not arrive. Your place is saved.", "Reload");
  addEventListener("chatearthnet-incomplete", showIncomplete); // start.js asked several times
  addEventListener("error", ({ target }) => { if (target instanceof HTMLScriptElement) showIncomplete(); }, true);
  for (const event of ["beforeunload", "pagehide"]) addEventListener(event, () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  // whoever is warned of unsaved work may stay
  addEventListener("beforeunload", () => setTimeout(() => (leaving = false), 3000));
})();
