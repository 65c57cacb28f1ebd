// What must hold on every page: it fits 360 px, is accessible in light and dark, speaks its language, and breaks no rule of its own.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { WIDTHS } from './session.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const MORE_RULES = { 'page-has-heading-one': { enabled: true }, 'landmark-one-main': { enabled: true }, 'heading-order': { enabled: true }, region: { enabled: true } };

async function accessibility(page) {
  // Evaluated by the browser's own debugger: no script is added to the page, so its policy stays as it is.
  await page.evaluate(axe);
  const found = await page.evaluate(([tags, rules]) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags }, rules, resultTypes: ['violations'] }), [RULES, MORE_RULES]);
  return found.violations.flatMap((violation) => violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${violation.help} at ${node.target.join(' ')} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? violation.impact})`));
}

function sideways() {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width + 1) {
    return [];
  }
  // What reaches furthest and is not inside something that scrolls by itself.
  const scrolls = (element) => { for (let at = element.parentElement; at; at = at.parentElement) { if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX) && at !== document.documentElement && at !== document.body) return true; } return false; };
  const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element));
  const names = wide.slice(0, 3).map((element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ''}${typeof element.className === 'string' && element.className ? `.${element.className.trim().replace(/\s+/g, '.')}` : ''}`);
  return [`scrolls sideways: ${document.documentElement.scrollWidth} px in ${width} px, because of ${names.join(', ') || 'something unseen'}`];
}

function smallTargets() {
  const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getBoundingClientRect().width > 1;
  const targets = [...document.querySelectorAll('button, .btn, nav.bottom a, main select, main input:not([type=checkbox]):not([type=radio]):not([type=hidden])')].filter(shown);
  return targets.filter((element) => element.getBoundingClientRect().height < 43.5)
    .slice(0, 3).map((element) => `a target of ${Math.round(element.getBoundingClientRect().height)} px, less than 44: "${(element.innerText || element.name || element.ariaLabel || '').trim()}" (${element.tagName.toLowerCase()}.${element.className})`);
}

function visibleLines() {
  return document.body.innerText.split('\n').map((line) => line.trim()).filter(Boolean);
}

async function one(session, page, view, name, shots) {
  const faults = [];
  const lang = await page.locator('html').getAttribute('lang');
  if (lang !== session.language) {
    faults.push(`html lang is ${lang}, not ${session.language}`);
  }
  const keys = (await page.evaluate(visibleLines)).filter((line) => session.words.isKey(line));
  faults.push(...keys.map((key) => `shows the key of a message instead of its words: ${key}`));
  if (!(await page.title())) {
    faults.push('has no title');
  }
  faults.push(...(await page.evaluate(sideways)));
  if (view === 'phone') {
    faults.push(...(await page.evaluate(smallTargets)));
  }
  // Dark differs in its colours only, and they are the same at both widths and in both languages.
  for (const theme of view === 'desk' && session.language === 'en' ? ['light', 'dark'] : ['light']) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    faults.push(...(await accessibility(page)).map((fault) => `${theme}: ${fault}`));
    const file = `${session.language}-${WIDTHS[view]}-${name}${theme === 'dark' ? '-dark' : ''}.png`;
    await page.screenshot({ path: join(shots, file), fullPage: true, animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  return faults.map((fault) => `${name} at ${WIDTHS[view]} px: ${fault}`);
}

/** Looks at the page as it stands in one view, and at its address in the other. Returns what is wrong, in words. */
export async function inspect(session, page, name, shots) {
  const faults = [];
  for (const view of ['desk', 'phone']) {
    const mine = await session.view(view);
    if (mine !== page) {
      await mine.goto(page.url());
    }
    await mine.waitForLoadState('load');
    faults.push(...(await one(session, mine, view, name, shots)));
  }
  return [...faults, ...session.complaints().map((text) => `${name}: ${text}`)];
}
