import { createResource, createSignal, For, type JSX, Show } from 'solid-js';

import { account } from '../../api/faces';
import { sayProblem } from '../../model/app';
import { t } from '../../texts';
import { Field, useTry, Wrong } from '../doors/card';

/** For one's own programs; the text of a token is shown once. */
export const Tokens = (): JSX.Element => {
  const [tokens, { refetch }] = createResource(account.tokens);
  const [label, setLabel] = createSignal('');
  const [made, setMade] = createSignal('');
  const trying = useTry();
  return (
    <div class="pane-in">
      <ul>
        <For each={tokens.error ? [] : tokens.latest?.items}>
          {(token) => (
            <li class="row found">
              <span class="cut">{token.label || token.id}</span>
              <span class="dim">{token.scopes.join(', ')}</span>
              <button class="btn sm push" onClick={() => account.endToken(token.id).then(() => refetch(), sayProblem)}>
                {t('prefs.tokens.end')}
              </button>
            </li>
          )}
        </For>
      </ul>
      <Show when={made()}>
        <div class="field">
          <label for="token-text">{t('prefs.tokens.once')}</label>
          <input id="token-text" class="input sm" readonly value={made()} onFocus={(event) => event.currentTarget.select()} />
        </div>
      </Show>
      <form
        class="fit"
        onSubmit={(event) => {
          event.preventDefault();
          trying.run(async () => {
            const token = await account.makeToken(label(), ['read', 'write']);
            setMade(token.token ?? '');
            setLabel('');
            await refetch();
          });
        }}
      >
        <Field label={t('prefs.tokens.label')} name="token-label" value={label()} set={setLabel} />
        <Wrong problem={trying.wrong()} />
        <button class="btn" disabled={trying.busy()}>
          {t('prefs.tokens.make')}
        </button>
      </form>
    </div>
  );
};
