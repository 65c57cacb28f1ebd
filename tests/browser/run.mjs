// Walks through the pages in headless Chromium: node tests/browser/run.mjs [--lang zh-CN|en] [walk...]
// Needs the debug build, /usr/bin/chromium (or CHROMIUM) and node_modules. Screenshots: target/screenshots/.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { inspect } from './inspect.mjs';
import { Server } from './server.mjs';
import { Session } from './session.mjs';
import approval from './walks/approval.mjs';
import bulk from './walks/bulk.mjs';
import serial from './walks/console.mjs';
import customerGraph from './walks/customer-graph.mjs';
import customerWall from './walks/customer-wall.mjs';
import login from './walks/login.mjs';
import machine from './walks/machine.mjs';
import metering from './walks/metering.mjs';
import pages from './walks/pages.mjs';
import power from './walks/power.mjs';
import rack from './walks/rack.mjs';
import schedules from './walks/schedules.mjs';
import search from './walks/search.mjs';
import visit from './walks/visit.mjs';

const WALKS = {
  login, rack, power, approval, machine, console: serial, bulk, schedules, search, visit, 'customer-graph': customerGraph, 'customer-wall': customerWall, metering, pages,
};
const WALK_S = 240;

const { values, positionals } = parseArgs({ options: { lang: { type: 'string', multiple: true } }, allowPositionals: true });
const languages = values.lang ?? ['zh-CN', 'en'];
const chosen = positionals.length ? positionals : Object.keys(WALKS);
const unknown = chosen.filter((name) => !WALKS[name]);
if (unknown.length) {
  console.error(`no walk ${unknown.join(', ')}; there are: ${Object.keys(WALKS).join(', ')}`);
  process.exit(2);
}

const target = resolve(process.env.CARGO_TARGET_DIR ?? new URL('../../target', import.meta.url).pathname);
const shots = join(target, 'screenshots');
if (!positionals.length) {
  rmSync(shots, { recursive: true, force: true });
}
mkdirSync(shots, { recursive: true });

/** What a walk gets: a way to open sessions, to look at pages, and to say what it expected. */
function tools(browser, server, language, faults, sessions) {
  // Walks take these apart, so none may lean on `this`.
  const open = async (name) => {
    const session = new Session(browser, server, language, name);
    sessions.push(session);
    return session;
  };
  return {
    server, language, session: open,
    async signedIn(role, customer, which) {
      const session = await open(role);
      await session.signIn(server.login(role, customer), which);
      return session;
    },
    async look(session, page, name) {
      faults.push(...(await inspect(session, page, name, shots)));
    },
    expect(truth, text) {
      if (!truth) {
        throw new Error(text);
      }
    },
  };
}

async function walk(browser, server, name, language) {
  const [faults, sessions] = [[], []];
  let timer;
  const late = new Promise((_, refuse) => { timer = setTimeout(() => refuse(new Error(`not done after ${WALK_S} s`)), WALK_S * 1000); });
  try {
    await Promise.race([WALKS[name](tools(browser, server, language, faults, sessions)), late]);
  } catch (error) {
    faults.push(String(error.stack ?? error).split('\n').slice(0, 12).join('\n    '));
    for (const [view, page] of sessions.flatMap((session) => Object.entries(session.views))) {
      faults.push(`the ${view} was at ${page.url()}`);
      await page.screenshot({ path: join(shots, `failed-${language}-${name}-${view}.png`) }).catch(() => {});
    }
  }
  clearTimeout(timer);
  faults.push(...sessions.flatMap((session) => session.complaints()));
  await Promise.all(sessions.map((session) => session.close().catch(() => {})));
  return faults;
}

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
  const count = { passed: 0, failed: 0 };
  const report = (name, faults, from) => {
    count[faults.length ? 'failed' : 'passed'] += 1;
    console.log(`${faults.length ? 'FAILED' : 'ok'}  ${name}  ${((Date.now() - from) / 1000).toFixed(1)} s`);
    faults.forEach((fault) => console.log(`    ${fault}`));
  };
  let from = Date.now();
  try {
    const server = await Server.start(target);
    console.log(`${server.url} answers after ${((Date.now() - from) / 1000).toFixed(1)} s; screenshots in ${shots}`);
    for (const language of languages) {
      for (const name of chosen) {
        from = Date.now();
        report(`${name} [${language}]`, await walk(browser, server, name, language), from);
      }
    }
    from = Date.now();
    const end = await server.stop().then(() => [], (error) => [error.message]);
    report('ends cleanly on SIGINT', end, from);
  } catch (error) {
    report('start', [error.message], from);
  } finally {
    await browser.close();
  }
  console.log(`\nbrowser: ${count.passed} passed, ${count.failed} failed`);
  process.exitCode = count.failed ? 1 : 0;
}

await main();
