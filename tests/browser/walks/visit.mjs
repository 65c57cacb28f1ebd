// At the door with a phone of 360 px: someone walks in, is on the list of who is inside, and is checked out again.
import { phrase } from '../phrases.mjs';

export default async function visit({ signedIn, language, look, expect }) {
  const session = await signedIn('technician', undefined, 'phone');
  const page = await session.phone();
  const main = page.getByRole('main');
  const name = language === 'en' ? 'Wanda Walkin' : '万晓达';
  await page.getByRole('navigation', { name: session.words.match('nav-phone') }).getByRole('link', { name: session.words.match('nav-here') }).click();
  await look(session, page, 'here');

  await main.getByRole('link', { name: phrase(language, 'walk-in') }).first().click();
  await look(session, page, 'walk-in');
  await main.locator('[name=visitor_name]').fill(name);
  await main.locator('[name=company]').fill(language === 'en' ? 'Example Cabling Ltd' : '示例布线工程部');
  // A number with a right check digit of nobody: region 000000 is not given out.
  await main.locator('[name=document_number]').fill('000000199001010018');
  await main.getByRole('button', { name: phrase(language, 'check-in') }).click();
  await main.getByText(name).first().waitFor();
  await look(session, page, 'visit');

  await page.goto('/visits/inside');
  await main.getByText(name).first().waitFor();
  expect(await main.getByText('000000199001010018').count() === 0, 'the list shows the whole identity number');
  await look(session, page, 'inside');

  await main.getByRole('link', { name: new RegExp(name) }).first().click();
  await main.getByRole('link', { name: phrase(language, 'check-out') }).first().click();
  await page.waitForURL(/\/check-out$/);
  await look(session, page, 'check-out');
  await main.getByRole('button', { name: phrase(language, 'check-out') }).click();
  await page.waitForURL((url) => !url.pathname.endsWith('/check-out'));
  await page.goto('/visits/inside');
  expect(await main.getByText(name).count() === 0, `${name} is still on the list of who is inside after the check-out`);
}
