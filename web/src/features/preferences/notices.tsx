import { createSignal, type JSX, Show } from 'solid-js';

import { t } from '../../texts';
import { wantNotices, wantsNotices } from '../frame/notices';

/** Of this device; what rings at all is the channel's mute and one's do not disturb. */
export const Notices = (): JSX.Element => {
  const [on, setOn] = createSignal(wantsNotices());
  const [denied, setDenied] = createSignal('Notification' in window ? Notification.permission === 'denied' : true);
  const flip = async (wanted: boolean): Promise<void> => {
    const allowed = wanted ? (await Notification.requestPermission()) === 'granted' : true;
    setDenied(!allowed);
    setOn(wanted && allowed);
    wantNotices(wanted && allowed);
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
    </div>
  );
};
