/** When to try again: full jitter, doubling, bounded; the server's own word goes before ours. */

export const FIRST_MS = 500;
export const MOST_MS = 30_000;

export const pauseBefore = (failures: number, random: () => number): number => {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(most * (0.25 + 0.75 * random()));
};
