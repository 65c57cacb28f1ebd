// The network engineer's way: from a polled switch to its ports and neighbours, its gauges, and to a billing period and its evidence.
export default async function metering({ signedIn, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const main = page.getByRole('main');
  await page.goto('/targets');
  await main.getByRole('link', { name: /SW-/ }).first().click();
  await page.waitForURL(/\/targets\/\d+$/);
  await look(session, page, 'target');
  await page.goto(`${new URL(page.url()).pathname}/discover`);
  expect(await main.locator('input[type="checkbox"][name="port"], input[type="checkbox"]').count() > 3, 'no ports to choose from');
  await look(session, page, 'discover');

  await page.goto('/allocations');
  await main.getByRole('link', { name: /MV-BGP-1/ }).first().click();
  const allocation = new URL(page.url()).pathname;
  await page.goto(`${allocation}/periods`);
  await look(session, page, 'periods');
  await main.getByRole('link', { name: /\d{4}-\d{2}-\d{2}/ }).last().click();
  await page.waitForURL(/\/periods\/\d{4}-\d{2}-\d{2}/);
  await look(session, page, 'period');

  for (const path of ['/feeds', '/events', '/settings/rules', '/settings/channels', '/settings/channels/new']) {
    const answer = await page.goto(path);
    expect(answer.status() === 200, `${path} answered ${answer.status()}`);
    await look(session, page, path.slice(1).replace(/\W+/g, '-'));
  }
}
