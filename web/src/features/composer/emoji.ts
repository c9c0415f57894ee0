/** Emoji by name: what `:name:` means, and how a screen reader says one. The whole list is loaded with the picker. */

const FEW: readonly [string, string][] = [
  ['+1', '👍'], ['-1', '👎'], ['heart', '❤️'], ['joy', '😂'], ['smile', '😄'], ['grin', '😁'], ['wink', '😉'], ['thinking', '🤔'],
  ['eyes', '👀'], ['tada', '🎉'], ['rocket', '🚀'], ['fire', '🔥'], ['100', '💯'], ['pray', '🙏'], ['clap', '👏'], ['wave', '👋'],
  ['check', '✅'], ['x', '❌'], ['warning', '⚠️'], ['question', '❓'], ['exclamation', '❗'], ['bulb', '💡'], ['coffee', '☕'],
  ['cry', '😢'], ['sob', '😭'], ['angry', '😠'], ['sweat', '😅'], ['sunglasses', '😎'], ['party', '🥳'], ['muscle', '💪'],
  ['ok', '👌'], ['point_up', '☝️'], ['raised_hands', '🙌'], ['star', '⭐'], ['zap', '⚡'], ['bug', '🐛'], ['lock', '🔒'],
  ['key', '🔑'], ['memo', '📝'], ['calendar', '📅'], ['clock', '🕐'], ['house', '🏠'], ['beers', '🍻'], ['cake', '🍰'],
  ['pizza', '🍕'], ['sun', '☀️'], ['rain', '🌧️'], ['snow', '❄️'], ['rainbow', '🌈'], ['dog', '🐶'], ['cat', '🐱'], ['bird', '🐦'],
];

const byName = new Map(FEW);
const byEmoji = new Map(FEW.map(([name, emoji]) => [emoji, name]));

/** How many are known then. */
export const learn = (more: readonly (readonly [string, string])[]): number => {
  for (const [name, emoji] of more) {
    if (!byName.has(name)) byName.set(name, emoji);
    if (!byEmoji.has(emoji)) byEmoji.set(emoji, name);
  }
  return byName.size;
};

export const emojiName = (emoji: string): string => (byEmoji.get(emoji) ?? emoji).replaceAll('_', ' ');

/** Starting with what is typed first, then containing it. */
export const emojiLike = (typed: string, most: number): [string, string][] => {
  const word = typed.toLowerCase();
  const all = [...byName];
  const starts = all.filter(([name]) => name.startsWith(word));
  const inside = all.filter(([name]) => !name.startsWith(word) && name.includes(word));
  return [...starts, ...inside].slice(0, most);
};

/** `:tada:` becomes the character, outside of code. */
export const withEmoji = (text: string): string =>
  text
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/:([a-z0-9_+-]+):/g, (all, name: string) => byName.get(name) ?? all)))
    .join('');
