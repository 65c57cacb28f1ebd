// From the list of racks to a machine: both sides of the elevation, a device in it, and a position that is taken is refused.
import { phrase } from '../phrases.mjs';

export default async function rack({ signedIn, language, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const main = page.getByRole('main');
  await page.getByRole('navigation', { name: session.words.match('nav-main') }).getByRole('link', { name: session.words.match('nav-racks') }).click();
  await page.waitForURL('**/racks**');
  await look(session, page, 'racks');

  await main.getByRole('link', { name: /^A06\b/ }).first().click();
  await page.waitForURL(/\/racks\/\d+/);
  for (const side of ['front', 'rear']) {
    expect(await main.locator('svg').filter({ has: page.locator('title', { hasText: phrase(language, side) }) }).count() > 0
      || await main.getByRole('img', { name: phrase(language, side) }).count() > 0
      || await main.getByRole('figure', { name: phrase(language, side) }).count() > 0, `no drawing of the ${side}`);
  }
  await look(session, page, 'rack');

  const sw = main.locator('svg a.el-device').filter({ hasText: 'SW-A06-1' }).first();
  await sw.click();
  await page.waitForURL(/\/devices\/\d+/);
  await main.getByRole('heading', { level: 1, name: 'SW-A06-1' }).waitFor();
  await look(session, page, 'device-switch');

  // U 42 at the rear is this switch's own; the panel below holds 41 at the rear.
  await main.getByRole('link', { name: phrase(language, 'edit') }).first().click();
  await page.waitForURL(/\/edit/);
  await look(session, page, 'device-edit');
  const unit = main.locator('[name=unit]');
  await unit.fill('41');
  await main.getByRole('button', { name: phrase(language, 'save') }).click();
  await main.getByText(phrase(language, 'occupied')).first().waitFor();
  expect(await unit.inputValue() === '41', 'what was typed was lost with the refusal');
  expect(await main.getByText('PP-A06-1').count() > 0, 'the refusal does not name what is in the way');
  await look(session, page, 'device-edit-refused');
}
