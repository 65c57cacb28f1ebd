// Every page that the bars lead to, as each of the people who have one.
const PEOPLE = ['administrator', 'operations', 'technician', 'reception', 'customer_admin'];

export default async function pages({ signedIn, look, expect }) {
  for (const role of PEOPLE) {
    const session = await signedIn(role, role.startsWith('customer') ? 'mossvale' : undefined);
    const page = await session.desk();
    const links = await page.getByRole('navigation', { name: session.words.match('nav-main') }).getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links.length > 0 && links.length <= 8, `${role} has ${links.length} entries in the side bar`);
    for (const path of links) {
      const answer = await page.goto(path);
      expect(answer.status() === 200, `${path} answered ${answer.status()} to ${role}`);
      await look(session, page, `${role}${path.replace(/\W+/g, '-')}`);
    }
  }
}
