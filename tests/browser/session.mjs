// One person at one browser, in one language: a desk of 1440 px and a phone of 360 px that share the login.
import { Words } from './words.mjs';

export const WIDTHS = { desk: 1440, phone: 360 };
const VIEW = { desk: { viewport: { width: 1440, height: 900 } }, phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 } };

/** What a page may not do while anyone walks: kept until `complaints()` takes it. */
function listen(page, list) {
  page.on('console', (message) => {
    // The browser writes every failed load to the console too; expected refusals are looked at where they are expected.
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text())) {
      list.push(`console error at ${page.url()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => list.push(`script error at ${page.url()}: ${error.message}`));
  page.on('response', (response) => {
    const request = response.request();
    if (response.status() >= 400 && request.resourceType() !== 'document') {
      list.push(`${response.status()} for ${request.method()} ${response.url()} at ${page.url()}`);
    }
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && hostname !== '127.0.0.1' && hostname !== 'localhost') {
      list.push(`a page asked another host: ${request.url()}`);
    }
  });
}

export class Session {
  constructor(browser, server, language, name) {
    Object.assign(this, { browser, server, language, name, words: new Words(language), views: {}, complained: [], told: new Set(), cookies: undefined });
  }

  /** The page of this view, opened when first asked for. */
  async view(which) {
    if (!this.views[which]) {
      const context = await this.browser.newContext({
        ...VIEW[which], baseURL: this.server.url, locale: this.language, timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', colorScheme: 'light', storageState: this.cookies,
      });
      context.setDefaultTimeout(15_000);
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}:${event.lineNumber}`));
      });
      const page = await context.newPage();
      listen(page, this.complained);
      this.views[which] = page;
    }
    return this.views[which];
  }

  desk() {
    return this.view('desk');
  }

  phone() {
    return this.view('phone');
  }

  /** Hands the login of one view to the other. */
  async share(page) {
    this.cookies = await page.context().storageState();
    for (const other of Object.values(this.views).filter((view) => view !== page)) {
      await other.context().addCookies(this.cookies.cookies);
    }
  }

  /** Signs in at the page's own form. */
  async signIn(login, which = 'desk') {
    const page = await this.view(which);
    await page.goto('/login');
    const main = page.getByRole('main');
    await main.getByRole('textbox').first().fill(login.user);
    await main.locator('input[type=password]').fill(login.password);
    await Promise.all([page.waitForURL((url) => url.pathname !== '/login'), main.getByRole('button', { name: this.words.match('nav-login', {}, { whole: false }) }).click()]);
    await this.share(page);
    return page;
  }

  /** What was not yet told, each once. */
  complaints() {
    return [...new Set(this.complained.splice(0))].filter((text) => !this.told.has(text) && this.told.add(text));
  }

  async close() {
    for (const page of Object.values(this.views)) {
      await page.context().close();
    }
  }
}
