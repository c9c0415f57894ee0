/** The address is the state: what is open, and how one gets back to it. */

export type Route =
  | { kind: 'root' }
  | { kind: 'setup' }
  | { kind: 'sign-in'; to?: string }
  | { kind: 'join'; code: string }
  | { kind: 'link'; code: string }
  | { kind: 'list'; workspace: string; list: 'threads' | 'mentions' | 'saved' | 'drafts' | 'browse' }
  | { kind: 'admin'; workspace: string; page: AdminPage }
  | { kind: 'place'; workspace: string; channel?: string; number?: number; reply?: number; thread?: number; pane?: Pane; who?: string };

export type Pane = 'details' | 'pins' | 'members' | 'person';
export type AdminPage = 'people' | 'invitations' | 'channels' | 'bots' | 'workspace' | 'audit';

const LISTS = new Set(['threads', 'mentions', 'saved', 'drafts', 'browse']);
const PAGES = new Set(['people', 'invitations', 'channels', 'bots', 'workspace', 'audit']);
const PANES = new Set(['details', 'pins', 'members', 'person']);

const numberOf = (text: string | null | undefined): number | undefined => {
  const number = Number(text);
  return text && Number.isSafeInteger(number) && number > 0 ? number : undefined;
};

/** An address typed wrong leads nowhere, and breaks nothing. */
const decoded = (parts: string[]): string[] => {
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return [];
  }
};

export const read = (url: URL): Route => {
  const parts = decoded(url.pathname.split('/').filter(Boolean));
  const [head = '', second, third, fourth] = parts;
  if (!head) return { kind: 'root' };
  if (head === 'setup') return { kind: 'setup' };
  if (head === 'sign-in') return { kind: 'sign-in', to: url.searchParams.get('to') ?? undefined };
  // The server's links say what they are; people say join.
  if ((head === 'join' || head === 'invitations') && second) return { kind: 'join', code: second };
  if (head === 'links' && second) return { kind: 'link', code: second };
  if (second === 'admin') {
    return { kind: 'admin', workspace: head, page: (PAGES.has(third ?? '') ? third : 'people') as AdminPage };
  }
  if (second && LISTS.has(second)) {
    return { kind: 'list', workspace: head, list: second as 'threads' };
  }
  const pane = url.searchParams.get('pane') ?? '';
  return {
    kind: 'place',
    workspace: head,
    channel: second,
    number: numberOf(third),
    reply: numberOf(fourth),
    thread: numberOf(url.searchParams.get('thread')),
    pane: PANES.has(pane) ? (pane as Pane) : undefined,
    who: pane === 'person' ? (url.searchParams.get('who') ?? undefined) : undefined,
  };
};

export const write = (route: Route): string => {
  const path = (...parts: (string | number | undefined)[]): string =>
    `/${parts.filter((part) => part !== undefined).map((part) => encodeURIComponent(part as string)).join('/')}`;
  switch (route.kind) {
    case 'root':
      return '/';
    case 'setup':
      return '/setup';
    case 'sign-in':
      return route.to ? `/sign-in?to=${encodeURIComponent(route.to)}` : '/sign-in';
    case 'join':
      return path('join', route.code);
    case 'link':
      return path('links', route.code);
    case 'list':
      return path(route.workspace, route.list);
    case 'admin':
      return path(route.workspace, 'admin', route.page);
    case 'place': {
      const query = new URLSearchParams();
      if (route.thread) query.set('thread', String(route.thread));
      if (route.pane) query.set('pane', route.pane);
      if (route.pane === 'person' && route.who) query.set('who', route.who);
      const tail = query.size > 0 ? `?${query}` : '';
      const reply = route.number ? route.reply : undefined;
      return path(route.workspace, route.channel, route.channel ? route.number : undefined, reply) + tail;
    }
  }
};

const CODE = /^[0-9A-Za-z_-]{16,128}$/;

/** The code of an invitation out of what somebody pasted: a link to this server, or the code alone. */
export const codeIn = (pasted: string, origin = location.origin): string | undefined => {
  const text = pasted.trim();
  if (CODE.test(text)) return text;
  try {
    const url = new URL(text);
    const route = url.origin === origin ? read(url) : undefined;
    return route?.kind === 'join' && CODE.test(route.code) ? route.code : undefined;
  } catch {
    return undefined;
  }
};
