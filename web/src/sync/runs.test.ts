import { describe, expect, it } from 'vitest';

import type { Page } from '../api/wire';
import { message } from './fixtures';
import { join } from './runs';
import type { Run } from './state';

const said = (from: number, to: number, changed = 1) => Array.from({ length: to - from + 1 }, (_, at) => message(from + at, { changed }));
const run = (from: number, to: number, changed = 1): Run => ({ messages: said(from, to, changed), atStart: false, atEnd: false, position: 10 });
const page = (from: number, to: number, changed = 1): Page => ({ messages: said(from, to, changed), first: 1, last: 500, position: 20, people: {} }) as unknown as Page;
const shown = ({ messages }: Run): string => messages.map((one) => `${one.number}/${one.changed}`).join(' ');

describe('a page beside a run', () => {
  it('stands in the order of the numbers, before, behind, within and over both ends', () => {
    const numbers = (from: number, to: number): number[] => said(from, to).map((one) => one.number);
    for (const [from, to] of [[90, 99], [95, 104], [111, 120], [106, 115], [103, 107], [90, 120], [100, 110]] as const) {
      const joined = join(run(100, 110), page(from, to));
      expect(joined.messages.map((one) => one.number), `${from} to ${to}`).toEqual(numbers(Math.min(100, from), Math.max(110, to)));
    }
  });

  it('keeps the newer image of each row that is in both', () => {
    expect(shown(join(run(1, 4, 5), page(3, 6, 4)))).toBe('1/5 2/5 3/5 4/5 5/4 6/4');
    expect(shown(join(run(1, 4, 5), page(3, 6, 7)))).toBe('1/5 2/5 3/7 4/7 5/7 6/7');
  });

  it('fills in what a hole in the run left out', () => {
    const holed: Run = { ...run(1, 9), messages: said(1, 9).filter((one) => one.number !== 5) };
    expect(shown(join(holed, page(4, 6, 2)))).toBe('1/1 2/1 3/1 4/2 5/2 6/2 7/1 8/1 9/1');
  });

  it('takes its place where they do not touch', () => {
    expect(shown(join(run(1, 3), page(8, 9)))).toBe('8/1 9/1');
  });
});
