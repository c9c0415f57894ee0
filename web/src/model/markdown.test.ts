import { beforeAll, describe, expect, it, vi } from 'vitest';

import { type Block, type Inline, lexed, parse, readGrammar, safeHref, trueHost } from './markdown';

beforeAll(readGrammar);

const ADA = 'U0000000000000000000000001';

/** Every part there is, flat: what could reach the page. */
const parts = (blocks: Block[]): Inline[] => {
  const deep = (inside: Inline[]): Inline[] => inside.flatMap((one) => ('inside' in one ? [one, ...deep(one.inside)] : [one]));
  return blocks.flatMap((block) => {
    switch (block.kind) {
      case 'paragraph':
      case 'heading':
        return deep(block.inside);
      case 'quote':
        return parts(block.blocks);
      case 'list':
        return block.items.flatMap(parts);
      case 'table':
        return [...block.head.flatMap(deep), ...block.rows.flatMap((row) => row.flatMap(deep))];
      default:
        return [];
    }
  });
};

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '![x](javascript:alert(1))',
  '<javascript:alert(1)>',
  '[x]: javascript:alert(1)\n\n[x]',
  '<style>*{display:none}</style>',
  '<div style="position:fixed;inset:0">x</div>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '`<script>alert(1)</script>`',
  '[x](//evil.example)',
  '[x](/rooks/admin)',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '[a](file:///etc/passwd)',
  '[a](blob:https://x/1)',
];

describe('what people write never runs', () => {
  it.each(ATTACKS)('%s', (attack) => {
    for (const part of parts(parse(attack))) {
      if (part.kind !== 'link') continue;
      expect(['http:', 'https:', 'mailto:']).toContain(new URL(part.href).protocol);
    }
  });

  it('HTML is the characters that were typed', () => {
    expect(parts(parse('a <b>bold</b> claim'))).toEqual([{ kind: 'text', text: 'a <b>bold</b> claim' }]);
  });

  it('a link that looks like another place shows where it leads', () => {
    expect(safeHref('https://xn--80ak6aa92e.com/')).toBe('https://xn--80ak6aa92e.com/');
    expect(safeHref('https://аpple.com/')).toBe('https://xn--pple-43d.com/');
  });
});

describe('a link whose words speak of another place says where it leads', () => {
  it.each([
    ['https://evil.example/', 'https://bank.example', 'evil.example'],
    ['https://evil.example/', 'bank.example/login', 'evil.example'],
    ['https://evil.example/', 'BANK.EXAMPLE', 'evil.example'],
    ['https://evil.example:8443/', 'evil.example', 'evil.example:8443'],
    ['https://bank.example@evil.example/', 'https://bank.example@evil.example/', 'evil.example'],
    ['https://xn--pple-43d.com/', 'https://аpple.com/', 'xn--pple-43d.com'],
    ['https://xn--80ak6aa92e.com/', 'here', 'xn--80ak6aa92e.com'],
    ['https://evil.example/', 'moc.elpmaxe.knab//:sptth\u202e', 'evil.example'],
    ['https://evil.example/', 'bank\u200b.example', 'evil.example'],
    ['https://evil.example/', 'http://[', undefined],
  ])('%s as «%s»', (href, text, host) => {
    expect(trueHost(href, text)).toBe(host);
  });

  it.each([
    ['https://example.com/a', 'https://example.com/a'],
    ['https://www.example.com/', 'example.com'],
    ['https://example.com/', 'the plan'],
    ['https://example.com/', 'version 1.2.'],
    ['mailto:ada@example.com', 'ada@example.com'],
  ])('%s as «%s» needs no word', (href, text) => {
    expect(trueHost(href, text)).toBeUndefined();
  });
});

