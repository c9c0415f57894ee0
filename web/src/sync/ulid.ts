/** Keys of commands: time first, in the server's own time, so that an old one is known to be old. */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const ulid = (now: number, random: (bytes: Uint8Array) => void): string => {
  let time = Math.max(0, Math.floor(now));
  const head: string[] = [];
  for (let at = 0; at < 10; at += 1) {
    head.unshift(ALPHABET[time % 32] as string);
    time = Math.floor(time / 32);
  }
  const bytes = new Uint8Array(16);
  random(bytes);
  return head.join('') + [...bytes].map((byte) => ALPHABET[byte & 31]).join('');
};
