// The live console of a machine: a terminal at the end of a WebSocket. Binary messages are characters, text messages are JSON.
"use strict";
(() => {
  const root = document.querySelector("[data-console]");
  if (!root || !window.Terminal) return;
  const { terminal, addNote } = window.coldaisleTerminal;
  const find = (name) => root.querySelector(`[data-${name}]`);
  const word = (name, values) => Object.entries(values ?? {}).reduce((text, [key, value]) => text.replace(`{${key}}`, value), root.dataset[name] ?? "");
  const kinds = { off: "off", connecting: "working", open: "ok", waiting: "warning", in_use: "warning", refused: "fault", gone: "warning" };
  // Pieces of what is typed or pasted; the server takes the next one when the machine has room.
  const piece = 4096;
  const rests = [1000, 2000, 5000, 10000];
  const keys = {
    escape: "\x1b", tab: "\t", up: "\x1b[A", down: "\x1b[B", right: "\x1b[C", left: "\x1b[D", home: "\x1b[1~", end: "\x1b[4~", "page-up": "\x1b[5~", "page-down": "\x1b[6~", delete: "\x1b[3~",
    f1: "\x1bOP", f2: "\x1bOQ", f8: "\x1b[19~", f9: "\x1b[20~", f10: "\x1b[21~", f11: "\x1b[23~", f12: "\x1b[24~", interrupt: "\x03", "end-of-file": "\x04", pipe: "|", slash: "/", dash: "-", tilde: "~",
  };

  const live = find("live");
  const start = find("start");
  const encoder = new TextEncoder();
  let screen = null;
  let socket = null;
  let mode = "write";
  let reason = "";
  let over = true;
  let tries = 0;
  let again = 0;
  let control = false;
  let isWriter = false;

  function say(state) {
    find("state").textContent = root.dataset[`state${state[0].toUpperCase()}${state.slice(1)}`] ?? root.getAttribute(`data-state-${state}`) ?? state;
    find("lamp").className = `console-lamp state-${kinds[state] ?? "off"}`;
    root.dataset.now = state;
  }

  function standing(now) {
    isWriter = now.is_writer;
    say(now.line);
    find("writer").textContent = now.is_writer ? word("wordYou") : now.writer ? word("wordWriter", { name: now.writer }) : word("wordNobody");
    find("people").textContent = now.people > 1 ? word("wordPeople", { count: now.people }) : "";
    find("waiting").textContent = now.waiting > 0 ? word("wordWaiting", { count: now.waiting }) : "";
    const mayWrite = Boolean(find("keys"));
    const show = (element, yes) => { if (element) element.hidden = !yes; };
    show(root.querySelector('[data-wish="take"]'), mayWrite && !now.is_writer);
    show(root.querySelector('[data-wish="break"]'), now.is_writer && now.line === "open");
    show(root.querySelector('[data-wish="reopen"]'), now.is_writer && ["waiting", "in_use", "refused"].includes(now.line));
    show(find("ask-evict"), now.is_writer && now.line === "in_use");
    show(find("keys"), now.is_writer);
    screen.term.options.disableStdin = !now.is_writer;
  }

  function note(text) {
    addNote(find("notes"), text, 12);
    screen.note(text);
  }

  function heard(event) {
    if (event.data instanceof ArrayBuffer) { screen.write(new Uint8Array(event.data)); return; }
    const said = JSON.parse(event.data);
    if (said.standing) { tries = 0; standing(said.standing); }
    if (said.note) note(said.note);
    if (said.lagging) note(said.lagging);
    if (said.fault) { over = true; note(said.fault); say("refused"); }
    if (said.ended) { over = true; note(said.ended); say("off"); }
  }

  function connect() {
    clearTimeout(again);
    const address = new URL(root.dataset.console, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("watch", mode === "watch");
    if (reason) address.searchParams.set("reason", reason);
    say("connecting");
    screen.term.reset();
    const mine = socket = new WebSocket(address);
    mine.binaryType = "arraybuffer";
    mine.onmessage = (event) => { if (mine === socket) heard(event); };
    mine.onopen = () => { sendSize(); };
    mine.onclose = () => {
      if (mine !== socket) return;
      socket = null;
      if (over) { ended(); return; }
      say("gone");
      again = setTimeout(connect, rests[Math.min(tries, rests.length - 1)]);
      tries += 1;
    };
  }

  function ended() {
    start.hidden = false;
    find("leave").hidden = true;
    for (const button of root.querySelectorAll("[data-wish], [data-ask-evict]")) button.hidden = true;
    if (find("keys")) find("keys").hidden = true;
    screen.term.options.disableStdin = true;
  }

  const wish = (what) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what)); };
  function sendSize() { wish({ do: "size", columns: screen.term.cols, rows: screen.term.rows }); }

  function type(text) {
    if (!isWriter || socket?.readyState !== WebSocket.OPEN) return;
    if (control && text.length === 1) { text = String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f); press(false); }
    const octets = encoder.encode(text);
    for (let at = 0; at < octets.length; at += piece) socket.send(octets.subarray(at, at + piece));
  }

  function press(on) {
    control = on;
    find("ctrl")?.setAttribute("aria-pressed", String(on));
  }

  start.addEventListener("submit", (event) => {
    event.preventDefault();
    mode = event.submitter?.dataset.mode ?? "watch";
    reason = start.querySelector("input").value.trim();
    live.hidden = false;
    start.hidden = true;
    find("leave").hidden = false;
    if (!screen) {
      screen = terminal(find("terminal"), false);
      screen.term.onData(type);
      root.coldaisleTerm = screen.term;
    }
    over = false;
    tries = 0;
    find("notes").replaceChildren();
    connect();
    screen.term.focus();
  });
  find("leave").addEventListener("click", () => { over = true; clearTimeout(again); if (socket) socket.close(); else { say("off"); ended(); } });
  for (const button of root.querySelectorAll("[data-wish]")) {
    button.addEventListener("click", () => { wish({ do: button.dataset.wish }); screen.term.focus(); });
  }
  find("ask-evict").addEventListener("click", () => find("evict-dialog").showModal());
  find("evict-dialog").addEventListener("close", (event) => { if (event.target.returnValue === "yes") wish({ do: "evict" }); });
  find("larger").addEventListener("click", (event) => {
    const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
    event.currentTarget.setAttribute("aria-pressed", String(on));
    screen.larger(on);
  });
  find("size").addEventListener("change", (event) => {
    const [columns, rows] = event.target.value.split("x").map(Number);
    screen.resize(columns, rows);
    sendSize();
  });
  find("keys")?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-ctrl")) press(!control);
    else type(keys[button.dataset.key] ?? "");
    screen.term.focus();
  });
})();
