import { describe, expect, it } from 'vitest';

import { languages } from './index';
import { en } from './en';
import { format, namesIn } from './format';

describe('texts', () => {
  it('a plural and a choice are read in the language they are in', () => {
    const text = '{n, plural, =0 {nothing} one {# reply} other {# replies}} {who, select, me {by you} other {by {name}}}';
    expect(format(text, { n: 1, who: 'me', name: 'Ada' }, 'en')).toBe('1 reply by you');
    expect(format(text, { n: 0, who: 'x', name: 'Ada' }, 'en')).toBe('nothing by Ada');
    expect(format(text, { n: 1200, who: 'x', name: 'Ada' }, 'en')).toBe('1,200 replies by Ada');
  });

  it.each(languages.map((language) => [language.tag, language] as const))('%s says everything, with the same names', async (_, language) => {
    const texts = await language.load();
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      const other = texts[key as keyof typeof en];
      expect([...namesIn(other)].sort(), key).toEqual([...namesIn(text)].sort());
    }
  });
});
