// A protected machine: who asks can't approve, a second person sees what is asked and approves, and both are on record.
const MACHINE = { 'zh-CN': 'SRV-0010', en: 'SRV-0011' };
const OUTCOME_MS = 90_000;

async function protect(page, main, word, name) {
  await page.goto(`/search?q=${name}`);
  if (!/\/devices\/\d+/.test(page.url())) {
    await main.getByRole('link', { name: new RegExp(name) }).first().click();
    await page.waitForURL(/\/devices\/\d+/);
  }
  const device = new URL(page.url()).pathname;
  await page.goto(`${device}/edit`);
  await main.locator('[name=protected]').check();
  await main.getByRole('button', { name: word('form-save') }).click();
  await page.waitForURL(`**${device}`);
  return device;
}

export default async function approval({ signedIn, language, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const main = page.getByRole('main');
  const word = (key, given) => session.words.match(key, given, { whole: false });
  const device = await protect(page, main, word, MACHINE[language]);
  await page.goto(`${device}/power/reset`);
  await main.getByText(word('power-warn-protected')).waitFor();
  const label = main.locator('[name=confirm]');
  await label.fill(await label.getAttribute('data-confirm-label'));
  await main.locator('form .btn-danger').click();
  await page.waitForURL(/\/power\/intents\/\d+/);
  const intent = new URL(page.url()).pathname;
  await main.getByText(word('power-waits-for-other')).waitFor();
  expect(await main.locator(`a[href$="/approve"]`).count() === 0, 'who asked may approve');
  await look(session, page, 'approval-awaited');

  const second = await signedIn('administrator');
  const desk = await second.desk();
  await desk.goto(`${intent}/approve`);
  await look(second, desk, 'approval-dialog');
  await desk.goto(intent);
  await desk.getByRole('main').locator(`a[href$="/approve"]`).click();
  await desk.getByRole('dialog').locator('[type=submit]').click();
  // The page of the one who asked goes on by itself.
  await main.locator('[data-settled] [role=status]').waitFor({ timeout: OUTCOME_MS });
  const name = await desk.locator('body').getAttribute('data-user');
  expect(await main.locator('.life').getByText(name).count() > 0, `the steps do not say that ${name} approved`);
  await look(session, page, 'approval-done');
}
