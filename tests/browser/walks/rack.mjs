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

  // On the keyboard: a machine two units up, refused where another stands, and back again.
  await page.goto('/racks');
  await main.getByRole('link', { name: /^B06\b/ }).first().click();
  await page.waitForURL(/\/racks\/\d+/);
  const rackUrl = new URL(page.url()).pathname;
  const server = main.locator('#front-drawing a[data-name="SRV-0066"]');
  const offset = Number(await server.getAttribute('data-offset'));
  await server.focus();
  await page.keyboard.press('m');
  await main.locator('#move-said').filter({ hasText: 'SRV-0066' }).waitFor();
  for (let up = 0; up < 3; up += 1) { await page.keyboard.press('ArrowUp'); }
  await main.locator('#move-said').filter({ hasText: 'SRV-0067' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await main.locator('#front-drawing .el-ghost').count() === 0, 'Escape leaves a ghost in the rack');
  await page.keyboard.press('m');
  for (let up = 0; up < 6; up += 1) { await page.keyboard.press('ArrowUp'); }
  await page.keyboard.press('Enter');
  await page.waitForURL(/moved=/);
  expect(Number(await server.getAttribute('data-offset')) === offset + 12, 'the machine did not go six units up');
  await look(session, page, 'rack-moved');
  await main.locator('form.undo button').click();
  await page.waitForURL((url) => url.pathname === rackUrl && url.search === '');
  expect(Number(await server.getAttribute('data-offset')) === offset, 'the move was not taken back');

  // From the plan of the room to a machine in two clicks.
  await page.getByRole('navigation', { name: session.words.match('nav-crumbs') }).getByRole('link', { name: /3A/ }).first().click();
  await page.waitForURL(/\/rooms\/\d+/);
  await look(session, page, 'room');
  await main.locator('.floor-plan a.floor-place').filter({ hasText: 'B06' }).click();
  await page.waitForURL(/\/racks\/\d+/);
  await main.locator('#front-drawing a[data-name="SRV-0066"]').click();
  await page.waitForURL(/\/devices\/\d+/);
}
