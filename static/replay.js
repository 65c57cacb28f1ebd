// Replays a recording: frames of [milliseconds u32, kind u8, length u32, octets], least significant first.
"use strict";
(() => {
  const root = document.querySelector("[data-replay]");
  if (!root || !window.Terminal) return;
  const { terminal, addNote } = window.coldaisleTerminal;
  const find = (name) => root.querySelector(`[data-${name}]`);
  const header = 9;
  // A pause longer than this is shortened to it, when pauses are skipped.
  const longest_ms = 2000;
  const step_ms = 5000;
  const decoder = new TextDecoder();
  const screen = terminal(find("terminal"), true);
  let frames = [];
  let length_ms = 0;
  let at_ms = 0;
  let next = 0;
  let last = null;

  function parse(buffer) {
    const view = new DataView(buffer);
    const found = [];
    for (let at = 0; at + header <= view.byteLength;) {
      const size = view.getUint32(at + 5, true);
      found.push({ said_ms: view.getUint32(at, true), kind: String.fromCharCode(view.getUint8(at + 4)), octets: new Uint8Array(buffer, at + header, size) });
      at += header + size;
    }
    return found;
  }

  // When each frame is shown: as it was, or with long pauses shortened.
  function schedule() {
    const skip = find("skip").checked;
    let shown = 0;
    let before = 0;
    for (const frame of frames) {
      const pause = Math.max(0, frame.said_ms - before);
      shown += skip ? Math.min(pause, longest_ms) : pause;
      frame.at_ms = shown;
      before = frame.said_ms;
    }
    length_ms = shown;
    find("position").max = Math.max(1, length_ms);
  }

  function show(frame) {
    if (frame.kind === "o") screen.write(frame.octets);
    else if (frame.kind === "r") {
      const [columns, rows] = decoder.decode(frame.octets).split("x").map(Number);
      if (columns > 0 && rows > 0 && columns <= 500 && rows <= 300) screen.resize(columns, rows);
    } else if (frame.kind === "n") {
      const text = decoder.decode(frame.octets);
      if (text) { screen.note(text); addNote(find("notes"), text, 200); }
    }
  }

  const time = (ms) => { const s = Math.floor(ms / 1000); const two = (n) => String(n).padStart(2, "0"); return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`; };

  function tell() {
    find("position").value = at_ms;
    find("position").setAttribute("aria-valuetext", time(at_ms));
    find("clock").textContent = `${time(at_ms)} / ${time(length_ms)}`;
  }

  function advance(to) {
    while (next < frames.length && frames[next].at_ms <= to) { show(frames[next]); next += 1; }
    at_ms = Math.min(to, length_ms);
    tell();
  }

  function seek(to) {
    const wanted = Math.max(0, Math.min(length_ms, to));
    if (wanted < at_ms) { screen.term.reset(); find("notes").replaceChildren(); next = 0; }
    advance(wanted);
  }

  function tick(now) {
    if (last === null) return;
    advance(at_ms + (now - last) * Number(find("speed").value));
    last = now;
    if (at_ms >= length_ms) play(false);
    else requestAnimationFrame(tick);
  }

  function play(on) {
    if (on && at_ms >= length_ms) seek(0);
    last = on ? performance.now() : null;
    find("play").textContent = on ? root.dataset.wordPause : root.dataset.wordPlay;
    if (on) requestAnimationFrame(tick);
  }

  function faster(by) {
    const choice = find("speed");
    choice.selectedIndex = Math.max(0, Math.min(choice.options.length - 1, choice.selectedIndex + by));
  }

  async function load() {
    const answer = await fetch(root.dataset.replay, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    frames = parse(await answer.arrayBuffer());
    schedule();
    find("status").hidden = true;
    find("bar").hidden = false;
    root.coldaisleTerm = screen.term;
    advance(0);
  }

  find("play").addEventListener("click", () => play(last === null));
  find("position").addEventListener("input", (event) => seek(Number(event.target.value)));
  find("skip").addEventListener("change", () => {
    // The same frame stays on the screen; only the clock changes.
    const shown = next;
    schedule();
    at_ms = shown > 0 ? frames[shown - 1].at_ms : 0;
    tell();
  });
  document.addEventListener("keydown", (event) => {
    // Fields keep their keys, buttons and links keep the space bar.
    const keeps = event.key === " " ? "input, select, button, a" : "input, select";
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(keeps)) return;
    const done = { " ": () => play(last === null), ArrowLeft: () => seek(at_ms - step_ms), ArrowRight: () => seek(at_ms + step_ms), "+": () => faster(1), "-": () => faster(-1), Home: () => seek(0), End: () => seek(length_ms) }[event.key];
    if (done) { event.preventDefault(); event.stopPropagation(); done(); }
  }, true);
  load().catch(() => { find("status").textContent = root.dataset.wordFailed; });
})();
