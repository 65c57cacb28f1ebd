// The serial console of a machine with a phone: connect, log in, type, paste, break, a watcher; then the recording is replayed.
const MACHINE = { 'zh-CN': '/search?q=SRV-0008', en: '/search?q=SRV-0009' };

const shown = (page) => page.evaluate(() => {
  const buffer = document.querySelector('[data-console], [data-replay]').coldaisleTerm?.buffer.active;
  return buffer ? Array.from({ length: buffer.length }, (_, line) => buffer.getLine(line).translateToString(true)).join('\n') : '';
});

/** Waits until the terminal shows this. */
async function reads(page, text, expect, again = async () => {}) {
  for (let left = 100; left > 0; left -= 1) {
    await again();
    if ((await shown(page)).includes(text)) {
      return;
    }
    await page.waitForTimeout(150);
  }
  expect(false, `the terminal does not show "${text}" but:\n${(await shown(page)).trim().slice(-600)}`);
}

async function opened(page, language, words) {
  await page.goto(MACHINE[language]);
  if (!/\/devices\/\d+/.test(page.url())) {
    await page.getByRole('main').getByRole('link', { name: /SRV-/ }).first().click();
    await page.waitForURL(/\/devices\/\d+/);
  }
  await page.getByRole('main').getByRole('link', { name: words.match('console') }).first().click();
  await page.waitForURL(/\/console$/);
}

async function replayed(session, page, look, expect) {
  await page.goto('/consoles');
  await look(session, page, 'consoles');
  await page.getByRole('main').locator('a.row-link').first().click();
  await page.waitForURL(/\/consoles\/\d+/);
  const position = page.locator('[data-position]');
  await page.locator('[data-bar]').waitFor();
  // The last seconds are written down a little after they were said: the page is loaded again until they are there.
  const toItsEnd = async () => {
    await page.reload();
    await page.locator('[data-bar]').waitFor();
    await page.waitForTimeout(500);
    await position.evaluate((range) => { range.value = range.max; range.dispatchEvent(new Event('input', { bubbles: true })); });
  };
  await reads(page, 'hello rack', expect, toItsEnd);
  await position.evaluate((range) => { range.value = 0; range.dispatchEvent(new Event('input', { bubbles: true })); });
  expect(!(await shown(page)).includes('hello rack'), 'the start of the recording shows its end');
  await page.locator('[data-speed]').selectOption('16');
  await page.locator('[data-play]').click();
  await reads(page, 'hello rack', expect);
  await look(session, page, 'console-recording');
}

export default async function serial({ signedIn, language, look, expect }) {
  const session = await signedIn('operations', undefined, 'phone');
  const page = await session.phone();
  const main = page.getByRole('main');
  const word = (key, given) => session.words.match(key, given, { whole: false });
  await opened(page, language, session.words);
  await look(session, page, 'console-start');
  await main.locator('#console-reason').fill(language === 'en' ? 'Browser walk' : '浏览器走查');
  await main.getByRole('button', { name: session.words.match('console-connect') }).click();
  await page.locator('[data-console][data-now=open]').waitFor();
  await page.keyboard.press('Enter');
  await reads(page, 'sim login:', expect);
  await page.keyboard.type('root');
  await page.keyboard.press('Enter');
  await reads(page, 'Password:', expect);
  await page.keyboard.type('secret');
  await page.keyboard.press('Enter');
  await reads(page, 'root@sim:~#', expect);
  // Pasted text comes in one piece.
  await page.keyboard.insertText('echo hello rack');
  await page.keyboard.press('Enter');
  await reads(page, '\nhello rack', expect);
  expect(!(await shown(page)).includes('secret'), 'the password is on the screen');

  // Another person watches and can't type.
  const other = await signedIn('administrator');
  const desk = await other.desk();
  await desk.goto(page.url());
  await desk.getByRole('main').getByRole('button', { name: session.words.match('console-watch') }).click();
  await desk.locator('[data-console][data-now=open]').waitFor();
  await main.getByText(word('console-people', { count: 2 })).waitFor();
  expect(await desk.locator('[data-keys]').isHidden(), 'a watcher has keys to type with');

  await main.getByRole('button', { name: word('console-break') }).click();
  await main.locator('[data-notes]').getByText(word('console-note-break-sent')).waitFor();
  await page.screenshot({ path: `${process.env.CARGO_TARGET_DIR ?? 'target'}/screenshots/${language}-360-console-live.png`, fullPage: true });
  await desk.screenshot({ path: `${process.env.CARGO_TARGET_DIR ?? 'target'}/screenshots/${language}-1440-console-live.png`, fullPage: true });
  await desk.locator('[data-leave]').click();
  await main.locator('[data-leave]').click();
  await main.locator('[data-start]').waitFor();
  await replayed(session, page, look, expect);
}
