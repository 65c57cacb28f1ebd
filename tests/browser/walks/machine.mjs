// What a machine says about itself: sensors and their courses, its event log with search, its parts against the record, its BMC.
const MACHINE = { 'zh-CN': 'SRV-0006', en: 'SRV-0007' };
const REDFISH = { 'zh-CN': 'SRV-0005', en: 'SRV-0014' };
const ROTATED_MS = 90_000;

/** The address of a machine, found as a person finds it. */
async function found(page, name) {
  await page.goto(`/search?q=${name}`);
  const link = page.getByRole('main').getByRole('link', { name: new RegExp(name) });
  if (!/\/devices\/\d+/.test(page.url())) {
    await link.first().click();
    await page.waitForURL(/\/devices\/\d+/);
  }
  return new URL(page.url()).pathname;
}

export default async function machine({ signedIn, language, look, expect }) {
  const session = await signedIn('operations');
  const page = await session.desk();
  const main = page.getByRole('main');
  const word = (key, given) => session.words.match(key, given, { whole: false });
  const device = await found(page, MACHINE[language]);

  // Readings of a fresh program come within its first rounds.
  for (let left = 20; left > 0 && await main.locator('#sensors details').count() === 0; left -= 1) {
    await page.waitForTimeout(1_500);
    await page.reload();
  }
  for (const section of await main.locator('details.sensor-group').all()) {
    await section.evaluate((element) => { element.open = true; });
  }
  expect(await main.locator('#sensors td').getByText('CPU1 Temp').count() === 1, 'the sensors do not show the temperature of the processor');
  expect(await main.locator('#hardware').getByText(/DIMM/).count() > 0, 'the parts do not show the memory');
  await look(session, page, 'device');

  const course = main.locator('#sensors a.spark-link, #sensors td a').first();
  await course.click();
  await page.waitForURL((url) => url.pathname !== device);
  await look(session, page, 'sensor-course');

  await page.goto(`${device}/event-log`);
  const all = await main.locator('tbody tr').count();
  await main.getByRole('searchbox').fill('power');
  await main.getByRole('searchbox').press('Enter');
  await page.waitForURL(/q=power/);
  const some = await main.locator('tbody tr').count();
  expect(some > 0 && some < all, `the search shows ${some} of ${all} entries`);
  await look(session, page, 'event-log');

  await page.goto(`${device}/power/identify`);
  await look(session, page, 'identify-dialog');
  await page.goto(`${device}/power/boot_device`);
  await look(session, page, 'boot-dialog');
  await page.goto(`${device}/bmc`);
  await look(session, page, 'bmc-form');
  await main.getByRole('link', { name: 'Redfish' }).click();
  await main.locator('[name=trust]').first().waitFor();

  // A new password for the BMC: asked for, set, tried, and on record.
  await page.goto(device);
  await main.getByRole('link', { name: word('rotation-open') }).click();
  await main.locator('[name=password]').fill('quite short');
  await main.locator('[name=password_again]').fill('something else');
  await main.getByRole('button', { name: word('rotation-submit') }).click();
  await main.getByText(word('rotation-fault-again')).first().waitFor();
  await look(session, page, 'password-refused');
  await main.locator('[name=make_up]').check();
  await main.locator('[name=password]').fill('');
  await main.locator('[name=password_again]').fill('');
  await main.getByRole('button', { name: word('rotation-submit') }).click();
  await main.locator('[data-settled]').waitFor({ timeout: ROTATED_MS });
  expect(await main.getByText(word('rotation-step-stored')).count() > 0, `the new password is not on record: ${await main.locator('#rotation-live').innerText()}`);
  await look(session, page, 'password-changed');

  const other = await found(page, REDFISH[language]);
  await page.goto(`${other}/bmc`);
  await look(session, page, 'bmc-form-redfish');
}
