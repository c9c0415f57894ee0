import { createSignal, type JSX } from 'solid-js';

import { go } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Field, useTry, Wrong } from '../doors/card';
import { subject } from '../frame/open';

export const CreateChannel = (props: { close: () => void }): JSX.Element => {
  const team = useTeam();
  // Whoever looked for one that is not there has named it already.
  const [name, setName] = createSignal(subject() ?? '');
  const [topic, setTopic] = createSignal('');
  const [isPrivate, setPrivate] = createSignal(false);
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const kind = isPrivate() ? 'private' : 'public';
      const made = await team.face.createChannel({ kind, name: name(), ...(topic() ? { topic: topic() } : {}) });
      props.close();
      go({ kind: 'place', workspace: team.room.slug, channel: made.id });
    });
  };
  return (
    <Dialog title={t('create.title')} close={props.close}>
      <form class="dialog-body" onSubmit={submit}>
        <Field label={t('create.name')} name="channel-name" value={name()} set={setName} wrong={trying.field('name')} focus />
        <Field label={t('create.topic')} name="channel-topic" value={topic()} set={setTopic} wrong={trying.field('topic')} required={false} />
        <label class="check">
          <input type="checkbox" checked={isPrivate()} onChange={(event) => setPrivate(event.currentTarget.checked)} />
          {t('create.private')}
        </label>
        <Wrong problem={trying.wrong()?.code === 'invalid' ? undefined : trying.wrong()} />
        <div class="dialog-acts">
          <button type="button" class="btn" onClick={props.close}>
            {t('dialog.cancel')}
          </button>
          <button class="btn go" disabled={trying.busy()}>
            {t('create.go')}
          </button>
        </div>
      </form>
    </Dialog>
  );
};
