// A customer sees the graph of the own bandwidth, its 95th percentile and the same figures as a table.
export default async function customerGraph({ signedIn, look, expect }) {
  const session = await signedIn('customer_admin', 'mossvale');
  const page = await session.desk();
  const main = page.getByRole('main');
  await page.getByRole('navigation', { name: session.words.match('nav-main') }).getByRole('link', { name: session.words.match('nav-bandwidth') }).click();
  await look(session, page, 'bandwidth');
  await main.getByRole('link', { name: /MV-BGP-1/ }).first().click();
  const graph = main.locator('figure.graph').first();
  await graph.locator('canvas').first().waitFor();
  expect(await graph.locator('canvas').first().evaluate((canvas) => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value, i) => i % 4 === 3 && value > 0);
  }), 'the graph is an empty canvas');
  await main.getByText(session.words.match('graph-p95', {}, { whole: false })).first().waitFor();
  await look(session, page, 'allocation');

  const day = await main.getByRole('link', { name: session.words.match('graph-day') }).first().getAttribute('href');
  expect(/range=day/.test(day ?? ''), `the link to a day leads to ${day}`);
  await page.goto(new URL(day, page.url()).href);
  await graph.locator('canvas').first().waitFor();
  await main.getByRole('link', { name: /10GE1\/0\/1/ }).first().click();
  await page.waitForURL(/\/ports\/\d+/);
  await graph.locator('canvas').first().waitFor();
  await look(session, page, 'port');
}
