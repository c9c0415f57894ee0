import { render } from '@solidjs/testing-library';
import { beforeAll, describe, expect, it } from 'vitest';

import { readGrammar } from '../model/markdown';
import { Prose } from './prose';

beforeAll(readGrammar);

const TEXT = ['see https://example.com', '```rust', ...Array.from({ length: 40 }, (_, at) => `let a${at} = 1;`), '```', '', '| a | b |', '| - | - |', '| 1 | 2 |'].join('\n');
const stops = (stop: -1 | undefined): number => {
  const names = { me: 'U', person: () => '', channel: () => undefined, stop: () => stop };
  const { container, unmount } = render(() => <Prose text={TEXT} names={names} />);
  const found = [...container.querySelectorAll<HTMLElement>('a, button, [tabindex]')].filter((one) => one.tabIndex === 0).length;
  unmount();
  return found;
};

describe('what one can do in a text', () => {
  it('is on the way of Tab where its row is: the link, the copying, the code, the rest of it and the table', () => {
    expect(stops(undefined)).toBe(5);
  });
  it('is not on the way elsewhere, but for what scrolls', () => {
    expect(stops(-1)).toBe(2);
  });
});
