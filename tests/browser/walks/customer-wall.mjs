// What belongs to another customer does not exist: pages, the API, search and graphs answer as they do for what never was.
async function idOf(page, path, name) {
  await page.goto(`${path}?q=${encodeURIComponent(name)}`);
  const href = await page.getByRole('main').getByRole('link', { name: new RegExp(`^\\s*${name}\\b`) }).first().getAttribute('href');
  return Number(/(\d+)(?:[?#].*)?$/.exec(href)[1]);
}

export default async function customerWall({ server, signedIn, session: open, look, expect }) {
  // SRV-0001 and the ports of MV-BGP-1 are mossvale's.
  const owner = await (await signedIn('customer_admin', 'mossvale')).desk();
  const device = await idOf(owner, '/devices', 'SRV-0001');
  const own = await owner.goto(`/devices/${device}`);
  expect(own.status() === 200, `the owner got ${own.status()} for the own server`);

  const other = await open('other');
  const page = await other.signIn(server.logins.find((login) => login.role.startsWith('customer') && login.customer !== 'mossvale'));
  for (const path of [`/devices/${device}`, `/devices/${device}/power/cycle`, '/racks/2', '/customers/1', '/customers', '/audit', '/devices/999999']) {
    const answer = await page.goto(path);
    expect(answer.status() === 404, `${path} answered ${answer.status()} to another customer instead of 404`);
  }
  await look(other, page, 'not-found');
  const foreign = (await page.goto(`/devices/${device}`), await page.getByRole('main').innerText());
  const never = (await page.goto('/devices/999999'), await page.getByRole('main').innerText());
  const plain = (text, id) => text.replaceAll(String(id), 'N').replace(/[0-9a-zA-Z-]{8,}/g, 'REF');
  expect(plain(foreign, device) === plain(never, 999999), 'the page for what is another customer\'s differs from the page for what never was');
  for (const path of [`/api/v1/devices/${device}`, `/api/v1/ports/1/series?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&points=10`]) {
    const answer = await page.request.get(server.url + path);
    expect(answer.status() === 404 || answer.status() === 401, `${path} answered ${answer.status()} to another customer`);
  }
  await page.goto('/search?q=SRV-0001');
  expect(await page.getByRole('main').getByRole('link', { name: /SRV-0001/ }).count() === 0, 'search shows another customer\'s server');
}
