import { describe, expect, it } from 'vitest';

import { outdated, planFor } from './plan';

const HERE = 'https://chat.example';
const KEPT = new Set(['/assets/index-1.js', '/theme.js']);
const plan = (url: string, part: Partial<{ method: string; mode: string }> = {}) =>
  planFor({ method: 'GET', mode: 'no-cors', url: new URL(url, HERE).href, ...part }, HERE, KEPT);

describe('the worker', () => {
  it.each([
    ['/', 'shell'],
    ['/rooks/C1/41?thread=3', 'shell'],
    ['/sign-in', 'shell'],
    ['/api/docs', 'network'],
    ['/api', 'network'],
    ['/health/ready', 'network'],
    ['/metrics', 'network'],
    ['/mark.svg', 'network'],
    ['/apiary', 'shell'],
  ])('opening %s is answered by the %s', (url, answer) => {
    expect(plan(url, { mode: 'navigate' })).toBe(answer);
  });

  it('never answers for the server, for others, or for what changes something', () => {
    expect(plan('/api/v1/session')).toBe('network');
    expect(plan('/api/v1/workspaces/w/pictures/0a')).toBe('network');
    expect(plan('https://evil.example/theme.js')).toBe('network');
    expect(plan('/theme.js', { method: 'POST' })).toBe('network');
    expect(plan('/', { mode: 'navigate', method: 'POST' })).toBe('network');
  });

  it('gives back the files it was built with, and looks for parts of the version before', () => {
    expect(plan('/assets/index-1.js')).toBe('kept');
    expect(plan('/assets/index-2.js')).toBe('kept');
    expect(plan('/robots.txt')).toBe('network');
  });

  it('keeps its own files and those of the version before it', () => {
    expect(outdated(['rookery-1', 'rookery-2', 'other', 'rookery-3'], 'rookery-3', 'rookery-')).toEqual(['rookery-1']);
    expect(outdated(['rookery-3'], 'rookery-3', 'rookery-')).toEqual([]);
  });
});
