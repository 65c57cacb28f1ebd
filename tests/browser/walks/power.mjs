// Operations power-cycles a machine: the dialog names it and asks for its label, and the page shows the outcome that was observed.
import { phrase } from '../phrases.mjs';

const MACHINE = { 'zh-CN': 'SRV-0003', en: 'SRV-0004' };
const OUTCOME_MS = 120_000;

export default async function power({ signedIn, language, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const main = page.getByRole('main');
  const machine = MACHINE[language];
  await page.getByRole('searchbox').first().fill(machine);
  await page.keyboard.press('Enter');
  await main.getByRole('link', { name: new RegExp(machine) }).first().click();
  await page.waitForURL(/\/devices\/\d+/);
  const device = page.url();
  await look(session, page, 'device');

  const href = await main.getByRole('link', { name: phrase(language, 'power-cycle') }).first().getAttribute('href');
  await page.goto(href);
  await look(session, page, 'power-dialog');
  await page.goto(device);

  await main.getByRole('link', { name: phrase(language, 'power-cycle') }).first().click();
  const dialog = page.getByRole('dialog').or(main.locator('[data-dialog-body]')).first();
  await dialog.waitFor();
  const label = dialog.locator('[name=confirm]');
  const submit = dialog.getByRole('button', { name: phrase(language, 'power-cycle') });
  for (const fact of [machine, /U/, await label.getAttribute('data-confirm-label')]) {
    expect(await dialog.getByText(fact).count() > 0, `the dialog does not say ${fact}`);
  }
  await label.fill('another-machine');
  if (await submit.isEnabled()) {
    await submit.click();
    await page.locator('[name=confirm]').first().waitFor();
  }
  await page.locator('[name=confirm]').first().fill(await label.getAttribute('data-confirm-label'));
  await page.locator('[name=reason]').first().fill(language === 'en' ? 'Browser walk' : '浏览器走查');
  await page.getByRole('button', { name: phrase(language, 'power-cycle') }).last().click();

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
}
