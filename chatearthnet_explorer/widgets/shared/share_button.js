function render({ model, el }) {
  const root = frame(model, el, "cen-share-button");
  const button = make("button", { type: "button", class: "cen-button", onclick: share }, "Share");
  const message = make("span", { role: "status", class: "cen-share-message" });
  const field = make("input", { type: "text", readonly: true, class: "cen-share-link", "aria-label": "Link to this page", hidden: true });
  root.append(button, message, field);

  // The clipboard API is missing on plain http and may be refused; then the old command, then a field to copy from.
  async function share() {
    const link = location.href;
    let done = false;
    try {
      await navigator.clipboard.writeText(link);
      done = true;
    } catch {
      field.hidden = false;
      field.value = link;
      field.focus();
      field.select();
      try {
        done = document.execCommand("copy");
      } catch {
        done = false;
      }
    }
    field.hidden = done;
    if (done) button.focus();
    message.textContent = done ? "Link copied. It opens this page on any device that reaches this site."
      : "Copy this link:";
  }

  // a page link may come after this button; a link that was copied before the address changed opens another page
  const site = document.documentElement;
  const show = () => {
    root.hidden = site.dataset.cenPageLink === undefined;
    message.textContent = "";
    field.hidden = true;
  };
  const observer = new MutationObserver(show);
  observer.observe(site, { attributes: true, attributeFilter: ["data-cen-page-link"] });
  show();
  return () => observer.disconnect();
}

export default { render };
