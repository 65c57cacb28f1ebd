// Moving devices in the drawing of a rack: by pointer, or by keyboard (m, arrows, Enter). The page works without it.
"use strict";
(() => {
  const frame = document.querySelector(".elevations[data-movable]");
  const form = document.getElementById("move-form");
  const said = document.getElementById("move-said");
  if (!frame || !form || !said) { return; }
  const SVG = "http://www.w3.org/2000/svg";
  const HALF = 9, BODY = 50, WIDTH = 240, TOP = 6;
  const words = frame.dataset;
  const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const drawings = { front: document.getElementById("front-drawing"), rear: document.getElementById("rear-drawing") };
  const halves = () => Number(drawings.front.dataset.units) * 2;
  const say = (text) => { said.textContent = text; };

  /** What a drawn device takes. */
  const read = (element) => ({
    id: element.dataset.device, version: element.dataset.version, name: element.dataset.name,
    offset: Number(element.dataset.offset), height: Number(element.dataset.height), face: element.dataset.face,
    deep: element.dataset.deep === "true", half: element.dataset.half,
  });
  const others = (id) => {
    const found = new Map();
    frame.querySelectorAll("[data-device]").forEach((element) => {
      if (element.dataset.device !== id) { found.set(element.dataset.device, read(element)); }
    });
    return [...found.values()];
  };
  const clash = (one, other) => (one.deep || other.deep || one.face === other.face)
    && one.offset < other.offset + other.height && other.offset < one.offset + one.height
    && !(one.half && other.half && one.half !== other.half);
  const inTheWay = (one) => others(one.id).filter((other) => clash(one, other)).map((other) => other.name);
  const unitOf = (one) => {
    const { start, numbering } = drawings.front.dataset;
    const counted = numbering === "up" ? one.offset : halves() - one.offset - one.height;
    return String((counted + Number(start) * 2) / 2);
  };

  let held = null;      // what is being moved, where it would go
  let from = null;      // the element it came from
  let ghost = null;
  let free = [];

  const place = (one) => {
    const top = halves() - one.offset - one.height;
    const right = one.half && (one.half === "right") === (one.face !== "rear");
    return { x: BODY + (right ? WIDTH / 2 : 0), y: TOP + top * HALF, width: one.half ? WIDTH / 2 : WIDTH, height: one.height * HALF };
  };
  const draw = (name, at, parent) => {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", name);
    for (const [key, value] of Object.entries(at)) { rect.setAttribute(key, value); }
    rect.setAttribute("pointer-events", "none");
    parent.append(rect);
    return rect;
  };
  const clear = () => {
    ghost?.remove();
    free.forEach((rect) => rect.remove());
    ghost = null;
    free = [];
  };
  /** Shows every whole unit where the device would fit. */
  const preview = () => {
    for (const face of ["front", "rear"]) {
      for (let offset = 0; offset + held.height <= halves(); offset += 1) {
        const there = { ...held, face, offset };
        if (offset % 2 === 0 && inTheWay(there).length === 0) {
          free.push(draw("el-free", { ...place({ ...there, height: 2 }) }, drawings[face]));
        }
      }
    }
  };
  const show = () => {
    ghost?.remove();
    const names = inTheWay(held);
    ghost = draw(names.length ? "el-ghost is-taken" : "el-ghost", place(held), drawings[held.face]);
    const at = fill(words.saidAt, { unit: unitOf(held), face: held.face === "rear" ? words.saidRear : words.saidFront });
    say(`${at} ${names.length ? fill(words.saidTaken, { names: names.join(", ") }) : words.saidFree}`);
  };
  const take = (element) => {
    from = element;
    held = read(element);
    element.classList.add("is-held");
    preview();
    show();
    say(`${fill(words.saidTake, { name: held.name })} ${said.textContent}`);
  };
  const drop = (text) => {
    from?.classList.remove("is-held");
    clear();
    held = null;
    from = null;
    if (text) { say(text); }
  };
  const put = () => {
    const names = inTheWay(held);
    if (names.length) { show(); return; }
    form.elements.device_id.value = held.id;
    form.elements.version.value = held.version;
    form.elements.unit.value = unitOf(held);
    form.elements.face.value = held.face;
    form.elements.half.value = held.half;
    const element = from;
    drop("");
    element.classList.add("is-held");
    form.requestSubmit();
  };
  const step = (halfUnits) => {
    held.offset = Math.min(Math.max(held.offset + halfUnits, 0), halves() - held.height);
    show();
  };

  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (!held) {
      const element = event.target.closest?.("[data-device]");
      if (event.key.toLowerCase() === "m" && element) { event.preventDefault(); take(element); }
      return;
    }
    const acts = {
      ArrowUp: () => step(event.shiftKey ? 1 : 2), ArrowDown: () => step(event.shiftKey ? -1 : -2),
      ArrowLeft: () => turn(event.shiftKey, "front", "left"), ArrowRight: () => turn(event.shiftKey, "rear", "right"),
      Enter: put, Escape: () => drop(words.saidDropped),
    };
    if (acts[event.key]) { event.preventDefault(); event.stopPropagation(); acts[event.key](); }
  });
  /** Left and right change the face; with Shift the half of the unit. */
  const turn = (byHalf, face, half) => {
    if (!byHalf) { held.face = face; } else if (held.half) { held.half = half; }
    show();
  };
  document.addEventListener("focusin", (event) => { if (held && !drag && event.target !== from) { drop(words.saidDropped); } });

  // ---- by pointer: a finger waits a moment, so that the page can still be scrolled ----
  let drag = null;
  const WAIT_MS = 350, FAR = 6;
  const begin = () => {
    if (!drag || held) { return; }
    take(drag.element);
    drag.grip = drag.y0;
    drag.offset0 = held.offset;
    drag.element.setPointerCapture?.(drag.pointer);
  };
  frame.addEventListener("pointerdown", (event) => {
    const element = event.target.closest?.("[data-device]");
    if (!element || event.button !== 0 || held) { return; }
    drag = { element, pointer: event.pointerId, x0: event.clientX, y0: event.clientY, touch: event.pointerType === "touch" };
    if (drag.touch) { drag.timer = setTimeout(begin, WAIT_MS); }
  });
  frame.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-device]")) { event.preventDefault(); } });
  window.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) { return; }
    const far = Math.hypot(event.clientX - drag.x0, event.clientY - drag.y0) > FAR;
    if (!held) {
      if (far && drag.touch) { clearTimeout(drag.timer); drag = null; return; }
      if (far) { begin(); }
      return;
    }
    const over = Object.entries(drawings).find(([, svg]) => {
      const box = svg.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    });
    if (over) { held.face = over[0]; }
    const box = drawings[held.face].getBoundingClientRect();
    const perHalf = box.height / drawings[held.face].viewBox.baseVal.height * HALF;
    const origin = drawings[read(from).face].getBoundingClientRect();
    const moved = (drag.grip - origin.top) - (event.clientY - box.top);
    const whole = Math.round((drag.offset0 + moved / perHalf) / (held.height % 2 ? 1 : 2)) * (held.height % 2 ? 1 : 2);
    held.offset = Math.min(Math.max(whole, 0), halves() - held.height);
    if (held.half) {
      const x = (event.clientX - box.left) / box.width * drawings[held.face].viewBox.baseVal.width;
      const isRight = x > BODY + WIDTH / 2;
      held.half = isRight === (held.face !== "rear") ? "right" : "left";
    }
    event.preventDefault();
    show();
  }, { passive: false });
  window.addEventListener("touchmove", (event) => { if (drag && held) { event.preventDefault(); } }, { passive: false });
  const end = (event) => {
    if (!drag || event.pointerId !== drag.pointer) { return; }
    clearTimeout(drag.timer);
    const element = drag.element;
    drag = null;
    if (!held) { return; }
    const stop = (click) => click.preventDefault();
    element.addEventListener("click", stop, { capture: true });
    setTimeout(() => element.removeEventListener("click", stop, { capture: true }), 0);
    const was = read(from);
    const same = was.offset === held.offset && was.face === held.face && was.half === held.half;
    if (same || event.type === "pointercancel") { drop(words.saidDropped); return; }
    const names = inTheWay(held);
    if (names.length) { const text = fill(words.saidTaken, { names: names.join(", ") }); drop(text); return; }
    put();
  };
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
  // A long press is the beginning of a move here, not a menu.
  frame.addEventListener("contextmenu", (event) => { if (drag?.touch) { event.preventDefault(); } });
})();
