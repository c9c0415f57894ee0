import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';

import { chose, keepAtOnce } from '../../model/kept';
import { EVERYWHERE, LEVELS, levelIn, WORDS, wordsOf } from '../../model/ring';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { wantNotices, wantsNotices } from '../frame/notices';

/** What rings is the account's; whether this browser shows it is the device's. */
export const Notices = (): JSX.Element => {
  const team = useTeam();
  const [on, setOn] = createSignal(wantsNotices());
  const [denied, setDenied] = createSignal('Notification' in window ? Notification.permission === 'denied' : true);
  const flip = async (wanted: boolean): Promise<void> => {
    const allowed = wanted ? (await Notification.requestPermission()) === 'granted' : true;
    setDenied(!allowed);
    setOn(wanted && allowed);
    wantNotices(wanted && allowed);
  };
  const level = () => levelIn(team.state().kept, EVERYWHERE) ?? '';
  const choose = (to: string): void =>
    keepAtOnce(team, 'notify', EVERYWHERE, to || null, () => (to ? team.face.keep('notify', EVERYWHERE, to) : team.face.drop('notify', EVERYWHERE)));
  // Set anew only where it became another: what somebody is writing there stays while other rows of theirs come.
  const ringing = createMemo(() => wordsOf(team.state().kept).join(', '));
  const words = (text: string): void => {
    const list = [...new Set(text.split(/[,،、]/).map((one) => one.trim()).filter(Boolean))];
    chose(team, WORDS, list.length > 0 ? list : null);
  };
  return (
    <div class="pane-in">
      <label class="check">
        <input type="checkbox" checked={on()} disabled={denied() && !on()} onChange={(event) => void flip(event.currentTarget.checked)} />
        {t('prefs.notify.ask')}
      </label>
      <Show when={denied()}>
        <p class="hint">{t('prefs.notify.denied')}</p>
      </Show>
      <div class="field">
        <label for="rings">{t('notify.everywhere')}</label>
        <select id="rings" class="input sm" onChange={(event) => choose(event.currentTarget.value)}>
          <option value="" selected={level() === ''}>
            {t('notify.usual')}
          </option>
          <For each={LEVELS}>
            {(one) => (
              <option value={one} selected={level() === one}>
                {t(one === 'mentions' ? 'notify.mentions.all' : `notify.${one}`)}
              </option>
            )}
          </For>
        </select>
      </div>
      <div class="field">
        <label for="ring-words">{t('notify.words')}</label>
        <input id="ring-words" class="input sm" dir="auto" aria-describedby="ring-words-hint" value={ringing()} onChange={(event) => words(event.currentTarget.value)} />
        <span id="ring-words-hint" class="hint">
          {t('notify.words.hint')}
        </span>
      </div>
    </div>
  );
};
