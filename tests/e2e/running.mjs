// Starts the binary under test and looks at it from outside, for scripts in Node.

import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
export const BREVITY = process.env.BREVITY ?? join(target, 'release', 'brevity');

/** A package below the folder that `NODE_SDKS` names. Nothing is installed in the repository. */
export function sdk(name) {
  const folder = process.env.NODE_SDKS ?? '/tmp/brevity-sdks';
  return createRequire(join(resolve(folder), 'index.js'))(name);
}

// However the script ends, nothing that it started stays.
const started = [];
process.on('exit', () => started.forEach((child) => child.kill('SIGKILL')));

/** A running `brevity proxy` in front of `upstream`, on a free port. */
export class Proxy {
  static async start(upstream, ...options) {
    const proxy = new Proxy();
    const args = ['proxy', '--listen', '127.0.0.1:0', '--upstream', upstream, ...options];
    proxy.process = spawn(BREVITY, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(proxy.process);
    proxy.process.stderr.resume();
    proxy.ended = new Promise((done) => proxy.process.once('exit', done));
    for await (const line of createInterface(proxy.process.stdout)) {
      proxy.url = line.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
      break;
    }
    if (!proxy.url) throw new Error('the proxy did not start');
    return proxy;
  }

  async stats() {
    return (await fetch(`${this.url}/stats`)).json();
  }

  /** Tells it to stop; gives the exit code. */
  stop() {
    this.process.kill('SIGTERM');
    return this.ended;
  }
}

export function expand(body) {
  const { status, stdout } = spawnSync(BREVITY, ['expand'], { input: body, maxBuffer: 1 << 28 });
  return status === 0 ? stdout : Buffer.from(`brevity expand: ${status}`);
}

/** Counts what held and says a line for each. */
export class Checks {
  passed = 0;
  failed = 0;

  that(holds, what, detail = '') {
    if (holds) this.passed += 1;
    else this.failed += 1;
    console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}${holds || !detail ? '' : `\n       ${detail}`}`);
    return holds;
  }

  same(left, right, what) {
    const show = (value) => (JSON.stringify(value) ?? 'undefined').slice(0, 500);
    return this.that(isDeepStrictEqual(left, right), what, `${show(left)}\n       ${show(right)}`);
  }

  /** The summary; gives the exit code. */
  end() {
    console.log(`${this.passed + this.failed} checks, ${this.failed} failed`);
    return this.failed ? 1 : 0;
  }
}
