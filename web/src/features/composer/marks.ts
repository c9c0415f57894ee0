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

/** What somebody said, line by line behind its mark, below what stands in the field already. */
export const quotedBefore = (text: string, said: string): string => {
  const quote = said.trim().split('\n').map((line) => `> ${line}`.trimEnd()).join('\n');
  return `${text.trim() === '' ? '' : `${text.trimEnd()}\n\n`}${quote}\n\n`;
};

/** A block of code around what is selected, on lines of its own. */
export const fenced = (text: string, from: number, to: number): Written => {
  const before = text.slice(0, from) === '' || text.slice(0, from).endsWith('\n') ? '' : '\n';
  const inside = text.slice(from, to);
  const head = `${text.slice(0, from)}${before}\`\`\`\n${inside}`;
  return { text: `${head}\n\`\`\`${text.slice(to).startsWith('\n') ? '' : '\n'}${text.slice(to)}`, caret: head.length };
};
