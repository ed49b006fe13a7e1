// Choosing films to begin with: how many are chosen, and when that is enough.
(() => {
  const form = document.getElementById("start");
  const least = Number(form.dataset.least);

  function count() {
    const chosen = form.querySelectorAll("[name=film]:checked").length;
    const missing = least - chosen;
    document.getElementById("count").textContent = missing > 0 && least > 1 ? `${chosen} of ${least} chosen` : `${chosen} chosen`;
    document.getElementById("done").disabled = missing > 0;
  }
  form.addEventListener("change", count);
  document.addEventListener("htmx:load", count);
  // A browser that comes back may have remembered what was chosen.
  addEventListener("pageshow", count);
  count();
})();
