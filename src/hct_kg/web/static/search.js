// Suggestions while one types: a combobox with a list, https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
// The form works without it; whatever goes wrong here, one can still press Search.
"use strict";

const MOST = 8;
const PAUSE = 150;

function suggest(form) {
  const input = form.querySelector('input[name="q"]');
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let asking = null;
  let waiting = 0;
  let active = -1;

  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  status.className = "hidden";
  status.setAttribute("role", "status");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.parentElement.classList.add("combo");
  input.after(list, status);

  function close() {
    clearTimeout(waiting);
    if (asking) asking.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(number) {
    active = number;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  // Where a hit is shown to people: its page, or the place among the terms where it is described.
  function address(hit) {
    if (!hit.href) return null;
    return new URL(hit.href.startsWith("/v1/") ? `doc/${hit.id}` : hit.href.slice(1), form.action);
  }

  function show(hits) {
    const options = hits.filter(address).map((hit, number) => {
      const option = document.createElement("li");
      const kind = document.createElement("small");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      // A class of somebody else's vocabulary is called by its short IRI: the type in the identifier says more.
      kind.textContent = hit.class.label.includes(":") ? hit.id.split("/")[0] : hit.class.label;
      option.append(hit.label, kind);
      option.addEventListener("click", () => location.assign(address(hit)));
      return option;
    });
    list.replaceChildren(...options);
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    status.textContent = options.length ? `${options.length} suggestions` : "No suggestions";
  }

  async function ask() {
    const words = input.value.trim();
    if (words.length < 2) return close();
    if (asking) asking.abort();
    const own = (asking = new AbortController());
    const url = new URL("v1/search", form.action);
    url.search = new URLSearchParams({ q: words, limit: String(MOST) });
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, signal: own.signal });
      const answer = response.ok ? await response.json() : null;
      if (own === asking && document.activeElement === input) show(answer ? answer.data.hits : []);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  // A press on the list must not take the focus from the field before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return event.key === "ArrowDown" ? ask() : undefined;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(active + step > last ? -1 : active + step < -1 ? last : active + step);
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      list.children[active].click();
    }
  });
}

document.querySelectorAll('form[role="search"]').forEach(suggest);
