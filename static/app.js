// Small enhancements of pages that also work without them. No framework; words come from <template id="words">.
"use strict";
(() => {
  const words = document.getElementById("words")?.dataset ?? {};
  const live = document.getElementById("live");
  const token = () => document.querySelector('meta[name="csrf"]')?.content ?? "";
  const say = (text) => { if (live) { live.textContent = ""; setTimeout(() => { live.textContent = text; }, 50); } };
  const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const clock = (date) => `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
  const each = (root, selector, act) => {
    if (root.matches?.(selector)) { act(root); }
    root.querySelectorAll(selector).forEach(act);
  };
  window.coldaisle = { say, fill, token };

  // ---- keys: "/" to the search box, Control+Enter saves ----
  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      const box = document.getElementById("search");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form");
      if (form?.querySelector('[type="submit"]:not(:disabled)')) { event.preventDefault(); form.requestSubmit(); }
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) { menu.open = false; } });
  });

  // ---- theme: at once, then saved ----
  each(document, "[data-theme-form]", (form) => form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.name !== "theme") { return; }
    event.preventDefault();
    if (button.value === "auto") { document.documentElement.removeAttribute("data-bs-theme"); } else { document.documentElement.dataset.bsTheme = button.value; }
    document.querySelectorAll('[data-theme-form] [name="theme"]').forEach((other) => other.setAttribute("aria-pressed", String(other.value === button.value)));
    const use = document.querySelector(".menu-theme > summary use");
    if (use) { use.setAttribute("href", button.querySelector("use").getAttribute("href")); }
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
    document.dispatchEvent(new CustomEvent("coldaisle:theme"));
    const body = new URLSearchParams(new FormData(form, button));
    fetch(form.action, { method: "POST", body, headers: { "X-CSRF-Token": token() }, redirect: "manual" })
      .then((answer) => { if (answer.status >= 400) { say(words.themeFailed); } }, () => say(words.themeFailed));
  }));

  // ---- htmx ----
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = token(); });

  // ---- rows are links; filters send themselves; copying; ticks ----
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.(".rows-are-links tbody tr");
    const link = row?.querySelector(".row-link");
    if (!link || event.target.closest("a, button, input, label, select") || String(getSelection())) { return; }
    if (event.ctrlKey || event.metaKey) { window.open(link.href, "_blank", "noopener"); } else { link.click(); }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-submit-on-change]")) { event.target.form.requestSubmit(); }
    if (event.target.matches?.("[data-tick]")) { countTicks(event.target.getAttribute("form")); }
  });
  // One box ticks all boxes of a name in its form; it appears with the script that makes it work.
  each(document, "[data-tick-all]", (label) => {
    const all = label.querySelector("input");
    const boxes = [...all.form.elements].filter((box) => box.name === label.dataset.tickAll && box.type === "checkbox");
    const tell = () => { const on = boxes.filter((box) => box.checked).length; all.checked = on === boxes.length; all.indeterminate = on > 0 && on < boxes.length; };
    all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
    boxes.forEach((box) => box.addEventListener("change", tell));
    label.hidden = false;
    tell();
  });
  function countTicks(id) {
    const bar = document.getElementById(id);
    const count = document.querySelectorAll(`[data-tick][form="${CSS.escape(id)}"]:checked`).length;
    if (!bar) { return; }
    bar.hidden = count === 0;
    const text = bar.querySelector("[data-bulk-count]");
    if (text) { text.textContent = fill(words.ticked, { count }); }
  }
  if (navigator.clipboard) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-copy]");
      if (button) { navigator.clipboard.writeText(button.dataset.copy).then(() => say(button.dataset.copy)); }
    });
  }

  // ---- dates: the text field stays the truth, the browser's calendar fills it ----
  function offerPicker(button) {
    const field = document.querySelector(button.dataset.pickInto);
    const picker = document.createElement("input");
    picker.type = button.dataset.pick;
    if (!field || picker.type === "text" || !picker.showPicker) { return; }
    picker.tabIndex = -1;
    picker.className = "picker";
    picker.setAttribute("aria-hidden", "true");
    button.after(picker);
    button.hidden = false;
    button.addEventListener("click", () => {
      picker.value = field.value.trim().replace(" ", "T").slice(0, picker.type === "date" ? 10 : 16);
      picker.showPicker();
    });
    picker.addEventListener("change", () => {
      field.value = picker.value.replace("T", " ");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
  }

  // ---- questions as dialogs over the page ----
  function guardLabel(root) {
    const field = root.querySelector("[data-confirm-label]");
    const button = field?.form.querySelector('[type="submit"]');
    if (!field || !button) { return; }
    const check = () => { button.disabled = field.value.trim() !== field.dataset.confirmLabel; };
    field.addEventListener("input", check);
    check();
  }
  function openOver(content, labelledBy) {
    const over = document.createElement("dialog");
    over.className = "over";
    over.append(content);
    if (labelledBy) { over.setAttribute("aria-labelledby", labelledBy); }
    document.body.append(over);
    over.addEventListener("close", () => over.remove());
    over.addEventListener("click", (event) => { if (event.target === over || event.target.closest("[data-dialog-cancel]")) { event.preventDefault(); over.close(); } });
    over.showModal();
    return over;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) { return; }
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    fetch(link.href, { headers: { Accept: "text/html" } }).then(async (answer) => {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const body = page.querySelector("[data-dialog-body]");
      if (!answer.ok || !body) { location.assign(link.href); return; }
      const over = openOver(document.adoptNode(body), "dialog-title");
      prepare(over);
      // With a finger the first thing is to read: no keyboard over the machine's name, and no scrolling past it.
      const label = matchMedia("(pointer: coarse)").matches ? null : over.querySelector("[data-confirm-label]");
      (label ?? over.querySelector("[data-dialog-cancel]"))?.focus({ preventScroll: true });
    }).catch(() => say(words.dialogFailed)).finally(() => link.removeAttribute("aria-busy"));
  });

  // ---- scanning ----
  const canScan = "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);
  async function scan(found) {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch { say(words.scanNoCamera); return false; }
    const card = document.createElement("div");
    card.className = "dialog-card";
    const title = document.createElement("h2");
    title.id = "scan-title";
    title.textContent = words.scanTitle;
    const video = document.createElement("video");
    Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
    const end = document.createElement("div");
    end.className = "dialog-end";
    const close = document.createElement("button");
    Object.assign(close, { type: "button", className: "btn", textContent: words.close });
    close.dataset.dialogCancel = "";
    end.append(close);
    card.append(title, video, end);
    const over = openOver(card, title.id);
    let open = true;
    over.addEventListener("close", () => { open = false; stream.getTracks().forEach((track) => track.stop()); });
    await video.play();
    const detector = new window.BarcodeDetector();
    while (open) {
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length > 0 && open) { over.close(); found(codes[0].rawValue.trim()); break; }
      await new Promise((next) => { requestAnimationFrame(next); });
    }
    return true;
  }
  document.addEventListener("click", async (event) => {
    const into = event.target.closest?.("[data-scan-into]");
    const link = event.target.closest?.("a[data-scan]");
    if (!canScan || (!into && !link)) { return; }
    event.preventDefault();
    const worked = await scan((text) => {
      if (into) {
        const field = document.querySelector(into.dataset.scanInto);
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.focus();
        return;
      }
      // Our own labels carry an address of this server; anything else is a serial to search for.
      const url = URL.canParse?.(text) ? new URL(text) : null;
      location.assign(url && url.origin === location.origin ? url.href : `/search?scan=1&q=${encodeURIComponent(text)}`);
    });
    if (!worked && link) { location.assign(link.href); }
  });

  function prepare(root) {
    each(root, "[data-confirm-label]", (field) => guardLabel(field.form));
    each(root, "[data-pick]", offerPicker);
    each(root, "[data-copy]", (button) => { button.hidden = !navigator.clipboard; });
    each(root, "[data-scan-into]", (button) => { button.hidden = !canScan; });
  }
  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  document.querySelector("[data-faults]")?.focus();

  // ---- parts that update themselves ----
  const lost = new Map();
  each(document, "[data-autorefresh]", (region) => {
    const own = region.dataset.autorefresh === "";
    region.setAttribute("hx-get", own ? location.pathname + location.search : region.dataset.autorefresh);
    region.setAttribute("hx-select", `#${region.id} > *`);
    region.setAttribute("hx-swap", "innerHTML");
    region.setAttribute("hx-trigger", "refresh");
    window.htmx?.process(region);
    const ask = () => { if (!document.hidden && !region.querySelector("[data-settled]") && !region.contains(document.activeElement?.closest("input, textarea, select") ?? null)) { window.htmx?.trigger(region, "refresh"); } };
    setInterval(ask, (Number(region.dataset.every) || 15) * 1000);
    document.addEventListener("visibilitychange", ask);
    window.addEventListener("online", ask);
    if (region.dataset.events && "EventSource" in window) {
      const source = new EventSource(region.dataset.events);
      source.addEventListener("message", ask);
      source.addEventListener("changed", ask);
      source.addEventListener("settled", () => { ask(); source.close(); });
    }
  });
  function lineLost(region, signedOut) {
    if (!lost.has(region)) { lost.set(region, new Date()); }
    region.classList.add("is-stale");
    const text = signedOut ? words.signedOut : fill(words.lineLost, { since: clock(lost.get(region)) });
    const note = region.querySelector("[data-line]");
    if (note && note.textContent !== text) {
      note.textContent = text;
      if (signedOut) {
        const link = document.createElement("a");
        link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
        link.textContent = words.signIn;
        note.append(" ", link);
      }
      say(text);
    }
  }
  const regionOf = (event) => event.detail.elt?.closest?.("[data-autorefresh]");
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => { const region = regionOf(event); if (region) { lineLost(region, false); } });
  }
  document.addEventListener("htmx:responseError", (event) => {
    const region = regionOf(event);
    if (region) { lineLost(region, event.detail.xhr.status === 401); }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const region = regionOf(event);
    if (!region) { return; }
    const text = event.detail.serverResponse ?? "";
    if (event.detail.xhr.status === 200 && !text.includes(`id="${region.id}"`)) {
      // Another page answered: the session ended and this is the sign-in page.
      event.detail.shouldSwap = false;
      lineLost(region, true);
      return;
    }
    if (event.detail.shouldSwap && lost.delete(region)) { region.classList.remove("is-stale"); say(words.lineBack); }
  });
})();
