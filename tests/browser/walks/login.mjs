// A person signs in: once wrong, once right; sees who they are, changes the language, signs out.
export default async function login({ server, session: open, look, expect }) {
  const session = await open('login');
  const page = await session.desk();
  await page.goto('/');
  expect(new URL(page.url()).pathname === '/login', `a stranger at / stood at ${page.url()}, not at the login page`);
  await look(session, page, 'login');

  const person = server.login('operations');
  const main = page.getByRole('main');
  const submit = main.getByRole('button', { name: session.words.match('nav-login', {}, { whole: false }) });
  await main.getByRole('textbox').first().fill(person.user);
  await main.locator('input[type=password]').fill(`not-${person.password}`);
  await submit.click();
  await main.getByText(session.words.match('login-wrong')).first().waitFor();
  expect(await main.getByRole('textbox').first().inputValue() === person.user, 'the name typed was lost with the wrong password');
  expect(!(await main.locator('input[type=password]').inputValue()), 'the wrong password was sent back to the page');
  await look(session, page, 'login-refused');

  await session.signIn(person);
  const who = page.getByRole('banner').locator('summary', { has: page.locator('.menu-word') }).last();
  await who.click();
  await page.getByRole('button', { name: session.words.match('nav-logout') }).click();
  await page.waitForURL('**/login**');
  await page.goto('/devices');
  expect(new URL(page.url()).pathname === '/login', `after signing out /devices still showed ${page.url()}`);
}
