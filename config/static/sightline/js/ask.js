// Asking about an item: the answer appears as it comes. Without this script the form is sent, and the page comes back.
(() => {
  const form = document.querySelector("[data-ask]");
  if (!form || !window.ReadableStream || !window.TextDecoder) return;
  const talk = document.getElementById("talk");
  const box = form.querySelector("textarea");
  const stop = form.querySelector("[data-stop]");
  const buttons = [...form.querySelectorAll("button:not([data-stop])")];
  let running = null;

  function add(template) {
    const said = document.getElementById(template).content.firstElementChild.cloneNode(true);
    talk.hidden = false;
    talk.append(said);
    return said;
  }

  function complain(said, sentence, mild) {
    const notice = document.createElement("p");
    notice.className = mild ? "notice" : "notice bad";
    notice.textContent = sentence;
    said.querySelector(".ask-wait")?.remove();
    said.append(notice);
  }

  // Where the reader of the page has scrolled away to look at something, they are left there.
  function follow(said) {
    const { bottom } = said.getBoundingClientRect();
    if (bottom > innerHeight && bottom < innerHeight + 240) said.scrollIntoView({ block: "end" });
  }

  function* events(buffer) {
    for (const block of buffer) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name && data) yield { name, data: JSON.parse(data) };
    }
  }

  // An answer that is kept from before can be asked for anew.
  function offerAnew(said, question, purpose) {
    const line = document.createElement("p");
    const button = document.createElement("button");
    line.className = "quiet";
    line.textContent = "Answered before. ";
    button.type = "button";
    button.className = "link";
    button.textContent = "Ask anew";
    button.addEventListener("click", () => ask(question, purpose, true));
    line.append(button);
    said.append(line);
  }

  async function listen(response, said) {
    const prose = said.querySelector(".prose");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let ended = false;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const { name, data } of events(blocks)) {
        if (name === "begun") {
          form.elements.conversation.value = data.conversation;
          history.replaceState(null, "", `?conversation=${data.conversation}#ask`);
        } else if (name === "sources") {
          // What the answer will rest on, beside it before a word of it is there.
          if (data.asked_as) {
            const note = document.createElement("p");
            note.className = "quiet asked-as";
            note.textContent = `Searched for: ${data.asked_as}`;
            said.prepend(note);
          }
          said.querySelector("[data-sources]").innerHTML = data.html;
        } else if (name === "piece") {
          said.querySelector(".ask-wait")?.remove();
          // As it is written while it comes; laid out by the server, cleaned, when it is whole.
          prose.classList.add("coming");
          prose.textContent += data.text;
        } else if (name === "end") {
          ended = true;
          said.querySelector(".ask-wait")?.remove();
          prose.classList.remove("coming");
          prose.innerHTML = data.html;
          prose.hidden = !data.html;
          const sources = said.querySelector("[data-sources]");
          if (sources && data.sources !== undefined) sources.innerHTML = data.sources;
          if (data.after) said.insertAdjacentHTML("beforeend", data.after);
          if (window.htmx) window.htmx.process(said);
          said.dataset.state = data.state;
          if (data.cached) said.dataset.cached = "";
          if (data.problem) complain(said, data.problem, data.state === "cut-off" || data.state === "left");
        }
      }
      follow(said);
    }
    if (!ended) complain(said, "The answer broke off. What there was of it is kept; ask again.");
  }

  async function ask(question, purpose, fresh = false) {
    if (running) return;
    running = new AbortController();
    const asked = new FormData(form);
    asked.set("question", question);
    asked.set("purpose", purpose);
    if (fresh) {
      // In a conversation of its own: the same question after its own answer is another one.
      asked.set("fresh", "1");
      asked.set("conversation", "");
    }
    add("said-person").querySelector("p").textContent = purpose === "ask" ? question : `${purpose === "describe" ? "Describe" : "Explain"} it`;
    const said = add("said-model");
    said.scrollIntoView({ block: "nearest" });
    busy(true);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: asked,
        headers: { Accept: "text/event-stream" },
        signal: running.signal,
      });
      if (response.redirected) location.href = response.url;
      else if (response.ok) {
        await listen(response, said);
        if ("cached" in said.dataset) offerAnew(said, question, purpose);
      }
      else if (response.status === 403) complain(said, "This page is too old to do that. Reload it and try again.");
      else if (response.status === 404) complain(said, "This item is not here any more.");
      else if (response.headers.get("Content-Type")?.startsWith("text/plain")) complain(said, await response.text());
      else complain(said, "That did not work. Try again in a moment.");
    } catch (error) {
      if (error.name === "AbortError") complain(said, "Stopped. What there was of the answer is kept.", true);
      else complain(said, "The library cannot be reached. Check the connection and try again.");
    } finally {
      running = null;
      busy(false);
    }
  }

  function busy(on) {
    stop.hidden = !on;
    for (const button of buttons) button.disabled = on;
    talk.setAttribute("aria-busy", on);
    if (!on) {
      box.value = "";
      grow();
      box.focus({ preventScroll: true });
    }
  }

  function grow() {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 200)}px`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const by = event.submitter;
    if (by?.name === "purpose") return ask("", by.value);
    const question = (by?.name === "question" ? by.value : box.value).trim();
    if (question) ask(question, "ask");
    else box.focus();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".go"));
  });
  box.addEventListener("input", grow);
  stop.addEventListener("click", () => running?.abort());
})();
