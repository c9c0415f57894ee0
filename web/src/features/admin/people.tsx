import { createSignal, For, type JSX, Show } from 'solid-js';

import type { MemberView, Role } from '../../api/faces';
import { go, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Sure } from '../../ui/dialog';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';
import { type Choice, MenuButton } from '../../ui/menu';
import { Paged } from '../lists/paged';

const ROLES = ['owner', 'admin', 'member', 'guest'] as const;
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
            <Paged ask={(cursor) => face.members({ ...asked, ...(cursor ? { cursor } : {}) })} empty={t('switcher.none')}>
              {(member) => (
                <Row
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

const Row = (props: { member: MemberView; isChosen: boolean; choose: (on: boolean) => void; change: (role: Role) => void; remove: () => void }): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const isBot = (): boolean => props.member.role === 'bot';
  const choices = (): Choice[] => [
    {
      label: t('person.write'),
      icon: 'compose',
      run: () => void face.direct([props.member.account]).then((made) => go({ kind: 'place', workspace: team.room.slug, channel: made.id }), sayProblem),
    },
    { label: t('admin.sessions'), icon: 'key', run: () => void face.endSessions(props.member.account).catch(sayProblem) },
    { label: t('admin.remove'), icon: 'trash', bad: true, apart: true, run: props.remove },
  ];
  return (
    <div class="found row human" classList={{ sel: props.isChosen }}>
      <label class="tick">
        <input type="checkbox" checked={props.isChosen} aria-label={t('admin.choose', { name: props.member.name })} onChange={(event) => props.choose(event.currentTarget.checked)} />
      </label>
      <div class="person grows">
        <Face id={props.member.account} name={props.member.name} picture={props.member.picture && face.pictureOf(props.member.picture)} size={28} />
        <div class="cut">
          <div class="t cut">
            <bdi>{props.member.name}</bdi>
            <Show when={props.member.account === team.me}>
              {' '}
              <span class="tag">{t('tab.you')}</span>
            </Show>
          </div>
          <div class="d cut" dir="auto">
            {props.member.title || props.member.status?.text || ' '}
          </div>
        </div>
      </div>
      <Show when={!isBot()} fallback={<span class="tag">{t('role.bot')}</span>}>
        <select class="bare-select" aria-label={`${t('admin.role')}, ${props.member.name}`} onChange={(event) => props.change(event.currentTarget.value as Role)}>
          <For each={ROLES}>
            {(role) => (
              <option value={role} selected={props.member.role === role}>
                {t(`role.${role}`)}
              </option>
            )}
          </For>
        </select>
      </Show>
      <Show when={props.member.account !== team.me} fallback={<span class="ib sm" />}>
        <MenuButton label={t('admin.more', { name: props.member.name })} class="ib sm" choices={choices}>
          <Icon name="more" size="s" />
        </MenuButton>
      </Show>
    </div>
  );
};
