// Draws every <figure class="graph" data-series> from its JSON endpoint: in as area, out as line or mirrored below the axis,
// gaps as gaps, and what it is compared with as broken lines. Arrows move in time, + and - zoom, Home goes back, Shift with an
// arrow reads one value after another.
"use strict";
(() => {
  const { rate, octets, plain, axisRates, clockIn } = window.coldaisleScale;
  const { say, fill } = window.coldaisle ?? { say() {}, fill: (text) => text };
  const day_ms = 86400000;
  const ranges = { day: day_ms, week: 7 * day_ms, month: 30 * day_ms };
  const shortest_ms = 15 * 60000;
  const longest_ms = 400 * day_ms;
  const iso = (at_ms) => new Date(at_ms).toISOString().replace(".000Z", "Z");
  const mirrorKey = "coldaisle-graph-mirrored";
  // A browser may refuse storage; then the choice holds for this page.
  const kept = { read() { try { return localStorage.getItem(mirrorKey) === "yes"; } catch { return false; } }, write(yes) { try { localStorage.setItem(mirrorKey, yes ? "yes" : "no"); } catch { /* nothing to keep it in */ } } };
  let mirrored = kept.read();
  const nowSlot = () => Math.ceil(Date.now() / 300000) * 300000;

  // light-dark() in a custom property resolves only where it is used as a colour.
  function colours(figure) {
    const probe = document.createElement("span");
    probe.hidden = true;
    figure.append(probe);
    const read = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
    const all = { in: read("graph-in"), inFill: read("graph-in-fill"), out: read("graph-out"), p95: read("graph-p95"), committed: read("graph-committed"), grid: read("graph-grid"), text: read("grey"), ink: read("ink"), surface: read("surface"), fault: read("fault") };
    probe.remove();
    return all;
  }

  function graph(figure) {
    const word = (name) => figure.dataset[`word${name}`] ?? "";
    const area = figure.querySelector("[data-area]");
    const note = figure.querySelector("[data-note]");
    const find = (selector) => figure.querySelector(selector);
    let plot = null;
    let series = null;
    let clock = clockIn("UTC");
    let range = figure.dataset.range || "day";
    let shown = span(range);
    let home = shown;
    let asked = null;
    let paint = colours(figure);
    const beside = figure.nextElementSibling?.matches(".graph-compare") ? figure.nextElementSibling : null;

    if (figure.dataset.from && figure.dataset.to) {
      range = null;
      shown = home = { from: Date.parse(figure.dataset.from), to: Date.parse(figure.dataset.to) };
    }
    function span(name) { const to = nowSlot(); return { from: to - (ranges[name] ?? day_ms), to }; }

    // ---- fetching ----
    async function load(next, share) {
      shown = next;
      asked?.abort();
      asked = new AbortController();
      const mine = asked;
      const slow = setTimeout(() => tell(word("Loading"), false), 1000);
      figure.classList.add("is-loading");
      figure.setAttribute("aria-busy", "true");
      const url = new URL(figure.dataset.series, location.href);
      url.searchParams.set("from", iso(next.from));
      url.searchParams.set("to", iso(next.to));
      url.searchParams.set("points", String(Math.min(1500, Math.max(200, Math.round(area.clientWidth)))));
      try {
        const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "application/json" } });
        if (answer.status === 401 || answer.redirected) { throw new Refusal(word("SignedOut"), true); }
        if (!answer.ok) { throw new Refusal(fill(word("Failed"), { reason: fill(word("Refused"), { status: answer.status }) })); }
        series = await answer.json();
        tell("");
        show();
        if (share) { remember(); }
      } catch (reason) {
        if (reason.name === "AbortError") { return; }
        const text = reason instanceof Refusal ? reason.message : fill(word("Failed"), { reason: reason instanceof TypeError ? word("NoLine") : String(reason.message ?? reason) });
        tell(text, true, reason.signIn);
      } finally {
        clearTimeout(slow);
        if (mine === asked) { figure.classList.remove("is-loading"); figure.removeAttribute("aria-busy"); }
      }
    }
    class Refusal extends Error { constructor(text, signIn) { super(text); this.signIn = Boolean(signIn); } }

    function tell(text, failed, signIn) {
      note.hidden = !text;
      note.classList.toggle("is-fault", Boolean(failed));
      note.textContent = text;
      if (!failed) { return; }
      const again = document.createElement(signIn ? "a" : "button");
      again.className = "btn btn-sm";
      if (signIn) {
        again.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
        again.textContent = document.getElementById("words")?.dataset.signIn ?? "";
      } else {
        again.type = "button";
        again.textContent = word("Retry");
        again.addEventListener("click", () => load(shown, false));
      }
      note.append(again);
    }

    // ---- the drawing ----
    function show() {
      clock = clockIn(series.zone);
      figures();
      finest();
      const points = series.points;
      const below = (bps) => (mirrored && bps !== null ? -bps : bps);
      const columns = [points.map((p) => p.at_ms / 1000), points.map((p) => p.in_bps), points.map((p) => below(p.out_bps))];
      if (series.other) { columns.push(points.map((p) => other(p.at_ms)?.in_bps ?? null), points.map((p) => below(other(p.at_ms)?.out_bps ?? null))); }
      if (!points.some((p) => p.in_bps !== null || p.out_bps !== null)) { tell(word("Empty"), false); }
      plot?.destroy();
      plot = new window.uPlot(options(), columns, area);
      legend(null);
    }

    // A port's time of a few hours is drawn from reading to reading instead of slot by slot.
    function finest() {
      if (!series.readings || series.other || shown.to - shown.from > 6 * 3600000) { series.readings = null; return; }
      const points = [];
      for (const one of series.readings) {
        const last = points[points.length - 1];
        if (last && last.until_ms !== one.at_ms) { points.push(nothing(last.until_ms, one.at_ms)); }
        points.push({ ...one, in_max_bps: null, out_max_bps: null });
      }
      const last = points[points.length - 1];
      if (last) { points.push(nothing(last.until_ms, last.until_ms)); }
      series.points = points;
    }
    function nothing(at_ms, until_ms) { return { at_ms, until_ms, in_bps: null, out_bps: null, in_max_bps: null, out_max_bps: null, flags: [] }; }

    // The point of the other series that was as long before its end as a time is before ours.
    function other(at_ms) {
      const { points, step_s, shift_ms } = series.other;
      if (points.length === 0) { return null; }
      const index = Math.floor((at_ms - (shift_ms ?? 0) - points[0].at_ms) / (step_s * 1000));
      return points[index] ?? null;
    }

    function top() {
      const rates = (points) => points.map((p) => Math.max(p.in_bps ?? 0, p.out_bps ?? 0));
      const highest = Math.max(1000, ...rates(series.points), ...rates(series.other?.points ?? []), series.summary.p95_bps ?? 0);
      const committed = series.committed_bps;
      return Math.max(highest, committed !== null && committed <= highest * 2.5 ? committed : 0) * 1.1;
    }

    function options() {
      const narrow = area.clientWidth < 480;
      const font = `${narrow ? 11 : 12}px ${getComputedStyle(figure).fontFamily}`;
      const axis = { stroke: paint.text, font, grid: { stroke: paint.grid, width: 1 }, ticks: { stroke: paint.grid, width: 1, size: 4 } };
      return {
        width: area.clientWidth, height: area.clientHeight, padding: [12, 20, 0, 0], legend: { show: false },
        tzDate: (at_s) => window.uPlot.tzDate(new Date(at_s * 1000), series.zone),
        cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        select: { show: true },
        scales: { x: { time: true, min: shown.from / 1000, max: shown.to / 1000, range: () => [shown.from / 1000, shown.to / 1000] }, y: { range: () => [mirrored ? -top() : 0, top()] } },
        series: [{},
          { stroke: paint.in, fill: paint.inFill, width: 1.5, spanGaps: false, points: { show: false }, paths: steps },
          { stroke: paint.out, width: 1.75, spanGaps: false, points: { show: false }, paths: steps },
          ...(series.other ? [paint.in, paint.out].map((stroke) => ({ stroke, width: 1.5, dash: [5, 4], spanGaps: false, points: { show: false }, paths: steps })) : [])],
        axes: [
          { ...axis, size: 40, space: narrow ? 58 : 80, values: (u, splits, index, space, incr) => clock.axis(splits, incr) },
          { ...axis, size: narrow ? 64 : 76, space: 38, values: (u, splits) => axisRates(splits).map((label) => label.replace("-", "")) }],
        hooks: { drawAxes: [hatch], draw: [lines], setSelect: [zoomToSelection], setCursor: [(u) => legend(u.cursor.idx ?? null)] },
      };
    }
    // A value holds for the whole of its slot, so few points are drawn as steps; many as a line.
    const stepped = () => window.uPlot.paths.stepped({ align: 1 });
    function steps(u, index, from, to) {
      return (series.readings || to - from < u.bbox.width / devicePixelRatio / 3 ? stepped() : window.uPlot.paths.linear())(u, index, from, to);
    }

    function hatch(u) {
      const { ctx } = u;
      const { top: y, height } = u.bbox;
      for (const [flag, colour] of [["estimated", paint.text], ["suspect", paint.fault]]) {
        for (const [from, to] of runs(flag)) {
          const left = Math.max(u.bbox.left, u.valToPos(from / 1000, "x", true));
          const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos(to / 1000, "x", true));
          if (right <= left) { continue; }
          ctx.save();
          ctx.beginPath();
          ctx.rect(left, y, right - left, height);
          ctx.clip();
          ctx.globalAlpha = 0.35;
          ctx.strokeStyle = colour;
          ctx.lineWidth = devicePixelRatio;
          ctx.beginPath();
          for (let x = left - height; x < right; x += 7 * devicePixelRatio) { ctx.moveTo(x, y + height); ctx.lineTo(x + height, y); }
          ctx.stroke();
          ctx.restore();
        }
      }
    }
    function runs(flag) {
      const found = [];
      const step_ms = series.step_s * 1000;
      for (const point of series.points) {
        if (!point.flags?.includes(flag)) { continue; }
        const last = found[found.length - 1];
        const end_ms = point.until_ms ?? point.at_ms + step_ms;
        if (last && point.at_ms <= last[1] + 1) { last[1] = end_ms; } else { found.push([point.at_ms, end_ms]); }
      }
      return found;
    }

    function lines(u) {
      const { p95_bps } = series.summary;
      const limit = u.scales.y.max;
      if (mirrored && p95_bps !== null) { line(u, -p95_bps, paint.p95, [7, 4], "", "left"); }
      if (p95_bps !== null) { line(u, p95_bps, paint.p95, [7, 4], `${word("P95")} ${plain(rate(p95_bps))}`, "left"); }
      if (series.committed_bps !== null && series.committed_bps <= limit) { line(u, series.committed_bps, paint.committed, [2, 3], `${word("Committed")} ${plain(rate(series.committed_bps))}`, "right"); }
    }
    function line(u, value, colour, dash, label, side) {
      const { ctx, bbox } = u;
      const ratio = devicePixelRatio;
      const y = Math.round(u.valToPos(value, "y", true));
      ctx.save();
      ctx.strokeStyle = colour;
      ctx.lineWidth = 1.75 * ratio;
      ctx.setLineDash(dash.map((part) => part * ratio));
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.setLineDash([]);
      if (!label) { ctx.restore(); return; }
      ctx.font = `600 ${11.5 * ratio}px ${getComputedStyle(figure).fontFamily}`;
      ctx.textAlign = "left";
      ctx.textBaseline = "alphabetic";
      const width = ctx.measureText(label).width;
      const x = side === "left" ? bbox.left + 6 * ratio : bbox.left + bbox.width - width - 6 * ratio;
      const above = y - bbox.top > 20 * ratio;
      const base = above ? y - 5 * ratio : y + 14 * ratio;
      ctx.globalAlpha = 0.82;
      ctx.fillStyle = paint.surface;
      ctx.fillRect(x - 3 * ratio, base - 11.5 * ratio, width + 6 * ratio, 15 * ratio);
      ctx.globalAlpha = 1;
      ctx.fillStyle = colour;
      ctx.fillText(label, x, base);
      ctx.restore();
    }

    // ---- words and figures beside the drawing ----
    function legend(index) {
      const point = index === null ? null : series.points[index];
      const put = (name, text) => { const place = find(`[data-now="${name}"]`); if (place) { place.textContent = text; } };
      const value = (mean, highest) => (mean === null ? word("Gap") : plain(rate(mean, true)) + (highest !== null && highest !== undefined && highest > mean * 1.001 ? ` (${word("Max")} ${plain(rate(highest))})` : ""));
      put("in", point ? value(point.in_bps, point.in_max_bps) : "");
      put("out", point ? value(point.out_bps, point.out_max_bps) : "");
      put("p95", plain(rate(series.summary.p95_bps)));
      if (series.other) {
        const then = point ? other(point.at_ms) : null;
        put("other", [series.other.name, ...(point ? [`${word("In")} ${plain(rate(then?.in_bps ?? null, true))}`, `${word("Out")} ${plain(rate(then?.out_bps ?? null, true))}`] : [])].join(" · "));
      }
      const flags = (point?.flags ?? []).map((flag) => word(flag.charAt(0).toUpperCase() + flag.slice(1)) || flag);
      const raw = (way) => `${word(way)} ${plain(octets(point[`${way.toLowerCase()}_octets`] ?? null))}`;
      const between = point?.until_ms ? [`– ${clock.minute(point.until_ms)}`, word("Raw"), ...(point.in_octets === undefined ? [] : [raw("In"), raw("Out")])] : [];
      put("at", point ? [clock.minute(point.at_ms), ...between, ...flags].join(" · ") : fill(word("Zone"), { zone: series.zone }));
    }

    function figures() {
      const { summary } = series;
      const put = (cell, value) => {
        cell.replaceChildren();
        if (!value) { cell.textContent = "–"; return; }
        const number = Object.assign(document.createElement("span"), { className: "num", textContent: value.number });
        const unit = Object.assign(document.createElement("span"), { className: "unit", textContent: value.unit });
        cell.append(number, " ", unit);
      };
      figure.querySelectorAll("[data-rate]").forEach((cell) => put(cell, rate(summary[cell.dataset.rate])));
      figure.querySelectorAll("[data-octets]").forEach((cell) => put(cell, octets(summary[cell.dataset.octets])));
      if (beside && series.other) {
        for (const [name, from] of [["this", summary], ["other", series.other.summary]]) {
          beside.querySelectorAll(`[data-${name}-rate]`).forEach((cell) => put(cell, rate(from[cell.dataset[`${name}Rate`]])));
          beside.querySelectorAll(`[data-${name}-octets]`).forEach((cell) => put(cell, octets(from[cell.dataset[`${name}Octets`]])));
        }
        beside.querySelectorAll("[data-other-name]").forEach((cell) => { cell.textContent = series.other.name; });
      }
      const otherKey = find("[data-other]");
      if (otherKey) { otherKey.hidden = !series.other; }
      const slots = find("[data-slots]");
      if (slots) { slots.textContent = fill(slots.dataset.slots, { slots: summary.slots, gaps: summary.gap_slots, estimated: summary.estimated_slots, suspect: summary.suspect_slots }); }
      const committed = find("[data-committed]");
      if (committed) {
        committed.hidden = series.committed_bps === null;
        committed.querySelector(".num").textContent = plain(rate(series.committed_bps));
      }
      const estimated = find("[data-estimated]");
      if (estimated) { estimated.hidden = !summary.estimated_slots && !summary.suspect_slots; }
      find("[data-shown]").textContent = fill(word("Shown"), { from: clock.minute(shown.from), to: clock.minute(shown.to) });
      figure.querySelectorAll("[data-range-button]").forEach((button) => {
        if (button.dataset.rangeButton === range) { button.setAttribute("aria-current", "true"); } else { button.removeAttribute("aria-current"); }
      });
      const csv = find("[data-csv-link]");
      if (csv) {
        const url = new URL(figure.dataset.csv, location.href);
        url.searchParams.set("from", iso(shown.from));
        url.searchParams.set("to", iso(shown.to));
        csv.href = url.pathname + url.search;
      }
    }

    function remember() {
      // The address of a page is that of its large graph.
      if (figure.classList.contains("graph-small")) { say(find("[data-shown]").textContent); return; }
      const url = new URL(location.href);
      ["from", "to", "range"].forEach((name) => url.searchParams.delete(name));
      if (range) { url.searchParams.set("range", range); } else { url.searchParams.set("from", iso(shown.from)); url.searchParams.set("to", iso(shown.to)); }
      history.replaceState(history.state, "", url);
      // What is compared next is compared over the time that is shown.
      const form = beside?.querySelector("form");
      ["from", "to", "range"].forEach((name) => {
        form?.querySelector(`input[type="hidden"][name="${name}"]`)?.remove();
        const value = url.searchParams.get(name);
        if (value) { form?.append(Object.assign(document.createElement("input"), { type: "hidden", name, value })); }
      });
      say(find("[data-shown]").textContent);
    }

    // ---- moving in time ----
    function move(from, to) {
      let width = Math.min(longest_ms, Math.max(shortest_ms, to - from));
      width = Math.ceil(width / 60000) * 60000;
      const end = Math.min(nowSlot(), Math.round((from + to + width) / 2 / 60000) * 60000);
      range = null;
      load({ from: end - width, to: end }, true);
    }
    function act(name) {
      const width = shown.to - shown.from;
      if (name === "earlier") { move(shown.from - width / 4, shown.to - width / 4); }
      if (name === "later") { move(shown.from + width / 4, shown.to + width / 4); }
      if (name === "in") { move(shown.from + width / 4, shown.to - width / 4); }
      if (name === "out") { move(shown.from - width / 2, shown.to + width / 2); }
      if (name === "mirror") {
        mirrored = !mirrored;
        kept.write(mirrored);
        document.dispatchEvent(new CustomEvent("coldaisle:mirror"));
      }
      if (name === "reset") { range = figure.dataset.from ? null : figure.dataset.range || "day"; load(range ? span(range) : home, true); }
    }
    function zoomToSelection(u) {
      const { left, width } = u.select;
      if (width < 6) { return; }
      const from = u.posToVal(left, "x") * 1000;
      const to = u.posToVal(left + width, "x") * 1000;
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      move(from, to);
    }
    // Reads the value before or after the one that is pointed at, for those who have no mouse.
    function read(by) {
      if (!plot || !series?.points.length) { return; }
      const last = series.points.length - 1;
      const index = Math.min(last, Math.max(0, (plot.cursor.idx ?? (by < 0 ? last + 1 : -1)) + by));
      plot.setCursor({ left: plot.valToPos(series.points[index].at_ms / 1000, "x"), top: plot.over.clientHeight / 2 });
      legend(index);
      say([find('[data-now="at"]').textContent, `${word("In")} ${find('[data-now="in"]').textContent}`, `${word("Out")} ${find('[data-now="out"]').textContent}`].join(", "));
    }
    const keys = { ArrowLeft: "earlier", ArrowRight: "later", "+": "in", "=": "in", "-": "out", _: "out", 0: "reset", Home: "reset", m: "mirror" };
    area.tabIndex = 0;
    area.addEventListener("keydown", (event) => {
      const by = event.shiftKey ? { ArrowLeft: -1, ArrowRight: 1 }[event.key] : undefined;
      if (by) { event.preventDefault(); read(by); return; }
      const name = keys[event.key];
      if (name && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); act(name); }
    });
    find(".graph-zoom").hidden = false;
    figure.querySelectorAll("[data-act]").forEach((button) => button.addEventListener("click", () => act(button.dataset.act)));
    figure.querySelectorAll("[data-range-button]").forEach((button) => button.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
      event.preventDefault();
      range = button.dataset.rangeButton;
      figure.dataset.range = range;
      delete figure.dataset.from;
      load(span(range), true);
    }));
    area.addEventListener("touchmove", (event) => {
      if (!plot || event.touches.length !== 1) { return; }
      const box = plot.over.getBoundingClientRect();
      plot.setCursor({ left: event.touches[0].clientX - box.left, top: event.touches[0].clientY - box.top });
    }, { passive: true });

    // ---- size, colours, time ----
    new ResizeObserver(() => { if (plot && area.clientWidth > 0 && area.clientWidth !== plot.width) { plot.setSize({ width: area.clientWidth, height: area.clientHeight }); } }).observe(area);
    const recolour = () => { paint = colours(figure); if (series) { show(); } };
    document.addEventListener("coldaisle:theme", recolour);
    const mirror = find('[data-act="mirror"]');
    const turn = () => { mirror?.setAttribute("aria-pressed", String(mirrored)); if (series) { show(); } };
    document.addEventListener("coldaisle:mirror", turn);
    mirror?.setAttribute("aria-pressed", String(mirrored));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
    setInterval(() => { if (range === "day" && !document.hidden && !figure.contains(document.activeElement)) { load(span("day"), false); } }, 300000);
    load(shown, false);
  }
  document.querySelectorAll("figure.graph[data-series]").forEach(graph);
})();
