// What stands before a server where a test wants another page than the binary holds.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

const KINDS = { js: 'text/javascript', css: 'text/css', html: 'text/html', svg: 'image/svg+xml', png: 'image/png', webmanifest: 'application/manifest+json' };

/** It passes everything on, but changes the files it is told to; with `pages`, the files of a folder stand for the binary's own. */
export class Front {
  /** By path: what becomes of the body. */
  changes = new Map();
  constructor(pages) {
    this.pages = pages;
  }
  async open() {
    this.passing = createServer((asked, answer) => void this.pass(asked, answer));
    this.passing.on('upgrade', (asked, socket, head) => {
      const up = connect(this.behind, '127.0.0.1', () => {
        const lines = asked.rawHeaders.reduce((all, one, at) => all + (at % 2 ? `${one}\r\n` : `${one}: `), '');
        up.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines}\r\n`);
        up.write(head);
        socket.pipe(up).pipe(socket);
      });
      for (const [one, other] of [[up, socket], [socket, up]]) one.on('error', () => other.destroy());
    });
    await new Promise((resolve) => this.passing.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.passing.address().port}`;
    // A port nobody has now is the server's a moment later.
    const place = createServer();
    await new Promise((resolve) => place.listen(0, '127.0.0.1', resolve));
    this.behind = place.address().port;
    await new Promise((resolve) => place.close(resolve));
    return this.behind;
  }
  async pass(asked, answer) {
    const change = this.changes.get(asked.url);
    const isRead = change || this.pages !== undefined;
    const headers = { ...asked.headers, ...(isRead ? { 'accept-encoding': 'identity', 'if-none-match': '' } : {}) };
    const up = request({ port: this.behind, method: asked.method, path: asked.url, headers }, async (got) => {
      const file = this.file(asked, got);
      if (!change && !file) {
        answer.writeHead(got.statusCode, got.headers);
        got.pipe(answer);
        return;
      }
      const parts = [];
      for await (const part of got) parts.push(part);
      const body = file ? file.body : Buffer.concat(parts);
      const told = Object.entries(got.headers).filter(([name]) => !['content-length', 'content-encoding', 'etag', 'transfer-encoding', ...(file ? ['content-type'] : [])].includes(name));
      answer.writeHead(file ? 200 : got.statusCode, { ...Object.fromEntries(told), ...(file ? { 'content-type': file.kind } : {}), ...(file?.encoding ? { 'content-encoding': file.encoding } : {}) });
      answer.end(change ? change(body.toString()) : body);
    });
    up.on('error', () => answer.destroy());
    asked.pipe(up);
  }
  /** The folder's own file of this name, or its page where the server answers with a page. */
  file(asked, got) {
    if (this.pages === undefined || asked.method !== 'GET' || asked.url.startsWith('/api/')) return undefined;
    const { pathname } = new URL(asked.url, this.url);
    const names = readdirSync(this.pages, { recursive: true });
    const isPage = String(got.headers['content-type']).startsWith('text/html') && got.statusCode === 200;
    const name = names.includes(pathname.slice(1)) && pathname.includes('.') ? pathname.slice(1) : isPage ? 'index.html' : undefined;
    if (!name) return undefined;
    // As small as the binary serves it.
    const isSmall = !this.changes.has(asked.url) && names.includes(`${name}.br`) && /\bbr\b/.test(asked.headers['accept-encoding'] ?? '');
    return { body: readFileSync(join(this.pages, isSmall ? `${name}.br` : name)), kind: KINDS[name.split('.').at(-1)] ?? 'application/octet-stream', ...(isSmall ? { encoding: 'br' } : {}) };
  }
  close() {
    this.passing.closeAllConnections();
    this.passing.close();
  }
}
