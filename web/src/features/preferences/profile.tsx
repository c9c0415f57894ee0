import { createMemo, createResource, createSignal, For, type JSX, lazy, Show } from 'solid-js';

import { account } from '../../api/faces';
import { leave, say, sayProblem } from '../../model/app';
import type { Status } from '../../api/wire';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Face } from '../../ui/face';
import { Part } from '../../ui/part';
import { Field, useTry, Wrong } from '../doors/card';
import { pictureOf } from '../timeline/face-of';
import { choose, PICTURES } from './picture';

const EmojiPicker = lazy(() => import('../composer/picker').then((module) => ({ default: module.EmojiPicker })));

const MINUTE_MS = 60_000;
const MORNING_H = 9;

const tomorrow = (): Date => {
  const day = new Date();
  day.setDate(day.getDate() + 1);
  day.setHours(MORNING_H, 0, 0, 0);
  return day;
};

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

/** What is going on, in a few words, with a sign before it and an end. */
const StatusLine = (props: { status: Status | undefined; save: (status: { text: string; emoji?: string; until?: string } | null) => Promise<unknown> }): JSX.Element => {
  const [picking, setPicking] = createSignal<HTMLElement>();
  const [hours, setHours] = createSignal(0);
  // Set anew only where it became another: what somebody is writing there stays while their sign is kept.
  const said = createMemo(() => props.status?.text ?? '');
  const keep = (part: { text?: string; emoji?: string }): void => {
    const text = part.text ?? props.status?.text ?? '';
    const emoji = part.emoji ?? props.status?.emoji;
    const until = hours() > 0 ? new Date(Date.now() + hours() * 60 * MINUTE_MS).toISOString() : undefined;
    const fresh = text === '' && !emoji ? null : { text, ...(emoji ? { emoji } : {}), ...(until ? { until } : {}) };
    props.save(fresh).then(() => say(t('prefs.saved')), sayProblem);
  };
  return (
    <div class="field">
      <label for="my-status">{t('you.status.text')}</label>
      <div class="row">
        <button class="btn" aria-label={t('you.status.emoji')} onClick={(event) => setPicking(event.currentTarget)}>
          {props.status?.emoji ?? '🙂'}
        </button>
        <input id="my-status" class="input sm" dir="auto" maxlength="100" value={said()} onChange={(event) => keep({ text: event.currentTarget.value.trim() })} />
        <select class="input sm ends" aria-label={t('you.status.until')} onChange={(event) => {
          setHours(Number(event.currentTarget.value));
          if (props.status) keep({});
        }}>
          <option value="0">{t('you.status.stays')}</option>
          <For each={[1, 4, 24]}>{(one) => <option value={one}>{time.span(one * 60)}</option>}</For>
        </select>
        <Show when={props.status}>
          <button class="btn quiet" onClick={() => props.save(null).then(() => say(t('prefs.saved')), sayProblem)}>
            {t('you.status.clear')}
          </button>
        </Show>
      </div>
      <Show when={picking()}>
        {(at) => (
          <Part close={() => setPicking(undefined)}>
            <EmojiPicker
              at={at()}
              close={() => setPicking(undefined)}
              take={(emoji) => {
                setPicking(undefined);
                keep({ emoji });
              }}
            />
          </Part>
        )}
      </Show>
    </div>
  );
};

export const Profile = (): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const [member, { mutate }] = createResource(() => face.member('me'));
  const change = (body: Parameters<typeof face.changeMember>[1]) => face.changeMember('me', body).then(() => mutate((known) => known && ({ ...known, ...body } as never)));
  const [old, setOld] = createSignal('');
  const [fresh, setFresh] = createSignal('');
  const trying = useTry();
  const rest = (until: string | null): void => {
    face.changeMember('me', { dnd_until: until }).catch(sayProblem);
  };
  const isUndisturbed = (): boolean => team.presence(team.me) === 'dnd';
  return (
    <div class="pane-in">
      <div class="row">
        <Face id={team.me} name={team.name(team.me)} picture={pictureOf(team, team.me)} size={56} />
        <label class="btn">
          {t('prefs.picture.choose')}
          <input class="sr" type="file" accept={PICTURES} onChange={(event) => choose(event, face.setMyPicture)} />
        </label>
        <Show when={pictureOf(team, team.me)}>
          <button class="btn quiet" onClick={() => face.dropMyPicture().catch(sayProblem)}>
            {t('prefs.picture.drop')}
          </button>
        </Show>
      </div>
      <Show when={!member.error && member.latest}>
        {(known) => (
          <>
            <Saved id="my-name" label={t('prefs.name')} value={known().name} save={(name) => change({ name })} />
            <Saved id="my-title" label={t('prefs.title.field')} value={known().title ?? ''} save={(title) => change({ title })} />
            <Saved id="my-zone" label={t('prefs.zone')} value={known().time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone} save={(zone) => change({ time_zone: zone })} />
            <StatusLine status={known().status} save={(status) => change({ status })} />
          </>
        )}
      </Show>
      <div class="field" role="group" aria-label={t('prefs.dnd')}>
        <span class="label">{t('prefs.dnd')}</span>
        <Show
          when={!isUndisturbed()}
          fallback={
            <button class="btn" onClick={() => rest(null)}>
              {t('you.dnd.off')}
            </button>
          }
        >
          <div class="row many">
            <For each={[30, 60, 240]}>
              {(minutes) => (
                <button class="btn" onClick={() => rest(new Date(Date.now() + minutes * MINUTE_MS).toISOString())}>
                  {time.span(minutes)}
                </button>
              )}
            </For>
            <button class="btn" onClick={() => rest(tomorrow().toISOString())}>
              {t('you.dnd.tomorrow')}
            </button>
          </div>
        </Show>
      </div>
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
