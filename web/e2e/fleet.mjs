// A whole fleet on this machine, as `make fleet` starts it: api nodes, gateways, nginx before them.

import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { BINARY, Installation } from './stage.mjs';

const SCRIPT = join(import.meta.dirname, '../../scripts/fleet');

export class Fleet extends Installation {
  static async start() {
    // Other users' servers must reach it, and sockets in it need short names.
    const fleet = new Fleet(await mkdtemp('/tmp/rookery-fleet.'));
    await chmod(fleet.folder, 0o755);
    // Killed outright we leave it behind; the next one sees by this that nobody needs it.
    await writeFile(join(fleet.folder, 'owner'), String(process.pid));
    fleet.code = /set-up code: (\S+)/.exec(fleet.does('up'))?.[1];
    fleet.url = /ROOKERY_FLEET_URL=(\S+)/.exec(fleet.does('env'))?.[1];
    return fleet;
  }
  constructor(folder) {
    super();
    this.folder = folder;
  }
  /** What it said. */
  does(...args) {
    const env = { ...process.env, ROOKERY: BINARY, ROOKERY_FLEET_DIR: this.folder };
    const { status, stdout, stderr, error } = spawnSync(SCRIPT, args, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`fleet ${args.join(' ')}: ${error ?? stderr}`);
    return stdout + stderr;
  }
  async end() {
    this.does('down');
    await rm(this.folder, { recursive: true, force: true });
  }
}
