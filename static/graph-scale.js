// Figures and times of graphs in words: decimal bit rates, octets, and clock times in a named zone.
"use strict";
(() => {
  const steps = [["P", 1e15], ["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3], ["", 1]];
  const stepFor = (value) => steps.find((step) => Math.abs(value) >= step[1]) ?? steps[steps.length - 1];

  // Three significant digits, rounded as the server's filters do; `exact` keeps three decimals.
  function figure(value, unit, exact) {
    if (value === null || value === undefined) { return null; }
    const [prefix, size] = steps.find((step) => step[1] > 1 && Math.abs(value) >= step[1] * 0.9995) ?? steps[steps.length - 1];
    const scaled = value / size;
    const decimals = size === 1 ? 0 : exact ? 3 : scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
    return { number: scaled.toFixed(decimals), unit: prefix + unit };
  }
  const rate = (value, exact) => figure(value, "bps", exact);
  const octets = (value) => figure(value, "B", false);
  const plain = (shown) => (shown ? `${shown.number} ${shown.unit}` : "–");

  // Labels of the rate axis share one unit.
  function axisRates(splits) {
    const [prefix, size] = stepFor(Math.max(...splits.map(Math.abs)));
    const gaps = splits.slice(1).map((value, at) => (value - splits[at]) / size);
    const decimals = Math.min(3, Math.max(0, ...gaps.map((gap) => (gap >= 1 && Number.isInteger(gap) ? 0 : Math.ceil(-Math.log10(gap % 1 || 1))))));
    return splits.map((value) => (value === 0 ? "0" : `${(value / size).toFixed(decimals)} ${prefix}bps`));
  }

  function clockIn(zone) {
    const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const parts = (at_ms) => Object.fromEntries(format.formatToParts(new Date(at_ms)).map((part) => [part.type, part.value]));
    return {
      minute(at_ms) { const p = parts(at_ms); return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`; },
      // The day is written where it begins and at the first label.
      axis(splits_s, step_s) {
        let day = "";
        return splits_s.map((at_s) => {
          const p = parts(at_s * 1000);
          const today = `${p.month}-${p.day}`;
          if (step_s >= 86400) { return today; }
          const label = step_s < 60 ? `${p.hour}:${p.minute}:${p.second}` : `${p.hour}:${p.minute}`;
          const named = today === day ? label : `${label}\n${today}`;
          day = today;
          return named;
        });
      },
    };
  }
  window.coldaisleScale = { rate, octets, plain, axisRates, clockIn };
})();
