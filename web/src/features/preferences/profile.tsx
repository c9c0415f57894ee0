import { createResource, createSignal, type JSX, Show } from 'solid-js';

import { account } from '../../api/faces';
import { leave, say, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Field, useTry, Wrong } from '../doors/card';
import { pictureOf } from '../timeline/message';

const HOUR_MS = 3_600_000;

/** Saves when one leaves the field, and only what changed. */
const Saved = (props: { label: string; id: string; value: string; save: (value: string) => Promise<unknown> }): JSX.Element => {
  const [text, setText] = createSignal<string>();
  const done = (): void => {
    const value = text();
    if (value === undefined || value === props.value) return;
    props.save(value).then(() => say(t('prefs.saved')), (error) => {
      setText(undefined);
      sayProblem(error);
    });
  };
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      <input id={props.id} class="input sm" dir="auto" value={text() ?? props.value} onInput={(event) => setText(event.currentTarget.value)} onBlur={done} />
    </div>
  );
};

export const Profile = (): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const [member, { mutate }] = createResource(() => face.member('me'));
  const change = (body: Record<string, unknown>) => face.changeMember('me', body).then(() => mutate((known) => known && ({ ...known, ...body } as never)));
  const [old, setOld] = createSignal('');
  const [fresh, setFresh] = createSignal('');
  const trying = useTry();
  const picture = (event: Event & { currentTarget: HTMLInputElement }): void => {
    const file = event.currentTarget.files?.[0];
    if (file) face.picture(file).then(() => say(t('prefs.saved')), sayProblem);
  };
  const isUndisturbed = (): boolean => team.presence(team.me) === 'dnd';
  return (
    <div class="pane-in">
      <div class="row">
        <Face id={team.me} name={team.name(team.me)} picture={pictureOf(team, team.me)} size={56} />
        <label class="btn">
          {t('prefs.picture.choose')}
          <input class="sr" type="file" accept="image/png,image/jpeg,image/webp" onChange={picture} />
        </label>
      </div>
      <Show when={!member.error && member.latest}>
        {(known) => (
          <>
            <Saved id="my-name" label={t('prefs.name')} value={known().name} save={(name) => change({ name })} />
            <Saved id="my-title" label={t('prefs.title.field')} value={known().title ?? ''} save={(title) => change({ title })} />
            <Saved id="my-zone" label={t('prefs.zone')} value={known().time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone} save={(zone) => change({ time_zone: zone })} />
            <Saved id="my-status" label={t('you.status.text')} value={known().status?.text ?? ''} save={(text) => change({ status: text ? { text } : null })} />
          </>
        )}
      </Show>
      <button
        class="btn"
        onClick={() => {
          const until = isUndisturbed() ? null : new Date(Date.now() + HOUR_MS).toISOString();
          face.changeMember('me', { dnd_until: until }).catch(sayProblem);
        }}
      >
        {isUndisturbed() ? t('you.dnd.off') : t('you.dnd')}
      </button>
      <form
        class="fit"
        onSubmit={(event) => {
          event.preventDefault();
          trying.run(async () => {
            await account.password(old(), fresh());
            setOld('');
            setFresh('');
            say(t('prefs.saved'));
          });
        }}
      >
        <h3>{t('prefs.password')}</h3>
        <Field label={t('prefs.password.old')} name="old-password" type="password" complete="current-password" value={old()} set={setOld} wrong={trying.field('old')} />
        <Field label={t('prefs.password.new')} name="new-password" type="password" complete="new-password" hint={t('door.password.hint')} value={fresh()} set={setFresh} wrong={trying.field('password')} />
        <Wrong problem={trying.wrong()?.code === 'invalid' ? undefined : trying.wrong()} />
        <button class="btn" disabled={trying.busy()}>
          {t('prefs.password.go')}
        </button>
      </form>
      <button class="btn" onClick={() => void leave()}>
        {t('you.signout')}
      </button>
    </div>
  );
};
