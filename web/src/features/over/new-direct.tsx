/** Who should read it? One to eight others; the same people always have the same channel. */

import { createResource, createSignal, For, type JSX, Show } from 'solid-js';

import { go, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Dialog } from '../../ui/dialog';
import { Face } from '../../ui/face';
import { Icon } from '../../ui/icon';

const OTHERS_MAX = 8;

export const NewDirect = (props: { close: () => void }): JSX.Element => {
  const team = useTeam();
  const [typed, setTyped] = createSignal('');
  const [chosen, setChosen] = createSignal<readonly { account: string; name: string }[]>([]);
  const [members] = createResource(typed, (prefix) => team.face.members({ ...(prefix ? { prefix } : {}), limit: 50 }));
  const shown = () =>
    (members.error ? [] : (members.latest?.items ?? [])).filter(
      (one) => one.account !== team.me && !one.left && !chosen().some((other) => other.account === one.account),
    );
  const go_ = (): void => {
    team.face
      .direct(chosen().map((one) => one.account))
      .then((channel) => {
        props.close();
        go({ kind: 'place', workspace: team.room.slug, channel: channel.id });
      })
      .catch(sayProblem);
  };
  return (
    <Dialog title={t('direct.title')} close={props.close}>
      <div class="dialog-body">
        <div class="chips">
          <For each={chosen()}>
            {(one) => (
              <button class="tag info" aria-label={`${one.name}, ${t('message.discard')}`} onClick={() => setChosen(chosen().filter((other) => other !== one))}>
                <bdi>{one.name}</bdi>
                <Icon name="x" size="x" />
              </button>
            )}
          </For>
        </div>
        <input
          class="input"
          type="search"
          autofocus
          aria-label={t('direct.find')}
          placeholder={t('direct.find')}
          value={typed()}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Show when={chosen().length >= OTHERS_MAX}>
          <p class="dim">{t('direct.most')}</p>
        </Show>
        <ul class="picks">
          <For each={shown()}>
            {(one) => (
              <li>
                <button
                  class="mi"
                  disabled={chosen().length >= OTHERS_MAX}
                  onClick={() => {
                    setChosen([...chosen(), { account: one.account, name: one.name }]);
                    setTyped('');
                  }}
                >
                  <Face id={one.account} name={one.name} picture={one.picture && team.face.pictureOf(one.picture)} size={24} />
                  <bdi class="cut">{one.name}</bdi>
                  <span class="dim push">{one.title}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
        <div class="dialog-acts">
          <button class="btn" onClick={props.close}>
            {t('dialog.cancel')}
          </button>
          <button class="btn go" onClick={go_}>
            {t('direct.go')}
          </button>
        </div>
      </div>
    </Dialog>
  );
};
