// Moving and turning racks on the floor plan: by pointer, or by keyboard (m, arrows, r, Enter). The form below works without it.
"use strict";
(() => {
  const frame = document.querySelector(".floor-frame[data-floor]");
  const svg = frame?.querySelector("svg");
  const form = document.getElementById("settle-form");
  const said = document.getElementById("move-said");
  if (!svg || !form || !said) { return; }
  const SVG = "http://www.w3.org/2000/svg";
  const words = frame.dataset;
  const tile = Number(svg.dataset.tile), edge = Number(svg.dataset.edge);
  const columns = Number(svg.dataset.columns), rows = Number(svg.dataset.rows);
  const fill = (text, values) => (text ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  const say = (text) => { said.textContent = text; };
  const read = ({ dataset }) => ({
    id: dataset.rack, version: dataset.version, name: dataset.name, x: Number(dataset.x), y: Number(dataset.y),
    rotation: Number(dataset.rotation), columns: Number(dataset.columns), rows: Number(dataset.rows),
  });
  const inTheWay = (one) => [...svg.querySelectorAll("[data-rack]")].map(read)
    .filter((other) => other.id !== one.id && one.x < other.x + other.columns && other.x < one.x + one.columns && one.y < other.y + other.rows && other.y < one.y + one.rows)
    .map((other) => other.name);

  let held = null, from = null, ghost = null, drag = null;
  const show = () => {
    held.x = Math.min(Math.max(held.x, 1), columns - held.columns + 1);
    held.y = Math.min(Math.max(held.y, 1), rows - held.rows + 1);
    ghost?.remove();
    const names = inTheWay(held);
    ghost = document.createElementNS(SVG, "rect");
    const at = { class: names.length ? "el-ghost is-taken" : "el-ghost", x: edge + (held.x - 1) * tile, y: edge + (held.y - 1) * tile, width: held.columns * tile, height: held.rows * tile, "pointer-events": "none" };
    for (const [key, value] of Object.entries(at)) { ghost.setAttribute(key, value); }
    svg.append(ghost);
    say(`${fill(words.saidAt, { x: held.x, y: held.y })} ${names.length ? fill(words.saidTaken, { names: names.join(", ") }) : words.saidFree}`);
  };
  const take = (element) => {
    from = element;
    held = read(element);
    element.classList.add("is-held");
    show();
    say(`${fill(words.saidTake, { name: held.name })} ${said.textContent}`);
  };
  const drop = (text) => {
    from?.classList.remove("is-held");
    ghost?.remove();
    held = null; from = null; ghost = null;
    if (text) { say(text); }
  };
  const turn = () => {
    held.rotation = (held.rotation + 90) % 360;
    [held.columns, held.rows] = [held.rows, held.columns];
    show();
  };
  const put = () => {
    if (inTheWay(held).length) { show(); return; }
    form.elements.rack.value = `${held.id}:${held.version}`;
    form.elements.grid_x.value = held.x;
    form.elements.grid_y.value = held.y;
    form.elements.rotation.value = held.rotation;
    drop("");
    form.requestSubmit();
  };
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const element = event.target.closest?.("[data-rack]");
    if (!held) {
      if (element && ["m", "Enter"].includes(event.key)) { event.preventDefault(); take(element); }
      return;
    }
    const acts = {
      ArrowUp: () => { held.y -= 1; show(); }, ArrowDown: () => { held.y += 1; show(); },
      ArrowLeft: () => { held.x -= 1; show(); }, ArrowRight: () => { held.x += 1; show(); },
      r: turn, Enter: put, Escape: () => drop(words.saidDropped),
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
  frame.addEventListener("focusout", () => { if (held && !drag) { drop(words.saidDropped); } });

  frame.addEventListener("pointerdown", (event) => {
    const element = event.target.closest?.("[data-rack]");
    if (!element || event.button !== 0) { return; }
    drag = { element, pointer: event.pointerId, x0: event.clientX, y0: event.clientY, touch: event.pointerType === "touch" };
    if (drag.touch) { drag.timer = setTimeout(() => { if (drag) { take(drag.element); drag.at = read(drag.element); } }, 350); }
  });
  window.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) { return; }
    const far = Math.hypot(event.clientX - drag.x0, event.clientY - drag.y0) > 6;
    if (!held) {
      if (far && drag.touch) { clearTimeout(drag.timer); drag = null; return; }
      if (!far) { return; }
      take(drag.element);
      drag.at = read(drag.element);
    }
    const scale = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width / tile;
    held.x = drag.at.x + Math.round((event.clientX - drag.x0) * scale);
    held.y = drag.at.y + Math.round((event.clientY - drag.y0) * scale);
    show();
  });
  window.addEventListener("touchmove", (event) => { if (drag && held) { event.preventDefault(); } }, { passive: false });
  const end = (event) => {
    if (!drag || event.pointerId !== drag.pointer) { return; }
    clearTimeout(drag.timer);
    const at = drag.at;
    drag = null;
    if (!held) { return; }
    if (event.type === "pointercancel" || (at && at.x === held.x && at.y === held.y)) { drop(words.saidDropped); return; }
    const names = inTheWay(held);
    if (names.length) { drop(fill(words.saidTaken, { names: names.join(", ") })); return; }
    put();
  };
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
})();
