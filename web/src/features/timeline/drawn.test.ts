import { describe, expect, it } from 'vitest';

import { type Row, rowsOf } from '../../model/rows';
import { ADA, message } from '../../sync/fixtures';
import { type Drawn, drawn, goOn } from './drawn';

const HOUR_MS = 3_600_000;
/** An hour apart: a day has 24 of them and its line. */
const rows = (from: number, to: number) =>
  rowsOf({
    messages: Array.from({ length: to - from + 1 }, (_, at) => message(from + at, { at: new Date((from + at) * HOUR_MS).toISOString() })),
    pending: [],
    newAfter: undefined,
    me: ADA,
    zone: 'UTC',
  });
const before = (from: number, to: number): Drawn => ({ rows: rows(from, to), head: 0, part: 1 });
/** Where the head says that a row stands that was there before. */
const keeps = (was: Drawn, now: Drawn, number: number): boolean => {
  const at = (all: Drawn) => all.rows.findIndex((row) => row.key === String(number));
  return at(now) === at(was) + now.head;
};

describe('rows that were there already', () => {
  it('stand by so much further down as came before them, however many days that is', () => {
    const was = before(100, 150);
    for (const from of [99, 97, 96, 90, 50]) {
      const now = drawn(was, rows(from, 150));
      expect([keeps(was, now, 100), keeps(was, now, 150), now.part], `from ${from}`).toEqual([true, true, 1]);
    }
  });

  it('are counted from the beginning alone, where as many went at the other end in the same moment', () => {
    const was = before(100, 200);
    const now = drawn(was, rows(50, 150));
    expect(now.head).toBeGreaterThanOrEqual(50);
    expect(keeps(was, now, 120)).toBe(true);
    const back = drawn({ ...now, head: 0 }, rows(100, 200));
    expect(keeps(now, back, 120)).toBe(true);
  });

  it('stay where they are when something comes behind them', () => {
    expect(drawn(before(100, 150), rows(100, 180)).head).toBe(0);
  });

  it('are none where another part of the run was opened', () => {
    expect(drawn(before(100, 150), rows(300, 350))).toMatchObject({ head: 0, part: 2 });
  });
});

describe('what stands for a row', () => {
  interface One {
    row: Row;
  }
  const make = (row: Row): One => ({ row });
  const stands = (before: One[], now: Row[]): One[] => goOn(before, now, (one) => one.row, make);
  const all = rows(100, 150).map(make);
  /** A row of both is the same one; all stand in the order of the rows. */
  const check = (now: Row[], words: string) => {
    const kept = new Map(all.map((one) => [one.row.key, one]));
    const found = stands(all, now);
    expect(found.map((one) => one.row.key), words).toEqual(now.map((row) => row.key));
    for (const one of found) expect(one, `${words}: ${one.row.key}`).toBe(kept.get(one.row.key) ?? one);
  };

  it('goes on with it, whatever comes or goes before, behind or between', () => {
    check(rows(100, 150), 'nothing');
    check(rows(50, 150), 'a page before');
    check(rows(100, 200), 'a page behind');
    check(rows(120, 180), 'a page behind, and one gone before');
    check(rows(100, 150).filter((row) => row.key !== '130'), 'one gone between');
    check(rows(300, 350), 'others');
    check([], 'none');
    expect(stands([], rows(1, 3)).map((one) => one.row.key)).toEqual(rows(1, 3).map((row) => row.key));
  });
});
