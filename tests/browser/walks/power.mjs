// Operations power-cycles a machine with a phone: the dialog names it and asks for its label, the page shows the outcome that
// was observed, and who looks for it later finds who did it and why.
import { phrase } from '../phrases.mjs';

const MACHINE = { 'zh-CN': 'SRV-0003', en: 'SRV-0004' };
const REASON = { 'zh-CN': '浏览器走查', en: 'Browser walk' };
const OUTCOME_MS = 120_000;

/** The dialog over the page: it says which machine, and its button stays shut until the label is typed. */
async function confirmed(page, main, machine, reason, language, expect) {
  await main.getByRole('link', { name: phrase(language, 'power-cycle') }).first().click();
  const dialog = page.getByRole('dialog').or(main.locator('[data-dialog-body]')).first();
  await dialog.waitFor();
  const label = dialog.locator('[name=confirm]');
  const submit = dialog.getByRole('button', { name: phrase(language, 'power-cycle') });
  const wanted = await label.getAttribute('data-confirm-label');
  for (const fact of [machine, /U/, wanted]) {
    expect(await dialog.getByText(fact).count() > 0, `the dialog does not say ${fact}`);
  }
  await label.fill('another-machine');
  if (await submit.isEnabled()) {
    await submit.click();
    await page.locator('[name=confirm]').first().waitFor();
  }
  await page.locator('[name=confirm]').first().fill(wanted);
  await page.locator('[name=reason]').first().fill(reason);
  await page.getByRole('button', { name: phrase(language, 'power-cycle') }).last().click();
}

export default async function power({ signedIn, language, look, expect }) {
  const session = await signedIn('operations', undefined, 'phone');
  const page = await session.phone();
  const main = page.getByRole('main');
  const machine = MACHINE[language];
  await page.getByRole('combobox').first().fill(machine);
  await page.keyboard.press('Enter');
  await main.getByRole('link', { name: new RegExp(machine) }).first().click();
  await page.waitForURL(/\/devices\/\d+/);
  const device = page.url();

  const href = await main.getByRole('link', { name: phrase(language, 'power-cycle') }).first().getAttribute('href');
  await page.goto(href);
  await look(session, page, 'power-dialog');
  await page.goto(device);
  await confirmed(page, main, machine, REASON[language], language, expect);

  // The outcome comes by itself, without a reload.
  await page.waitForURL(/\/power\/intents\/\d+/);
  const outcome = main.locator('[data-settled] [role=status]');
  await outcome.waitFor({ timeout: OUTCOME_MS });
  const words = await outcome.innerText();
  expect(phrase(language, 'power-outcome').test(words), `the power cycle ended with: ${words}`);
  await look(session, page, 'power-outcome');
  await page.goto(device);
  await main.getByText(phrase(language, 'power-cycle')).first().waitFor();
  await look(session, page, 'device-after');

  // Somebody else, later: the list finds it by the machine's name, and tells who and why.
  const later = await signedIn('auditor');
  const desk = await later.desk();
  await desk.goto(`/power?q=${machine}&action=cycle`);
  await look(later, desk, 'power-list');
  await desk.getByRole('main').locator('a.row-link').first().click();
  await desk.waitForURL(/\/power\/intents\/\d+/);
  expect(await desk.getByRole('main').getByText(REASON[language]).count() > 0, 'the page of the action does not say why it was done');
}
