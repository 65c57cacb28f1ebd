// The search box offers what fits while one types (a combobox with a list, WAI-ARIA 1.2). Without this script the form is sent.
"use strict";
(() => {
  const box = document.getElementById("search");
  if (!box) { return; }
  const PAUSE_MS = 120;
  const form = box.form;
  const place = document.createElement("div");
  place.className = "offered-place";
  place.hidden = true;
  form.append(place);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-haspopup", "listbox");
  box.setAttribute("aria-expanded", "false");
  let waiting = 0;
  let asking = null;
  let answered = "";
  let chosen = -1;

  const options = () => [...place.querySelectorAll('[role="option"]')];
  const isOpen = () => !place.hidden;
  function close() {
    clearTimeout(waiting);
    asking?.abort();
    place.hidden = true;
    choose(-1);
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-controls");
  }
  function open() {
    if (!place.firstElementChild) { return; }
    place.hidden = false;
    box.setAttribute("aria-controls", "search-offered");
    box.setAttribute("aria-expanded", "true");
  }
  function choose(index) {
    const all = options();
    chosen = index;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0 || index >= all.length) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    box.setAttribute("aria-activedescendant", all[index].id);
    all[index].scrollIntoView({ block: "nearest" });
  }
  async function ask() {
    const query = box.value.trim();
    asking?.abort();
    if (query === "") { answered = ""; place.replaceChildren(); close(); return; }
    if (query === answered && place.firstElementChild) { open(); return; }
    const own = new AbortController();
    asking = own;
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(query)}`, { headers: { Accept: "text/html" }, signal: own.signal });
      // A session that ended answers with another page: then the form is sent as without this script.
      if (!answer.ok || answer.redirected) { close(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const list = page.getElementById("search-offered");
      if (own.signal.aborted || !list) { return; }
      place.replaceChildren(document.adoptNode(list));
      answered = query;
      choose(-1);
      if (document.activeElement === box) { open(); }
    } catch (fault) {
      if (fault.name !== "AbortError") { close(); }
    }
  }
  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE_MS); });
  box.addEventListener("focus", () => { if (box.value.trim() !== "") { ask(); } });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) { return; }
    const all = options();
    if (event.key === "Escape" && isOpen()) { event.preventDefault(); event.stopPropagation(); close(); return; }
    if (event.key === "Enter" && isOpen() && all[chosen]) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) { event.stopPropagation(); window.open(all[chosen].href, "_blank", "noopener"); } else { location.assign(all[chosen].href); }
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) { return; }
    event.preventDefault();
    if (!isOpen()) { ask(); return; }
    const places = all.length + 1;
    // One place more than there are options: the box itself, where typing goes on.
    choose((chosen + 1 + step + places) % places - 1);
  });
  form.addEventListener("submit", close);
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) { close(); } });
  form.addEventListener("focusout", (event) => { if (event.relatedTarget && !form.contains(event.relatedTarget)) { close(); } });
})();
