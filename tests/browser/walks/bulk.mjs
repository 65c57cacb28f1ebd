// Several machines at once: chosen, previewed with what stands against it, confirmed by their number, watched until the last has ended.
const CHOICE = { 'zh-CN': 'mv-kvm-1', en: 'mv-ceph' };
const SETTLED_MS = 150_000;

export default async function bulk({ signedIn, language, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const main = page.getByRole('main');
  const word = (key, given) => session.words.match(key, given, { whole: false });
  await page.goto('/power');
  await main.getByRole('link', { name: session.words.match('power-bulk-new') }).click();
  await page.waitForURL('**/power/bulk');
  await look(session, page, 'bulk-empty');
  await main.getByRole('searchbox').fill(CHOICE[language]);
  await main.getByRole('searchbox').press('Enter');
  await page.waitForURL(/q=/);
  await main.locator('[data-tick-all] input').check();
  const chosen = await main.locator('input[name=devices]:checked').count();
  expect(chosen > 1 && chosen === await main.locator('input[name=devices]').count(), `the box for all ticked ${chosen}`);
  await look(session, page, 'bulk-choice');

  // The phone's view loaded the address anew; this page still has its ticks.
  await main.locator('[name=action]').selectOption('reset');
  await main.getByRole('button', { name: word('power-bulk-preview') }).click();
  await main.locator('[name=confirm]').waitFor();
  expect(await main.locator('tbody tr').count() === chosen, 'the preview does not show each machine');
  await main.locator('[name=confirm]').fill(String(chosen + 1));
  await main.locator('[name=reason]').fill(language === 'en' ? 'Kernel of all nodes' : '全部节点升级内核');
  await main.locator('form .btn-danger').click();
  await main.getByText(word('power-fault-count', { count: chosen })).first().waitFor();
  const faults = await main.locator('tbody tr').count();
  expect(faults === chosen, 'after a fault the preview lost its machines');
  await main.locator('[name=confirm]').fill(String(chosen));
  await main.locator('form .btn-danger').click();
  await page.waitForURL(/\/power\/bulks\/\d+/);
  const address = page.url();
  await main.locator('[data-settled] [role=status]').waitFor({ timeout: SETTLED_MS });
  await look(session, page, 'bulk-result');

  const csv = await page.request.get(`${address}/result.csv`);
  expect(csv.status() === 200 && (await csv.text()).trim().split('\n').length === chosen + 1, 'the CSV has not one line for each machine');
  await page.goto('/power/bulks');
  await look(session, page, 'bulks');
}
