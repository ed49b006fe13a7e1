// What every page has: "/" goes to the search box, requests that fail say so, and messages go away.
(() => {
  const toasts = () => document.getElementById("toasts");

  function say(text) {
    const toast = document.createElement("div");
    const words = document.createElement("p");
    toast.className = "toast";
    words.textContent = text;
    toast.append(words);
    toasts().append(toast);
    expire(toast);
  }

  // What can be acted upon stays long enough to be acted upon.
  function expire(toast) {
    let timer = null;
    const start = () => (timer = setTimeout(() => toast.remove(), toast.querySelector("button") ? 20000 : 8000));
    const stop = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", stop);
    toast.addEventListener("focusin", stop);
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusout", start);
    start();
  }

  document.addEventListener("DOMContentLoaded", () => toasts().querySelectorAll(".toast").forEach(expire));

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.getElementById("q");
    event.preventDefault();
    if (box) box.select();
    else location.href = document.querySelector(".brand").href;
  });

  // An address says what was asked, not what was left empty.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get") return;
    for (const [name, value] of [...detail.formData]) if (value === "") detail.formData.delete(name);
  });

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    // A session that ended shows its sign-in page as a page, not inside of another.
    if (new URL(detail.xhr.responseURL || location.href).pathname.startsWith("/sign-in/")) {
      detail.shouldSwap = false;
      location.href = `/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`;
    }
  });

  document.addEventListener("htmx:responseError", ({ detail }) => {
    const status = detail.xhr.status;
    if (status === 403) say("This page is too old to do that. Reload it and try again.");
    else if (status === 404) say("That is not here any more.");
    else say("That did not work. Try again in a moment.");
  });
  document.addEventListener("htmx:sendError", () => say("The library cannot be reached. Check the connection and try again."));
  document.addEventListener("htmx:timeout", () => say("The library takes too long to answer. Try again in a moment."));
})();
