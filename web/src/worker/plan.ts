/** What the worker answers by itself. Everything else goes to the network: above all whatever the server says, which is never kept. */

export type Plan = 'shell' | 'kept' | 'network';

export interface Wanted {
  method: string;
  mode: string;
  url: string;
}

/** Addresses of programs; the page is behind none of them. */
const SERVERS = ['/api', '/health', '/metrics'];

const isServers = (path: string): boolean => SERVERS.some((root) => path === root || path.startsWith(`${root}/`));

/** Named by their digest: a page of the version before this one still asks for its own. */
export const isPart = (path: string): boolean => path.startsWith('/assets/');

export const planFor = ({ method, mode, url }: Wanted, origin: string, kept: ReadonlySet<string>): Plan => {
  const { pathname, origin: asked } = new URL(url);
  if (method !== 'GET' || asked !== origin || isServers(pathname)) return 'network';
  // An address of the client; a name with a dot was meant as a file.
  if (mode === 'navigate') return pathname.split('/').at(-1)?.includes('.') ? 'network' : 'shell';
  return kept.has(pathname) || isPart(pathname) ? 'kept' : 'network';
};

/** Of the caches there are, oldest first: this one's and the one before it stay, for tabs that were opened by it. */
export const outdated = (names: readonly string[], own: string, prefix: string): string[] =>
  names.filter((name) => name.startsWith(prefix) && name !== own).slice(0, -1);
