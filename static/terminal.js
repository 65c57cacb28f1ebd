// A terminal in an element, for the live console and for replays. Colours follow the page, the text fits the width.
"use strict";
(() => {
  // The content policy forbids <style> elements; what xterm.js would put into them goes into style sheets of the document.
  function sheetElement() {
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const element = document.createElement("template");
    Object.defineProperty(element, "textContent", { get: () => "", set: (text) => sheet.replaceSync(text) });
    const remove = element.remove.bind(element);
    element.remove = () => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet); remove(); };
    return element;
  }
  const styled = new Proxy(document, {
    get(target, name) {
      if (name === "createElement") return (tag, options) => tag === "style" ? sheetElement() : target.createElement(tag, options);
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

  const dark = { background: "#10151b", foreground: "#e6edf3", cursor: "#e6edf3", selectionBackground: "#3b5378" };
  // Width of a letter by its height, of the usual fonts of one width.
  const letter = 0.61;
  const smallest = 5;
  const usual = 15;

  function terminal(area, readOnly) {
    const term = new window.Terminal({
      cols: 80, rows: 25, scrollback: 5000, documentOverride: styled, disableStdin: readOnly, cursorBlink: !readOnly, screenReaderMode: false,
      fontFamily: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "Noto Sans Mono CJK SC", "DejaVu Sans Mono", monospace', fontSize: usual, theme: dark, allowProposedApi: false,
    });
    term.open(area);
    let larger = false;
    const fit = () => {
      const room = area.clientWidth - 20;
      const fits = Math.floor(room / (term.cols * letter) * 2) / 2;
      term.options.fontSize = larger ? usual : Math.max(smallest, Math.min(usual, fits));
    };
    new ResizeObserver(fit).observe(area);
    fit();
    return {
      term,
      write: (octets, then) => term.write(octets, then),
      // A note between lines; in a full-screen program it would spoil the picture, the list below has it anyway.
      note: (text) => { if (term.buffer.active.type === "normal") term.write(`\r\n\x1b[7m--- ${text} ---\x1b[0m\r\n`); },
      resize: (columns, rows) => { term.resize(columns, rows); fit(); },
      larger: (on) => { larger = on; fit(); },
    };
  }

  function addNote(list, text, most) {
    const line = document.createElement("li");
    line.textContent = text;
    list.append(line);
    while (list.children.length > most) list.firstElementChild.remove();
  }

  window.coldaisleTerminal = { terminal, addNote };
})();
