// A schedule of a week: refused when its time makes no sense, kept with what was typed, paused, and archived.
const MACHINES = { 'zh-CN': 'SRV-0021\nSRV-0022', en: 'SRV-0023\nSRV-0024' };

export default async function schedules({ signedIn, language, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const main = page.getByRole('main');
  const word = (key, given) => session.words.match(key, given, { whole: false });
  const name = language === 'en' ? 'Rendering farm at night' : '渲染节点夜间关机';
  await page.goto('/power');
  await main.getByRole('link', { name: session.words.match('power-schedules-title') }).click();
  await page.goto('/power/schedules/new');
  await look(session, page, 'schedule-form');
  await main.locator('[name=name]').fill(name);
  await main.locator('[name=action]').selectOption('soft_off');
  await main.locator('[name=machines]').fill(MACHINES[language]);
  await main.locator('[name=weekdays]').first().check();
  await main.locator('[name=time]').fill('25:00');
  await main.getByRole('button', { name: word('form-save') }).click();
  await main.getByText(word('power-fault-time')).first().waitFor();
  expect(await main.locator('[name=machines]').inputValue() === MACHINES[language], 'the machines that were typed are lost');
  await main.locator('[name=time]').fill('23:30');
  await main.getByRole('button', { name: word('form-save') }).click();
  await page.waitForURL(/\/power\/schedules\/\d+$/);
  await main.getByText('23:30').first().waitFor();
  await look(session, page, 'schedule');
  await page.goto('/power/schedules');
  await look(session, page, 'schedules');
  await main.getByRole('link', { name }).first().click();
  await main.getByRole('button', { name: word('power-schedule-pause') }).click();
  await main.getByRole('button', { name: word('power-schedule-resume') }).waitFor();
  await main.getByRole('link', { name: word('archive-short') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(word('power-schedule-archive-consequence')).waitFor();
  await dialog.locator('[type=submit]').click();
  await page.waitForURL('**/power/schedules');
  expect(await main.getByRole('link', { name }).count() === 0, 'an archived schedule is still in the list');
}
