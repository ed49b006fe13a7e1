// The search of films: the sliders say how far up they are, and the address leaves out what is as it always is.
(() => {
  const ask = document.getElementById("ask");
  const sliders = [...ask.querySelectorAll("input[type=range]")];

  function tell() {
    for (const slider of sliders) {
      ask.querySelector(`output[for="${slider.id}"]`).textContent = `${Math.round(slider.value * 100)}%`;
    }
  }
  ask.addEventListener("input", tell);
  addEventListener("pageshow", tell);
  tell();

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get" || !ask.contains(detail.elt)) return;
    for (const { name } of sliders) if (Number(detail.formData.get(name)) === 1) detail.formData.delete(name);
  });
  // The same where the browser itself sends the form.
  ask.addEventListener("formdata", ({ formData }) => {
    for (const { name } of sliders) if (Number(formData.get(name)) === 1) formData.delete(name);
  });
})();
