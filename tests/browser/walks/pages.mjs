// Every page that the bars lead to, as each of the people who have one; and looks closely as those whose pages differ most.
const PEOPLE = ['administrator', 'operations', 'technician', 'reception', 'customer_admin'];
const LOOKED_AT = ['administrator', 'customer_admin'];
const MORE = ['/settings/users', '/settings/audit', '/settings/tasks', '/targets', '/cables', '/cables/1', '/cables/new', '/cables/differences', '/device-ports/1/trace', '/prefixes', '/prefixes/1', '/addresses', '/addresses/who-had', '/vlans', '/ip-ranges', '/feeds', '/panels', '/wall', '/device-types', '/differences', '/views/new?list=devices', '/import', '/account', '/search?q=SRV'];

export default async function pages({ signedIn, look, expect }) {
  for (const role of PEOPLE) {
    const session = await signedIn(role, role.startsWith('customer') ? 'mossvale' : undefined);
    const page = await session.desk();
    const links = await page.getByRole('navigation', { name: session.words.match('nav-main') }).getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links.length > 0 && links.length <= 8, `${role} has ${links.length} entries in the side bar`);
    for (const path of role === 'administrator' ? [...links, ...MORE] : links) {
      const answer = await page.goto(path);
      expect(answer.status() === 200, `${path} answered ${answer.status()} to ${role}`);
      if (!LOOKED_AT.includes(role)) {
        expect(await page.getByRole('heading', { level: 1 }).count() === 1, `${path} has not one main heading for ${role}`);
        continue;
      }
      await look(session, page, `${role}${path.replace(/\W+/g, '-')}`);
    }
  }
}
