import { createSignal, type JSX } from 'solid-js';

import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Field, useTry, Wrong } from '../doors/card';
import { subject } from '../frame/open';
import { ownSection } from '../sidebar/sections';

/** A section of one's own, made or renamed; channels are moved into it from their menu. */
export const NewSection = (props: { close: () => void }): JSX.Element => {
  const team = useTeam();
  const id = subject();
  const known = id === undefined ? undefined : ownSection(team.state().kept['section']?.[id]);
  const [name, setName] = createSignal(known?.name ?? '');
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const at = id ?? `s${Date.now().toString(36)}`;
      const value = { name: name().trim(), channels: known?.channels ?? [] };
      await team.face.keep('section', at, value);
      team.engine.privately(0, [{ kind: 'section', subject: at, value, version: 0 }]);
      props.close();
    });
  };
  return (
    <Dialog title={known ? t('section.rename') : t('side.section')} close={props.close}>
      <form class="dialog-body" onSubmit={submit}>
        <Field label={t('create.name')} name="section-name" value={name()} set={setName} focus />
        <Wrong problem={trying.wrong()} />
        <div class="dialog-acts">
          <button type="button" class="btn" onClick={props.close}>
            {t('dialog.cancel')}
          </button>
          <button class="btn go" disabled={trying.busy()}>
            {known ? t('section.rename') : t('create.go')}
          </button>
        </div>
      </form>
    </Dialog>
  );
};
