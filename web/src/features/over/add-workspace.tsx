/** One more workspace for this account: made, or joined by a link somebody sent. */

import { createSignal, type JSX, Match, Switch } from 'solid-js';

import { rooms } from '../../api/faces';
import { enter, go } from '../../model/app';
import { codeIn } from '../../model/route';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Field, useTry, Wrong } from '../doors/card';

export const AddWorkspace = (props: { close: () => void }): JSX.Element => {
  const [way, setWay] = createSignal<'make' | 'join'>('make');
  const [name, setName] = createSignal('');
  const [link, setLink] = createSignal('');
  const [isNoLink, setNoLink] = createSignal(false);
  const trying = useTry();
  const make = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const made = await rooms.make(name());
      await enter();
      props.close();
      go({ kind: 'place', workspace: made.slug });
    });
  };
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    const code = codeIn(link());
    setNoLink(code === undefined);
    if (code === undefined) return;
    props.close();
    go({ kind: 'join', code });
  };
  return (
    <Dialog title={t('workspace.add')} close={props.close}>
      <div class="dialog-body">
        <div class="seg" role="group" aria-label={t('workspace.add')}>
          <button type="button" aria-pressed={way() === 'make'} onClick={() => setWay('make')}>
            {t('workspace.make')}
          </button>
          <button type="button" aria-pressed={way() === 'join'} onClick={() => setWay('join')}>
            {t('workspace.join')}
          </button>
        </div>
        <Switch>
          <Match when={way() === 'make'}>
            <form class="fit" onSubmit={make}>
              <Field label={t('setup.workspace.name')} name="new-workspace" value={name()} set={setName} wrong={trying.field('name') ?? trying.field('slug')} focus />
              <Wrong problem={trying.wrong()?.code === 'invalid' ? undefined : trying.wrong()} known={{ not_allowed: t('workspace.refused') }} />
              <Ends close={props.close} go={t('create.go')} busy={trying.busy()} />
            </form>
          </Match>
          <Match when={way() === 'join'}>
            <form class="fit" onSubmit={join}>
              <Field label={t('workspace.link')} name="invitation-link" hint={t('workspace.link.hint')} value={link()} set={setLink} wrong={isNoLink() ? t('workspace.link.wrong') : undefined} focus />
              <Ends close={props.close} go={t('browse.open')} busy={false} />
            </form>
          </Match>
        </Switch>
      </div>
    </Dialog>
  );
};

const Ends = (props: { close: () => void; go: string; busy: boolean }): JSX.Element => (
  <div class="dialog-acts">
    <button type="button" class="btn" onClick={() => props.close()}>
      {t('dialog.cancel')}
    </button>
    <button class="btn go" disabled={props.busy}>
      {props.go}
    </button>
  </div>
);
