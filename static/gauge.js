// Draws every <figure data-course> from its JSON endpoint: the mean as a line over the band of least and most; gaps are gaps.
"use strict";
(() => {
  const { clockIn } = window.coldaisleScale;
  const { fill } = window.coldaisle ?? { fill: (text) => text };
  const day_ms = 86400000;
  const ranges = { day: day_ms, week: 7 * day_ms, month: 30 * day_ms };
  const iso = (at_ms) => new Date(at_ms).toISOString().replace(".000Z", "Z");

  // light-dark() in a custom property resolves only where it is used as a colour.
  function colours(figure) {
    const probe = document.createElement("span");
    probe.hidden = true;
    figure.append(probe);
    const read = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
    const all = { line: read("graph-in"), band: read("graph-in-fill"), grid: read("graph-grid"), text: read("grey") };
    probe.remove();
    return all;
  }

  function course(figure) {
    const word = (name) => figure.dataset[`word${name}`] ?? "";
    const area = figure.querySelector("[data-area]");
    const note = figure.querySelector("[data-note]");
    const put = (selector, text) => { const place = figure.querySelector(selector); if (place) { place.textContent = text; } };
    let plot = null;
    let series = null;
    let clock = clockIn("UTC");
    const end = Math.ceil(Date.now() / 300000) * 300000;
    const shown = figure.dataset.from ? { from: Date.parse(figure.dataset.from), to: Date.parse(figure.dataset.to) } : { from: end - (ranges[figure.dataset.range] ?? day_ms), to: end };

    function tell(text, failed) {
      note.hidden = !text;
      note.textContent = text;
      note.classList.toggle("is-fault", Boolean(failed));
    }

    async function load() {
      const url = new URL(figure.dataset.course, location.href);
      url.searchParams.set("from", iso(shown.from));
      url.searchParams.set("to", iso(shown.to));
      url.searchParams.set("points", String(Math.min(1500, Math.max(100, Math.round(area.clientWidth)))));
      figure.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
        series = await answer.json();
        clock = clockIn(series.zone);
        draw();
      } catch (reason) {
        tell(fill(word("Failed"), { reason: String(reason.message ?? reason) }), true);
      } finally {
        figure.removeAttribute("aria-busy");
      }
    }

    const scaled = (value) => (value === null || value === undefined ? null : value / 10 ** series.decimals);
    const text = (value) => (value === null || value === undefined ? word("Gap") : `${scaled(value)} ${series.unit}`);

    function draw() {
      const { points } = series;
      const known = points.some((point) => point.mean !== null);
      tell(known ? "" : word("Empty"), false);
      const paint = colours(figure);
      const narrow = area.clientWidth < 480;
      const font = `${narrow ? 11 : 12}px ${getComputedStyle(figure).fontFamily}`;
      const axis = { stroke: paint.text, font, grid: { stroke: paint.grid, width: 1 }, ticks: { stroke: paint.grid, width: 1, size: 4 } };
      const highest = Math.max(0, ...points.map((point) => scaled(point.most) ?? 0));
      const lowest = Math.min(0, ...points.map((point) => scaled(point.least) ?? 0));
      // A degree more or less matters, the distance to freezing does not.
      const degrees = points.filter((point) => point.mean !== null).flatMap((point) => [scaled(point.least), scaled(point.most)]);
      const around = series.quantity === "temperature" && known;
      const heights = around ? [Math.floor(Math.min(...degrees)) - 1, Math.ceil(Math.max(...degrees)) + 1] : [lowest * 1.1, highest * 1.1 || 1];
      const columns = [points.map((point) => point.at_ms / 1000), points.map((point) => scaled(point.least)), points.map((point) => scaled(point.most)), points.map((point) => scaled(point.mean))];
      plot?.destroy();
      plot = new window.uPlot({
        width: area.clientWidth, height: area.clientHeight, padding: [12, 20, 0, 0], legend: { show: false },
        tzDate: (at_s) => window.uPlot.tzDate(new Date(at_s * 1000), series.zone),
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
        scales: { x: { time: true, range: () => [shown.from / 1000, shown.to / 1000] }, y: { range: () => heights } },
        series: [{}, { stroke: "transparent", spanGaps: false, points: { show: false } }, { stroke: "transparent", spanGaps: false, points: { show: false } }, { stroke: paint.line, width: 1.75, spanGaps: false, points: { show: false } }],
        bands: [{ series: [2, 1], fill: paint.band }],
        axes: [
          { ...axis, size: 40, space: narrow ? 58 : 80, values: (u, splits, index, space, incr) => clock.axis(splits, incr) },
          { ...axis, size: narrow ? 64 : 76, space: 38, values: (u, splits) => splits.map((value) => `${Number(value.toFixed(3))} ${series.unit}`) }],
        hooks: { drawAxes: [hatch], setCursor: [(u) => legend(u.cursor.idx ?? null)] },
      }, columns, area);
      const incomplete = figure.querySelector("[data-incomplete]");
      if (incomplete) { incomplete.hidden = !series.summary.incomplete_slots; }
      put("[data-shown]", fill(word("Shown"), { from: clock.minute(shown.from), to: clock.minute(shown.to) }));
      legend(null);
    }

    // Where a part of the sum is missing the ground is hatched.
    function hatch(u) {
      const { ctx } = u;
      const { top, height } = u.bbox;
      for (const point of series.points) {
        if (!point.incomplete) { continue; }
        const left = Math.max(u.bbox.left, u.valToPos(point.at_ms / 1000, "x", true));
        const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos(point.at_ms / 1000 + series.step_s, "x", true));
        if (right <= left) { continue; }
        ctx.save();
        ctx.beginPath();
        ctx.rect(left, top, right - left, height);
        ctx.clip();
        ctx.globalAlpha = 0.35;
        ctx.strokeStyle = colours(figure).text;
        ctx.beginPath();
        for (let x = left - (left % 7) - height; x < right; x += 7 * devicePixelRatio) { ctx.moveTo(x, top + height); ctx.lineTo(x + height, top); }
        ctx.stroke();
        ctx.restore();
      }
    }

    function legend(index) {
      const point = index === null ? null : series.points[index];
      if (!point) { put("[data-now]", ""); put("[data-at]", fill(word("Zone"), { zone: series.zone })); return; }
      const band = point.most !== null && point.most !== point.least ? ` (${word("Least")} ${text(point.least)}, ${word("Most")} ${text(point.most)})` : "";
      put("[data-now]", text(point.mean) + band);
      put("[data-at]", clock.minute(point.at_ms) + (point.incomplete ? ` · ${word("Incomplete")}` : ""));
    }

    new ResizeObserver(() => { if (plot && area.clientWidth > 0 && area.clientWidth !== plot.width) { plot.setSize({ width: area.clientWidth, height: area.clientHeight }); } }).observe(area);
    const recolour = () => { if (series) { draw(); } };
    document.addEventListener("coldaisle:theme", recolour);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
    load();
  }
  document.querySelectorAll("figure[data-course]").forEach(course);
})();
