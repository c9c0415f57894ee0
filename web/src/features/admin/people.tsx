import { createSignal, For, type JSX, Show } from 'solid-js';

import type { MemberView, Role } from '../../api/faces';
import { sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Sure } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { Paged } from '../lists/paged';
import { Heads, PersonRow, ROLES } from './person-row';

/** Everyone, and those of one role. */
const TABS = ['all', 'owner', 'admin', 'guest', 'bot'] as const;

export const People = (): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const [tab, setTab] = createSignal<(typeof TABS)[number]>('all');
  const [typed, setTyped] = createSignal('');
  const [version, setVersion] = createSignal(0);
  const [chosen, setChosen] = createSignal<readonly MemberView[]>([]);
  const [going, setGoing] = createSignal<readonly MemberView[]>([]);
  const again = (): void => {
    setChosen([]);
    setVersion(version() + 1);
  };
  /** One after the other: who may not be changed is told, and the rest goes on. */
  const each = async (members: readonly MemberView[], work: (member: MemberView) => Promise<unknown>): Promise<void> => {
    for (const member of members) await work(member).catch(sayProblem);
    again();
  };
  const isChosen = (member: MemberView): boolean => chosen().some((one) => one.account === member.account);
  const choose = (member: MemberView, on: boolean): void => {
    const rest = chosen().filter((one) => one.account !== member.account);
    setChosen(on ? [...rest, member] : rest);
  };
  const query = () => ({ ...(typed() ? { prefix: typed() } : {}), ...(tab() === 'all' ? {} : { role: tab() as Role }) });
  return (
    <>
      <div class="row wraps">
        <div class="tabs grows" role="group" aria-label={t('admin.role')}>
          <For each={TABS}>
            {(one) => (
              <button aria-pressed={tab() === one} onClick={() => setTab(one)}>
                {one === 'all' ? t('admin.everyone') : t(`admin.role.${one}`)}
              </button>
            )}
          </For>
        </div>
        <div class="input sm affix find">
          <Icon name="search" size="s" />
          <input type="search" aria-label={t('admin.find')} placeholder={t('admin.find')} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />
        </div>
      </div>
      <section class="panel" aria-label={t('admin.people')}>
        <Show when={chosen().length > 0}>
          <div class="bulk" role="status">
            {t('admin.chosen', { count: chosen().length })}
            <span class="push" />
            <select class="input sm roles" aria-label={t('admin.role.change')} onChange={(event) => void each(chosen(), (member) => face.changeMember(member.account, { role: event.currentTarget.value as Role }))}>
              <option value="">{t('admin.role.change')}</option>
              <For each={ROLES}>{(role) => <option value={role}>{t(`role.${role}`)}</option>}</For>
            </select>
            <button class="btn sm" onClick={() => setGoing(chosen())}>
              {t('admin.remove')}
            </button>
            <button class="ib sm" aria-label={t('admin.chosen.none')} onClick={() => setChosen([])}>
              <Icon name="x" size="s" />
            </button>
          </div>
        </Show>
        <Show when={{ query: query(), version: version() }} keyed>
          {({ query: asked }) => (
            <Paged
              ask={(cursor) => face.members({ ...asked, ...(cursor ? { cursor } : {}) })}
              empty={t('switcher.none')}
              around={(inside) => (
                <div role="table" aria-label={t('admin.people')}>
                  <Heads items={inside.items} chosen={chosen()} choose={setChosen} />
                  {inside.children}
                </div>
              )}
            >
              {(member) => (
                <PersonRow
                  member={member}
                  isChosen={isChosen(member)}
                  choose={(on) => choose(member, on)}
                  change={(role) => void each([member], () => face.changeMember(member.account, { role }))}
                  remove={() => setGoing([member])}
                />
              )}
            </Paged>
          )}
        </Show>
      </section>
      <Show when={going()[0]}>
        {(first) => (
          <Sure
            title={going().length > 1 ? t('admin.remove.many', { count: going().length }) : t('admin.remove.sure', { name: first().name })}
            lead={t('admin.remove.lead')}
            act={t('admin.remove')}
            run={() => void each(going(), (member) => face.removeMember(member.account))}
            close={() => setGoing([])}
          />
        )}
      </Show>
    </>
  );
};
