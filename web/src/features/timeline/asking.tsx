/** What is asked about one message: whether it goes, how it read before, which emoji. */

import { createResource, For, type JSX, lazy, Match, Show, Switch } from 'solid-js';
import { Portal } from 'solid-js/web';

import { sayProblem } from '../../model/app';
import { plain } from '../../model/markdown';
import { useTeam } from '../../model/team';
import * as time from '../../model/time';
import { t } from '../../texts';
import { Dialog, Sure } from '../../ui/dialog';
import { Prose } from '../../ui/prose';
import { Part } from '../../ui/part';
import { useNames } from '../frame/names';
import { asked, setAsked } from './acts';

const EmojiPicker = lazy(() => import('../composer/picker').then((module) => ({ default: module.EmojiPicker })));

export const Asking = (): JSX.Element => {
  const team = useTeam();
  const names = useNames();
  const close = (): void => {
    setAsked(undefined);
  };
  const history = () => {
    const one = asked();
    return one?.kind === 'history' ? one.message : undefined;
  };
  const [past] = createResource(history, team.face.history);
  return (
    <Switch>
      <Match when={asked()?.kind === 'delete' && asked()}>
        {(one) => (
          <Sure
            title={t('message.delete.sure')}
            lead={t('message.delete.lead')}
            act={t('message.delete')}
            run={() => {
              team.face.remove(one().message).catch(sayProblem);
            }}
            close={close}
          >
            <blockquote class="quote cut" dir="auto">
              {plain(one().message.text, team.name)}
            </blockquote>
          </Sure>
        )}
      </Match>
      <Match when={history()}>
        {(message) => (
          <Dialog title={t('message.edited.label')} close={close}>
            <div class="dialog-body scrolls">
              <div class="txt" dir="auto">
                <Prose text={message().text} names={names} />
              </div>
              <Show when={!past.loading} fallback={<span class="spin" />}>
                <For each={past.error ? [] : past()?.items}>
                  {(one) => (
                    <div class="past">
                      <time class="dim" dateTime={one.at}>
                        {time.whole(one.at)}
                      </time>
                      <div class="txt" dir="auto">
                        <Prose text={one.text} names={names} />
                      </div>
                    </div>
                  )}
                </For>
              </Show>
            </div>
          </Dialog>
        )}
      </Match>
      <Match when={asked()?.kind === 'emoji' && (asked() as { kind: 'emoji'; message: never; at: HTMLElement })}>
        {(one) => (
          <Portal>
            <Part close={close}>
              <EmojiPicker
                at={one().at}
                close={close}
                take={(emoji) => {
                  const message = one().message as { channel: string; thread: number; number: number };
                  const { channel, thread, number } = message;
                  team.engine.perform({ react: { channel, thread, number, emoji } }).catch(sayProblem);
                  close();
                }}
              />
            </Part>
          </Portal>
        )}
      </Match>
    </Switch>
  );
};
