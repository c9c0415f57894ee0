/** Wraps what is selected, or unwraps it. Pure. */

export interface Written {
  text: string;
  caret: number;
}

export const wrapped = (text: string, from: number, to: number, before: string, after: string): Written => {
  const inside = text.slice(from, to);
  const isWrapped =
    after !== '' && text.slice(from - before.length, from) === before && text.slice(to, to + after.length) === after;
  if (isWrapped) {
    return {
      text: text.slice(0, from - before.length) + inside + text.slice(to + after.length),
      caret: to - before.length,
    };
  }
  const caret = from + before.length + inside.length + (inside ? after.length : 0);
  return { text: text.slice(0, from) + before + inside + after + text.slice(to), caret };
};
