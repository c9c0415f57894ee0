/** What a browser calls itself, as people call it. */

/** The first that is found names it: many say that they are others as well. */
const BROWSERS = [['Edg', 'Edge'], ['OPR', 'Opera'], ['SamsungBrowser', 'Samsung Internet'], ['Firefox', 'Firefox'], ['FxiOS', 'Firefox'], ['Chrome', 'Chrome'], ['CriOS', 'Chrome'], ['Safari', 'Safari']] as const;
const SYSTEMS = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS X', 'macOS'], ['CrOS', 'ChromeOS'], ['Linux', 'Linux']] as const;

const among = (agent: string, known: readonly (readonly [string, string])[]): string | undefined => known.find(([sign]) => agent.includes(sign))?.[1];

/** A program that is no browser keeps its own word. */
export const deviceOf = (agent: string): string => {
  if (!agent.startsWith('Mozilla/')) return agent;
  return [among(agent, BROWSERS), among(agent, SYSTEMS)].filter(Boolean).join(', ') || agent;
};
