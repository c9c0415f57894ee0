import { describe, expect, it } from 'vitest';

import { fenced, quotedBefore, wrapped } from './marks';

describe('marks around what is written', () => {
  it('are put around the selection, and taken away again', () => {
    expect(wrapped('a b c', 2, 3, '**', '**')).toEqual({ text: 'a **b** c', caret: 7 });
    expect(wrapped('a **b** c', 4, 5, '**', '**').text).toBe('a b c');
  });

  it('what somebody said stands line by line behind its mark, below what is there', () => {
    expect(quotedBefore('', 'one\n\ntwo')).toBe('> one\n>\n> two\n\n');
    expect(quotedBefore('I think\n', 'one')).toBe('I think\n\n> one\n\n');
  });

  it('a block of code stands on lines of its own, with the caret in it', () => {
    const { text, caret } = fenced('see let a end', 4, 9);
    expect(text).toBe('see \n```\nlet a\n```\n end');
    expect(text.slice(0, caret)).toBe('see \n```\nlet a');
    expect(fenced('', 0, 0)).toEqual({ text: '```\n\n```\n', caret: 4 });
  });
});