describe('what would break a reader is shown as it was typed', () => {
  it.each([
    ['quotes', `${'>'.repeat(4000)}x`],
    ['spaced quotes', `${'> '.repeat(4000)}x`],
    ['lists', `${'- '.repeat(4000)}x`],
    ['numbers', `${'1. '.repeat(4000)}x`],
    ['nested lists', Array.from({ length: 300 }, (_, at) => `${'  '.repeat(at)}- x`).join('\n')],
    ['emphasis', '*a **a '.repeat(2000)],
    ['brackets', '['.repeat(16_000)],
    ['ticks', '`a``b'.repeat(3_000)],
    ['open links', '[a]('.repeat(4_000)],
    ['open links, deeper', '[a](('.repeat(3_000)],
    ['open links, line by line', '[a]((\n'.repeat(2_500)],
    ['open links that only look like a list', `x\n${'     - [a]((\n'.repeat(1_000)}`],
    ['open links that only look like numbers', `x\n${'7. [a]((\n'.repeat(1_500)}`],
    ['open links in a quote', '> [a]((\n'.repeat(1_800)],
    ['underscores', '_a __a '.repeat(2_000)],
    ['tildes', '~a ~~b '.repeat(2_000)],
    ['a fence that never closes', `\`\`\`\n${'[a](('.repeat(3_000)}`],
    ['a fence that is none', `x \`\`\`\n${'[a](('.repeat(3_000)}`],
    ['tables', `${'|a'.repeat(3_000)}\n${'|-'.repeat(3_000)}\n`],
  ])('%s', (_, text) => {
    expect(parse(text).length).toBeGreaterThan(0);
  });
});

describe('text', () => {
  it('names people, channels and calls outside of code', () => {
    expect(parts(parse(`hi <@${ADA}> and <!here>`))).toEqual([
      { kind: 'text', text: 'hi ' },
      { kind: 'person', account: ADA },
      { kind: 'text', text: ' and ' },
      { kind: 'all', who: 'here' },
    ]);
    expect(parts(parse(`\`<@${ADA}>\``))).toEqual([{ kind: 'code', text: `<@${ADA}>` }]);
  });

  it('a long list of links, and a long listing in a fence, are still what they are', () => {
    const list = Array.from({ length: 120 }, (_, at) => `- [page ${at}](https://example.com/${at})`).join('\n');
    expect(parts(parse(list)).filter((part) => part.kind === 'link')).toHaveLength(120);
    const listing = 'let some_long_name = other_long_name;\n'.repeat(200);
    expect(parse(`\`\`\`\n${listing}\`\`\``)).toEqual([{ kind: 'code', language: '', text: listing.trimEnd() }]);
  });

  it('a code block keeps its characters', () => {
    expect(parse('```rust\nlet a = "<b>";\n```')).toEqual([{ kind: 'code', language: 'rust', text: 'let a = "<b>";' }]);
  });
});

describe('words without a mark', () => {
  const SIGNS = [...'aB9 éßжא한,.;:?!\'"()%–—…- ', 'www.', '1. ', '12) ', '. ', '- ', '://', '@', '*', '_', '<', '&', '\n', '  ', '# ', '`', '~', '[', '=', '\\', '|', '+'];

  it('are read without a lexer exactly as with one, whatever stands between them', () => {
    let seed = 7;
    const next = (most: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * most);
    };
    for (let turn = 0; turn < 6_000; turn += 1) {
      // Most of them without a mark at all: that is what is looked at.
      const known = next(4) === 0 ? SIGNS.length : 26;
      const text = Array.from({ length: 1 + next(12) }, () => SIGNS[next(known)]).join('');
      expect(parse(text), JSON.stringify(text)).toEqual(lexed(text));
    }
  });
});

describe('a text read before its grammar is', () => {
  it('stands there as it was written, asks for the grammar, and is read with it as soon as it is there', async () => {
    vi.resetModules();
    const early = await import('./markdown');
    expect(early.parsed('**soon**')).toEqual([{ kind: 'paragraph', inside: [{ kind: 'text', text: '**soon**' }] }]);
    await early.readGrammar();
    expect(early.parsed('**soon**')).toEqual([{ kind: 'paragraph', inside: [{ kind: 'strong', inside: [{ kind: 'text', text: 'soon' }] }] }]);
  });
});
