// The chat's corners: the file that goes with a question, and a last word before something is deleted.
(() => {
  const form = document.querySelector(".chat-form");
  if (!form) return;
  const file = form.querySelector('input[type="file"]');
  const shown = form.querySelector("[data-with]");

  function show() {
    const chosen = file.files[0];
    shown.replaceChildren();
    shown.hidden = !chosen;
    if (!chosen) return;
    const name = document.createElement("span");
    name.textContent = `With ${chosen.name}`;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "link";
    drop.textContent = "Leave it out";
    drop.addEventListener("click", () => {
      file.value = "";
      show();
    });
    shown.append(name, drop);
  }

  file.addEventListener("change", show);
  // A file goes with one question.
  new MutationObserver(() => {
    if (document.getElementById("talk").getAttribute("aria-busy") === "false" && file.value) {
      file.value = "";
      show();
    }
  }).observe(document.getElementById("talk"), { attributeFilter: ["aria-busy"] });

  for (const risky of document.querySelectorAll("[data-sure]"))
    risky.addEventListener("submit", (event) => {
      if (!confirm(risky.dataset.sure)) event.preventDefault();
    });

  if (matchMedia("(width >= 960px)").matches)
    for (const list of document.querySelectorAll("[data-wide-open]")) list.open = true;
  document.getElementById("talk").lastElementChild?.scrollIntoView({ block: "nearest" });
})();
