// The search box: it offers while one types, the keyboard chooses, Esc closes, and a customer is offered nothing of others.
const OWN = 'SRV-0004';

export default async function search({ signedIn, language, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const box = page.locator('#search');
  const list = page.getByRole('listbox');
  await page.goto('/racks');
  await page.keyboard.press('/');
  await page.keyboard.type(OWN.toLowerCase());
  const first = list.getByRole('option', { name: new RegExp(OWN) }).first();
  await first.waitFor();
  expect(await box.getAttribute('aria-expanded') === 'true', 'the box does not say that it is open');
  await look(session, page, 'search-offered');
  await page.goto('/racks');
  await box.fill(OWN);
  await first.waitFor();
  await page.keyboard.press('ArrowDown');
  expect(await box.getAttribute('aria-activedescendant') === await first.getAttribute('id'), 'an arrow does not choose');
  await page.keyboard.press('Escape');
  expect(await list.count() === 0 || !(await list.isVisible()), 'Esc does not close');
  await page.keyboard.press('ArrowDown');
  await list.waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/devices\/\d+/);
  await box.fill('sw');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=sw/);
  await look(session, page, `search-page-${language}`);
}
