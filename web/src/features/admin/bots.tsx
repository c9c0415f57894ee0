/** Programs that are members: made, given a new token, named anew, ended. */

import { createResource, createSignal, For, type JSX, Show } from 'solid-js';

import type { Scope } from '../../api/faces';
import { say, sayProblem } from '../../model/app';
import { useTeam } from '../../model/team';
import { t } from '../../texts';
import { Sure } from '../../ui/dialog';
import { Face } from '../../ui/face';
import { Field, useTry, Wrong } from '../doors/card';

const SCOPES: readonly Scope[] = ['read', 'write', 'admin'];

export const Bots = (): JSX.Element => {
  const team = useTeam();
  const { face } = team;
  const [bots, { refetch }] = createResource(() => face.bots());
  const [name, setName] = createSignal('');
  const [scopes, setScopes] = createSignal<readonly Scope[]>(['read', 'write']);
  const [token, setToken] = createSignal('');
  const [going, setGoing] = createSignal<{ account: string; name: string }>();
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const made = await face.makeBot({ name: name(), scopes: [...scopes()] });
      setToken(made.token);
      setName('');
      await refetch();
    });
  };
  const flip = (scope: Scope, on: boolean): void => {
    setScopes(SCOPES.filter((one) => (one === scope ? on : scopes().includes(one))));
  };
  const renew = (account: string): void => {
    face.newBotToken(account).then((made) => setToken(made.token), sayProblem);
  };
  return (
    <>
      <form class="panel pad fit" onSubmit={submit}>
        <Field label={t('create.name')} name="bot-name" value={name()} set={setName} wrong={trying.field('name')} />
        <div class="row wraps" role="group" aria-label={t('admin.bot.may')}>
          <span class="label">{t('admin.bot.may')}</span>
          <For each={SCOPES}>
            {(scope) => (
              <label class="check">
                <input type="checkbox" checked={scopes().includes(scope)} onChange={(event) => flip(scope, event.currentTarget.checked)} />
                {t(`scope.${scope}`)}
              </label>
            )}
          </For>
        </div>
        <Wrong problem={trying.wrong()?.code === 'invalid' ? undefined : trying.wrong()} />
        <button class="btn go" disabled={trying.busy() || scopes().length === 0}>
          {t('admin.bot.make')}
        </button>
        <Show when={token()}>
          <div class="field">
            <label for="bot-token">{t('prefs.tokens.once')}</label>
            <div class="row">
              <input id="bot-token" class="input sm" readonly value={token()} onFocus={(event) => event.currentTarget.select()} />
              <button type="button" class="btn" onClick={() => void navigator.clipboard?.writeText(token()).then(() => say(t('setup.copied')))}>
                {t('code.copy')}
              </button>
            </div>
          </div>
        </Show>
      </form>
      <Show when={!bots.error && (bots.latest?.items.length ?? 0) > 0} fallback={<p class="empty">{t('admin.bot.none')}</p>}>
        <section class="panel" aria-label={t('admin.bots')}>
          <For each={bots.latest?.items}>
            {(bot) => (
              <div class="found row human">
                <div class="person grows">
                  <Face id={bot.account} name={bot.name} picture={bot.picture && face.pictureOf(bot.picture)} size={28} />
                  <div class="cut">
                    <div class="t cut">
                      <bdi>{bot.name}</bdi>
                    </div>
                    <div class="d cut">{bot.scopes.join(', ')}</div>
                  </div>
                </div>
                <button class="btn sm" onClick={() => renew(bot.account)}>
                  {t('admin.bot.renew')}
                </button>
                <button class="btn sm" onClick={() => setGoing(bot)}>
                  {t('prefs.tokens.end')}
                </button>
              </div>
            )}
          </For>
        </section>
      </Show>
      <Show when={going()}>
        {(bot) => (
          <Sure
            title={t('admin.bot.sure', { name: bot().name })}
            lead={t('admin.bot.lead')}
            act={t('prefs.tokens.end')}
            run={() => void face.endBot(bot().account).then(() => refetch(), sayProblem)}
            close={() => setGoing(undefined)}
          />
        )}
      </Show>
    </>
  );
};
