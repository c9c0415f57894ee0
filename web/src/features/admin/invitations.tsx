import { createResource, createSignal, For, type JSX, Show } from 'solid-js';

import type { Role } from '../../api/faces';
import { say, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Field, useTry, Wrong } from '../doors/card';

const DAY_S = 86_400;

export const Invitations = (): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const [open, { refetch }] = createResource(face.invitations);
  const items = () => (open.error ? [] : (open.latest?.items ?? []));
  const [role, setRole] = createSignal<Role>('member');
  const [uses, setUses] = createSignal('');
  const [days, setDays] = createSignal('7');
  const [link, setLink] = createSignal('');
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const made = await face.invite({
        role: role(),
        ...(Number(uses()) > 0 ? { uses: Number(uses()) } : {}),
        ...(Number(days()) > 0 ? { expires_s: Number(days()) * DAY_S } : {}),
      });
      setLink(`${location.origin}/join/${made.code}`);
      await refetch();
    });
  };
  return (
    <>
      <form class="panel pad fit" onSubmit={submit}>
        <div class="field">
          <label for="invite-role">{t('admin.role')}</label>
          <select id="invite-role" class="input sm" value={role()} onChange={(event) => setRole(event.currentTarget.value as Role)}>
            <For each={['member', 'guest', 'admin'] as const}>{(one) => <option value={one}>{t(`role.${one}`)}</option>}</For>
          </select>
        </div>
        <Field label={t('admin.invite.uses')} name="uses" type="number" value={uses()} set={setUses} required={false} wrong={trying.field('uses')} />
        <Field label={t('admin.invite.days')} name="days" type="number" value={days()} set={setDays} required={false} wrong={trying.field('expires_s')} />
        <Wrong problem={trying.wrong()?.code === 'invalid' ? undefined : trying.wrong()} />
        <button class="btn go" disabled={trying.busy()}>
          {t('admin.invite')}
        </button>
        <Show when={link()}>
          <div class="field">
            <label for="invite-link">{t('admin.invite.once')}</label>
            <div class="row">
              <input id="invite-link" class="input sm" readonly value={link()} onFocus={(event) => event.currentTarget.select()} />
              <button type="button" class="btn" onClick={() => void navigator.clipboard?.writeText(link()).then(() => say(t('setup.copied')))}>
                {t('setup.copy')}
              </button>
            </div>
          </div>
        </Show>
      </form>
      <Show when={items().length > 0}>
        <section class="panel" aria-label={t('admin.invitations')}>
          <For each={items()}>
            {(one) => (
              <div class="found row">
                <span class="tag">{t(`role.${one.role}`)}</span>
                <bdi class="cut">{open.latest?.people[one.maker]?.name ?? team.name(one.maker)}</bdi>
                <span class="dim">
                  {[one.uses_left === undefined ? undefined : t('admin.invite.left', { count: one.uses_left }), one.expires && t('admin.invite.until', { date: time.date(one.expires) })].filter(Boolean).join(' · ')}
                </span>
                <button class="btn sm push" onClick={() => face.revoke(one.id).then(() => refetch(), sayProblem)}>
                  {t('admin.invite.revoke')}
                </button>
              </div>
            )}
          </For>
        </section>
      </Show>
    </>
  );
};
