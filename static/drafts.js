// What was typed is never lost: forms marked data-draft are kept in this browser per user and path until they were saved.
// Never kept: passwords, files, hidden fields, and fields marked data-private (identity numbers).
"use strict";
(() => {
  const words = document.getElementById("words")?.dataset ?? {};
  const { say, fill } = window.coldaisle ?? { say() {}, fill: (text) => text };
  const user = document.body.dataset.user;
  const prefix = `draft:${user}:`;
  const longest_ms = 7 * 86400 * 1000;
  if (!user) { return; }

  const store = {
    read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the form still posts */ } },
    remove(key) { try { localStorage.removeItem(key); } catch { /* forbidden: nothing was kept either */ } },
    keys() { try { return Object.keys(localStorage).filter((key) => key.startsWith("draft:")); } catch { return []; } },
  };
  const keyOf = (form) => `${prefix}${location.pathname}#${form.id}`;
  const kept = (field) => field.name && !["password", "hidden", "file", "submit", "button"].includes(field.type) && !("private" in field.dataset) && !field.closest("[data-private]") && !field.matches("[data-confirm-label]");
  const fields = (form) => [...form.elements].filter(kept);
  const ticking = (field) => field.type === "checkbox" || field.type === "radio";
  const values = (form) => fields(form).map((field) => [field.name, ticking(field) ? `${field.value}=${field.checked}` : field.value]);

  function forget() {
    const saved = document.querySelector('[data-flash="ok"]');
    const from = document.referrer && new URL(document.referrer).origin === location.origin ? new URL(document.referrer).pathname : "";
    const elsewhere = from !== location.pathname && document.body.dataset.section !== "none" && !document.querySelector(".failure");
    for (const key of store.keys()) {
      const draft = store.read(key);
      const sentFrom = draft?.sent && key.startsWith(`${prefix}${from}#`);
      if (!draft || Date.now() - draft.at_ms > longest_ms || (draft.sent && saved && draft.sent_at_ms > Date.now() - 120000) || (sentFrom && elsewhere)) {
        store.remove(key);
      }
    }
  }

  function restore(form) {
    const draft = store.read(keyOf(form));
    // After faults the server has filled in what was sent; only a fresh form needs the draft.
    if (!draft || "answered" in form.dataset) { return; }
    const now = JSON.stringify(values(form));
    if (now === JSON.stringify(draft.values)) { return; }
    const left = new Map();
    draft.values.forEach(([name, value]) => { left.set(name, [...(left.get(name) ?? []), value]); });
    for (const field of fields(form)) {
      const value = left.get(field.name)?.shift();
      if (value === undefined) { continue; }
      if (ticking(field)) { if (value.startsWith(`${field.value}=`)) { field.checked = value.endsWith("=true"); } } else { field.value = value; }
    }
    announce(form, draft);
  }

  function announce(form, draft) {
    const at = new Date(draft.at_ms);
    const clock = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
    const note = notice("note", fill(words.draftRestored, { at: clock }));
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn btn-sm", textContent: words.draftDiscard });
    button.addEventListener("click", () => { store.remove(keyOf(form)); form.reset(); note.remove(); form.querySelector(".form-control")?.focus(); });
    note.append(button);
    form.before(note);
    say(note.textContent);
  }

  function notice(kind, text) {
    const note = document.createElement("div");
    note.className = `notice notice-${kind}`;
    const line = document.createElement("p");
    line.textContent = text;
    note.append(line);
    const icon = document.querySelector("svg.icon")?.cloneNode(true);
    const use = icon?.querySelector("use");
    if (use) {
      use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${kind}`);
      note.prepend(icon);
    }
    return note;
  }

  function watch(form) {
    let timer = 0;
    let touched = false;
    const save = (extra) => store.write(keyOf(form), { at_ms: Date.now(), values: values(form), ...extra });
    if ("answered" in form.dataset) { save({}); }
    form.addEventListener("input", () => { touched = true; clearTimeout(timer); timer = setTimeout(() => save({}), 300); });
    window.addEventListener("pagehide", () => { if (touched && !form.dataset.sending) { save({}); } });
    form.addEventListener("reset", () => { touched = false; clearTimeout(timer); });
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (form.dataset.sending) { event.preventDefault(); return; }
      if (navigator.onLine === false) {
        event.preventDefault();
        save({});
        if (!form.dataset.waiting) {
          form.dataset.waiting = "yes";
          const note = notice("warning", words.sendLater);
          form.querySelector(".form-end")?.before(note);
          say(words.sendLater);
          window.addEventListener("online", () => { note.remove(); delete form.dataset.waiting; form.requestSubmit(); }, { once: true });
        }
        return;
      }
      save({ sent: true, sent_at_ms: Date.now() });
      form.dataset.sending = "yes";
      setTimeout(() => { delete form.dataset.sending; }, 8000);
    });
  }

  window.addEventListener("pageshow", () => { document.querySelectorAll("form[data-sending]").forEach((form) => { delete form.dataset.sending; }); });
  forget();
  document.querySelectorAll("form[data-draft]").forEach((form) => { restore(form); watch(form); });
})();
