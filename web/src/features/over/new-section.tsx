import { createSignal, type JSX } from 'solid-js';

import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Field, useTry, Wrong } from '../doors/card';

/** A section of one's own; channels are moved into it from their menu. */
export const NewSection = (props: { close: () => void }): JSX.Element => {
  const team = useTeam();
  const [name, setName] = createSignal('');
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const subject = `s${Date.now().toString(36)}`;
      const value = { name: name().trim(), channels: [] };
      await team.face.keep('section', subject, value);
      team.engine.privately(0, [{ kind: 'section', subject, value, version: 0 }]);
      props.close();
    });
  };
  return (
    <Dialog title={t('side.section')} close={props.close}>
      <form class="dialog-body" onSubmit={submit}>
        <Field label={t('create.name')} name="section-name" value={name()} set={setName} focus />
        <Wrong problem={trying.wrong()} />
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
