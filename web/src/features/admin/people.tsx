import { createSignal, For, type JSX, Show } from 'solid-js';

import type { MemberView } from '../../api/faces';
import { sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Sure } from '../../ui/dialog';
import { Face } from '../../ui/face';
import { Paged } from '../lists/paged';

const ROLES = ['owner', 'admin', 'member', 'guest'] as const;

export const People = (): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const [typed, setTyped] = createSignal('');
  const [version, setVersion] = createSignal(0);
  const [going, setGoing] = createSignal<MemberView>();
  const again = (): void => {
    setVersion(version() + 1);
  };
  const change = (member: MemberView, role: string): void => {
    face.changeMember(member.account, { role }).then(again, (error) => {
      sayProblem(error);
      again();
    });
  };
  return (
    <>
      <input class="input" type="search" aria-label={t('admin.find')} placeholder={t('admin.find')} value={typed()} onInput={(event) => setTyped(event.currentTarget.value)} />
      <Show when={{ prefix: typed(), version: version() }} keyed>
        {({ prefix }) => (
          <Paged ask={(cursor) => face.members({ ...(prefix ? { prefix } : {}), ...(cursor ? { cursor } : {}) })} empty={t('switcher.none')}>
            {(member) => (
              <div class="found row">
                <Face id={member.account} name={member.name} picture={member.picture && face.pictureOf(member.picture)} size={28} />
                <div class="cut">
                  <bdi>{member.name}</bdi> <span class="dim">{member.title}</span>
                </div>
                <Show when={member.role !== 'bot'} fallback={<span class="tag push">{t('role.bot')}</span>}>
                  <select class="input sm push roles" aria-label={`${t('admin.role')}, ${member.name}`} onChange={(event) => change(member, event.currentTarget.value)}>
                    <For each={ROLES}>
                      {(role) => (
                        <option value={role} selected={member.role === role}>
                          {t(`role.${role}`)}
                        </option>
                      )}
                    </For>
                  </select>
                </Show>
                <button class="btn sm" onClick={() => setGoing(member)}>
                  {t('admin.remove')}
                </button>
              </div>
            )}
          </Paged>
        )}
      </Show>
      <Show when={going()}>
        {(member) => (
          <Sure
            title={t('admin.remove.sure', { name: member().name })}
            lead={t('admin.remove.lead')}
            act={t('admin.remove')}
            run={() => face.removeMember(member().account).then(again, sayProblem)}
            close={() => setGoing(undefined)}
          />
        )}
      </Show>
    </>
  );
};
