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

  // Without a mouse: zooming changes the address, a value is read, Home goes back, and the choice to mirror is kept.
  const area = graph.locator('[data-area]');
  await area.focus();
  await page.keyboard.press('+');
  await page.waitForURL(/[?&]from=.*[?&]to=/);
  const zoomed = new URL(page.url()).searchParams;
  const width = Date.parse(zoomed.get('to')) - Date.parse(zoomed.get('from'));
  expect(width === 43_200_000, `one step in from a day shows ${width} ms`);
  await page.keyboard.press('ArrowLeft');
  await page.waitForURL((url) => url.searchParams.get('to') < zoomed.get('to'));
  await page.keyboard.press('Shift+ArrowLeft');
  await graph.locator('[data-now="at"]', { hasText: /\d{4}-\d{2}-\d{2} \d{2}:\d{2}/ }).waitFor();
  await graph.locator('[data-now="in"]', { hasText: /bps/ }).waitFor();
  await page.keyboard.press('Home');
  await page.waitForURL(/range=day/);
  await page.keyboard.press('m');
  await graph.locator('[data-act="mirror"][aria-pressed="true"]').waitFor();
  await page.reload();
  await graph.locator('[data-act="mirror"][aria-pressed="true"]').waitFor();
  await graph.locator('[data-act="mirror"]').click();
  await graph.locator('[data-act="mirror"][aria-pressed="false"]').waitFor();

  // Compared with a week before, by a form that needs no script; the address keeps it through a zoom.
  await main.locator('.graph-compare > summary').click();
  await main.locator('#compare-against').selectOption('week');
  await main.getByRole('button', { name: session.words.match('compare-show') }).click();
  await page.waitForURL(/against=week/);
  await main.locator('.graph-compared').waitFor();
  await graph.locator('[data-other]:not([hidden])').waitFor();
  await look(session, page, 'compared');
  await area.focus();
  await page.keyboard.press('+');
  await page.waitForURL(/against=week.*[?&]from=/);

  const day = await main.getByRole('link', { name: session.words.match('graph-day') }).first().getAttribute('href');
  expect(/range=day/.test(day ?? ''), `the link to a day leads to ${day}`);
  await page.goto(new URL(day, page.url()).href);
  await graph.locator('canvas').first().waitFor();
  await main.getByRole('link', { name: /10GE1\/0\/1/ }).first().click();
  await page.waitForURL(/\/ports\/\d+/);
  await graph.locator('canvas').first().waitFor();
  await look(session, page, 'port');
}
