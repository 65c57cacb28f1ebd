// The pictures of docs/screenshots, taken from a running `scripts/demo`: node tests/browser/screenshots.mjs [URL]
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:8000';
const folder = new URL('../../docs/screenshots/', import.meta.url).pathname;
const desk = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

// Who looks at what, as what, in which language and theme; `then` follows a link on the way.
const pictures = [
  { file: 'now', user: 'operations', path: '/', as: desk, locale: 'zh-CN' },
  { file: 'rack', user: 'operations', path: '/racks/1', as: desk, locale: 'zh-CN' },
  { file: 'device', user: 'operations', path: '/devices?q=SRV-0004', then: 'main tbody a', as: desk, locale: 'en' },
  { file: 'port-month', user: 'operations', path: '/ports/1?range=month', as: desk, locale: 'en', theme: 'dark' },
  { file: 'allocation', user: 'mossvale-admin', path: '/allocations', then: 'main tbody a', as: desk, locale: 'zh-CN' },
  { file: 'period', user: 'operations', path: '/allocations/1/periods', then: 'main tbody a', as: desk, locale: 'en' },
  { file: 'power', user: 'operations', path: '/power', as: desk, locale: 'en' },
  { file: 'here-phone', user: 'technician', path: '/visits/here', as: phone, locale: 'zh-CN' },
  { file: 'inside-phone', user: 'reception', path: '/visits/inside', as: phone, locale: 'en' },
];
const roles = { operations: 'operations', technician: 'technician', reception: 'reception', 'mossvale-admin': 'customer-admin' };

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const { file, user, path, then, as, locale, theme } of pictures) {
  const context = await browser.newContext({ ...as, baseURL: base, locale, timezoneId: 'Asia/Shanghai', colorScheme: theme ?? 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto('/login');
  await page.fill('#f-login', user);
  await page.fill('#f-password', `demo-${roles[user]}-2026`);
  await Promise.all([page.waitForURL((url) => url.pathname !== '/login'), page.press('#f-password', 'Enter')]);
  await page.goto(path);
  if (then) {
    await Promise.all([page.waitForNavigation(), page.locator(then).first().click()]);
  }
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${folder}${file}.png` });
  await context.close();
  console.log(`docs/screenshots/${file}.png`);
}
await browser.close();
