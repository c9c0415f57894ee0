/** A picture chosen on this device, kept by the server in a form of its own. */

import { say, sayProblem } from '../../model/app';
import { t } from '../../texts';

export const PICTURES = 'image/png,image/jpeg,image/webp';
const BYTES_MAX = 512 * 1024;

export const choose = (event: Event & { currentTarget: HTMLInputElement }, keep: (file: File) => Promise<unknown>): void => {
  const field = event.currentTarget;
  const file = field.files?.[0];
  // The same file again is a choice, too.
  field.value = '';
  if (!file) return;
  if (file.size > BYTES_MAX) {
    say(t('prefs.picture.big'), 'bad');
    return;
  }
  keep(file).then(() => say(t('prefs.saved')), sayProblem);
};
