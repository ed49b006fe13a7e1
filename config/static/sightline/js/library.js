// Ticked items: how many there are, and what can be done with them.
(() => {
  // On a phone the row of views scrolls; the chosen one should be in sight.
  const row = document.querySelector(".views");
  const chosen = row?.querySelector("[aria-current]");
  if (chosen) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;

  const bulk = document.getElementById("bulk");
  if (!bulk) return;
  const all = document.getElementById("all");
  const boxes = () => [...document.querySelectorAll(".pick input")];

  function count() {
    const ticked = boxes().filter((box) => box.checked).length;
    bulk.classList.toggle("on", ticked > 0);
    document.getElementById("ticked").textContent = ticked ? `${ticked} selected` : "";
    all.querySelector("input").checked = ticked > 0 && ticked === boxes().length;
  }
  all.hidden = false;
  all.addEventListener("change", (event) => {
    boxes().forEach((box) => (box.checked = event.target.checked));
    count();
  });
  document.addEventListener("change", (event) => event.target.closest(".pick") && count());
  addEventListener("pageshow", count);
})();
