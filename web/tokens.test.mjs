// @vitest-environment node
// The contrast of every pair of colours that UI.md names, computed from `tokens.css` itself, in both themes (WCAG 2.2).
import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, it } from 'vitest';

/** By theme and name: linear light red, green, blue, and how much of it covers. */
const tokens = { light: {}, dark: {} };

const linear = ([l, c, h]) => {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const [x, y, z] = [l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b, l - 0.0894841775 * a - 1.291485548 * b].map((one) => one ** 3);
  return [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ].map((one) => Math.min(1, Math.max(0, one)));
};
const curve = (one) => (one <= 0.0031308 ? 12.92 * one : 1.055 * one ** (1 / 2.4) - 0.055);
const uncurve = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const ratio = (one, other) => {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
};
/** As a screen mixes: on the curve, not in linear light. */
const over = (top, part, below) => top.map((one, at) => uncurve(curve(one) * part + curve(below[at]) * (1 - part)));

const colour = (text) => {
  const [, l, c, h, alpha = '1'] = /oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)|/.exec(text) ?? [];
  if (l === undefined) return /oklch\((\d) 0 0\)/.exec(text) ? { rgb: linear([Number(l), 0, 0]), alpha: 1 } : undefined;
  return { rgb: linear([l, c, h].map(Number)), alpha: Number(alpha) };
};

beforeAll(async () => {
  const text = await readFile(new URL('src/styles/tokens.css', import.meta.url), 'utf8');
  for (const [, name, light, dark] of text.matchAll(/--([\w-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)/g)) {
    tokens.light[name] = colour(light);
    tokens.dark[name] = colour(dark);
  }
});

const TEXT = 4.5;
const PART = 3;
const SURFACES = ['sheet', 'ground', 'raised', 'sunken', 'mark', 'accent-soft'];

const PAIRS = [
  ...['text', 'text-2', 'text-3', 'accent-text'].flatMap((name) => SURFACES.map((on) => [name, on, TEXT])),
  ...[
    ['on-accent', 'accent'], ['on-accent', 'accent-hover'], ['on-badge', 'badge'], ['on-bad', 'bad'], ['mark-text', 'mark'], ['text', 'find'], ['new', 'sheet'],
    ['good-text', 'good-soft'], ['warn-text', 'warn-soft'], ['bad-text', 'bad-soft'], ['bad-text', 'sheet'], ['bad-text', 'raised'],
    ['code-1', 'sunken'], ['code-2', 'sunken'], ['code-3', 'sunken'],
  ].map(([name, on]) => [name, on, TEXT]),
  ...[
    ['line-field', 'sheet'], ['line-field', 'ground'], ['accent', 'sheet'], ['accent', 'ground'], ['accent', 'raised'], ['good', 'ground'], ['mark-line', 'mark'],
    ['c1', 'raised'], ['c2', 'raised'], ['c3', 'raised'], ['c4', 'raised'], ['c5', 'raised'],
  ].map(([name, on]) => [name, on, PART]),
];

describe.each(['light', 'dark'])('colours, %s', (theme) => {
  it.each(PAIRS)('%s on %s has %d at least', (name, on, least) => {
    expect(ratio(tokens[theme][name].rgb, tokens[theme][on].rgb)).toBeGreaterThanOrEqual(least);
  });

  it.each(['text', 'text-2', 'text-3', 'accent-text'])('%s is read on a row that is pointed at', (name) => {
    const { rgb, alpha } = tokens[theme].hover;
    expect(ratio(tokens[theme][name].rgb, over(rgb, alpha, tokens[theme].sheet.rgb))).toBeGreaterThanOrEqual(TEXT);
  });

  it('two letters are read on every hue of a face', () => {
    for (let hue = 0; hue < 360; hue += 30) expect(ratio([1, 1, 1], linear([0.5, 0.085, hue]))).toBeGreaterThanOrEqual(TEXT);
  });
});
