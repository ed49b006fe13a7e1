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

  function leaveOut(data) {
    for (const { name, value, dataset } of sliders) if (Number(value) === Number(dataset.usual)) data.delete(name);
  }

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get" || !ask.contains(detail.elt)) return;
    leaveOut(detail.formData);
  });
  // The same where the browser itself sends the form.
  ask.addEventListener("formdata", ({ formData }) => leaveOut(formData));
})();
