import { describe, expect, it } from 'vitest';

import { codeIn, read, write } from './route';

const HERE = 'https://chat.example';
const at = (path: string) => read(new URL(path, HERE));

describe('addresses', () => {
  it.each([
    '/', '/setup', '/sign-in?to=%2Frooks', '/join/abc', '/links/abc', '/rooks', '/rooks/threads', '/rooks/admin/people',
    '/rooks/C1', '/rooks/C1/41', '/rooks/C1/41/7', '/rooks/C1?thread=41', '/rooks/C1/41/7?thread=41', '/rooks/C1?pane=details', '/rooks/C1?pane=person&who=U1',
  ])('%s is read and written as the same', (path) => {
    expect(write(at(path))).toBe(path);
  });

  it.each(['/%', '/rooks/C1/x/y', '/rooks/C1/-1', '/rooks/C1/1e99?thread=NaN', '/rooks/C1?pane=constructor', '/rooks/__proto__/__proto__'])('%s breaks nothing', (path) => {
    expect(() => write(at(path))).not.toThrow();
  });

  it('an invitation is a link of this server or its code, and nothing else', () => {
    const code = 'Zm9vYmFyYmF6cXV4Zm9vYmFy';
    expect([codeIn(`${HERE}/join/${code}`, HERE), codeIn(`  ${HERE}/invitations/${code} `, HERE), codeIn(code, HERE)]).toEqual([code, code, code]);
    expect([codeIn(`https://evil.example/join/${code}`, HERE), codeIn('javascript:alert(1)', HERE), codeIn(`${HERE}/rooks`, HERE), codeIn('', HERE)]).toEqual([undefined, undefined, undefined, undefined]);
  });
});
