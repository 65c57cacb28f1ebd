// The program under test: the debug build of `coldaisle demo` with a database of its own, or one that runs already.
//
// `coldaisle demo --quiet` prints one line of JSON once it answers:
//   {"url": "http://127.0.0.1:PORT", "logins": [{"role": "operations", "user": "…", "password": "…", "customer": "mossvale" or null}, …]}
// A running one is named by COLDAISLE_URL, its logins (the same array) by COLDAISLE_LOGINS.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_S = 240;
const STOP_S = 20;

const within = (seconds, promise, what) => {
  let timer;
  const late = new Promise((_, refuse) => { timer = setTimeout(() => refuse(new Error(`${what} took longer than ${seconds} s`)), seconds * 1000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

export class Server {
  static async start(target) {
    if (process.env.COLDAISLE_URL) {
      return new Server(process.env.COLDAISLE_URL, JSON.parse(process.env.COLDAISLE_LOGINS ?? '[]'), null, null);
    }
    const program = join(target, 'debug', 'coldaisle');
    if (!existsSync(program)) {
      throw new Error(`no ${program}: run \`cargo build\` first`);
    }
    const folder = mkdtempSync(join(tmpdir(), 'coldaisle-browser-'));
    const log = join(target, 'browser-server.log');
    const child = spawn(program, ['demo', '--dir', folder, '--port', '0', '--days', '2', '--quiet'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.pipe(createWriteStream(log));
    process.once('exit', () => child.kill('SIGKILL'));
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    const ready = new Promise((resolve, refuse) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{') && line.includes('"url"')) {
          resolve(JSON.parse(line));
        }
      });
      ended.then(({ code, signal }) => refuse(new Error(`coldaisle demo ended at once (${signal ?? code}); see ${log}`)));
    });
    try {
      const { url, logins } = await within(START_S, ready, 'the start of coldaisle demo');
      return new Server(url, logins, child, { folder, ended, log });
    } catch (fault) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw fault;
    }
  }

  constructor(url, logins, child, own) {
    Object.assign(this, { url: url.replace(/\/$/, ''), logins, child, own });
  }

  /** The login of a role; of a customer's person if a customer is named. */
  login(role, customer) {
    const found = this.logins.find((login) => login.role === role && (customer === undefined || login.customer === customer));
    if (!found) {
      throw new Error(`the demo printed no login for role ${role}${customer ? ` of ${customer}` : ''}`);
    }
    return found;
  }

  /** Ends it as Ctrl-C would. It must go by itself, and well. */
  async stop() {
    if (!this.child) {
      return;
    }
    this.child.kill('SIGINT');
    try {
      const { code, signal } = await within(STOP_S, this.own.ended, 'the end of coldaisle demo after SIGINT');
      if (code !== 0) {
        throw new Error(`coldaisle demo ended with ${signal ?? code} instead of 0; see ${this.own.log}`);
      }
    } finally {
      this.child.kill('SIGKILL');
      rmSync(this.own.folder, { recursive: true, force: true });
    }
  }
}
