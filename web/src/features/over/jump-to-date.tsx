import { createSignal, type JSX } from 'solid-js';

import { go, route } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Field, useTry, Wrong } from '../doors/card';

/** The channel as it was on a day, in the reader's own time. */
export const JumpToDate = (props: { close: () => void }): JSX.Element => {
  const team = useTeam();
  const [day, setDay] = createSignal('');
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const now = route();
    const at = new Date(`${day()}T00:00`);
    if (now.kind !== 'place' || !now.channel || Number.isNaN(at.getTime())) return;
    const { channel } = now;
    trying.run(async () => {
      const page = await team.engine.load(channel, 0, { at: at.toISOString() });
      props.close();
      const number = page.target ?? page.messages[0]?.number;
      if (number) go({ kind: 'place', workspace: team.room.slug, channel, number });
    });
  };
  return (
    <Dialog title={t('timeline.jump')} close={props.close}>
      <form class="dialog-body" onSubmit={submit}>
        <Field label={t('timeline.jump')} name="day" type="date" value={day()} set={setDay} focus />
        <Wrong problem={trying.wrong()} />
        <div class="dialog-acts">
          <button type="button" class="btn" onClick={props.close}>
            {t('dialog.cancel')}
          </button>
          <button class="btn go" disabled={trying.busy()}>
            {t('browse.open')}
          </button>
        </div>
      </form>
    </Dialog>
  );
};
