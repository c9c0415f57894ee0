/** The first minute of a server: you, your workspace, a link for the others. Opened by the code it printed. */

import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';

import { door, Team } from '../../api/faces';
import { Problem } from '../../api/http';
import { enter, go, say, sayProblem } from '../../model/app';
import { addressOf, hueOf, initialsOf } from '../../model/people';
import { t } from '../../texts';
import { Icon } from '../../ui/icon';
import { Field, Mark, useTry, Wrong } from './card';

type Step = 'you' | 'workspace' | 'people';
const STEPS: readonly Step[] = ['you', 'workspace', 'people'];
/** What a team usually talks about; `general` is where everyone is. */
const FIRST = ['general', 'announcements', 'help', 'random'];
const CHANNELS_MAX = 20;

export const Setup = (): JSX.Element => {
  const [step, setStep] = createSignal<Step>('you');
  // The start-up line may carry the code, so that a click is enough.
  const [code, setCode] = createSignal(new URLSearchParams(location.hash.slice(1)).get('code') ?? '');
  const [name, setName] = createSignal('');
  const [email, setEmail] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [workspace, setWorkspace] = createSignal('');
  // Follows the name until somebody writes another.
  const [ownAddress, setOwnAddress] = createSignal<string>();
  const address = (): string => ownAddress() ?? addressOf(workspace());
  const [channels, setChannels] = createSignal<readonly string[]>(['general', 'announcements']);
  const [fresh, setFresh] = createSignal('');
  const offered = (): string[] => [...new Set([...FIRST, ...channels()])];
  const flip = (channel: string): void => {
    setChannels(channels().includes(channel) ? channels().filter((one) => one !== channel) : [...channels(), channel]);
  };
  const addChannel = (): void => {
    const name_ = fresh().trim();
    setFresh('');
    if (name_ !== '' && !channels().includes(name_) && channels().length < CHANNELS_MAX) setChannels([...channels(), name_]);
  };
  const [made, setMade] = createSignal<{ id: string; slug: string }>();
  const [link, setLink] = createSignal('');
  const trying = useTry();

  const make = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const body = { code: code().trim(), email: email(), password: password(), name: name(), workspace: workspace(), ...(address() ? { slug: address() } : {}), ...(channels().length > 0 ? { channels: [...channels()] } : {}) };
      const answer = await door.setUp(body).catch((error: unknown) => {
        // A wrong field of the first step is shown where it can be mended.
        const details = error instanceof Problem ? error.details : {};
        if (['code', 'email', 'password', 'name'].some((field) => field in details)) setStep('you');
        throw error;
      });
      setMade(answer.workspace);
      setStep('people');
      const invitation = await new Team(answer.workspace.id).invite({}).catch((error: unknown) => {
        sayProblem(error);
        return undefined;
      });
      if (invitation) setLink(`${location.origin}/join/${invitation.code}`);
    });
  };
  const copy = (): void => {
    void navigator.clipboard?.writeText(link()).then(() => say(t('setup.copied')));
  };
  const finish = (): void => {
    void enter().then(() => go({ kind: 'place', workspace: made()?.slug ?? '' }, true));
  };

  return (
    <div class="wiz">
      <aside class="wiz-steps">
        <Mark />
        <ol class="steps">
          <For each={STEPS}>
            {(one, at) => (
              <li
                classList={{ now: one === step(), done: STEPS.indexOf(step()) > at() }}
                aria-current={one === step() ? 'step' : undefined}
              >
                <span class="n">
                  <Show when={STEPS.indexOf(step()) > at()} fallback={at() + 1}>
                    <Icon name="ok" size="x" />
                  </Show>
                </span>
                <span>{t(`setup.${one}`)}</span>
                <small>{t(`setup.${one}.hint`)}</small>
              </li>
            )}
          </For>
        </ol>
        <p class="wiz-note">
          <Icon name="shield" size="s" />
          {t('setup.note')}
        </p>
      </aside>
      <main class="wiz-main">
        <div class="fit">
          <header>
            <p class="mid">{t('setup.step', { at: STEPS.indexOf(step()) + 1, of: STEPS.length })}</p>
            <h1>{t(`setup.${step()}.title`)}</h1>
            <p class="lede">{t(`setup.${step()}.lead`)}</p>
          </header>
          <Switch>
            <Match when={step() === 'you'}>
              <form
                class="fit"
                onSubmit={(event) => {
                  event.preventDefault();
                  setStep('workspace');
                }}
              >
                <Field label={t('setup.code')} name="code" hint={t('setup.code.hint')} value={code()} set={setCode} complete="one-time-code" wrong={trying.field('code') ?? (trying.wrong()?.code === 'not_allowed' ? t('setup.code.wrong') : undefined)} focus />
                <Field label={t('door.name')} name="name" complete="name" hint={t('door.name.hint')} value={name()} set={setName} wrong={trying.field('name')} />
                <Field label={t('door.email')} name="email" type="email" complete="username" value={email()} set={setEmail} wrong={trying.field('email')} />
                <Field label={t('door.password')} name="password" type="password" complete="new-password" hint={t('door.password.hint')} value={password()} set={setPassword} wrong={trying.field('password')} />
                <button class="btn go lg">{t('setup.next')}</button>
              </form>
            </Match>
            <Match when={step() === 'workspace'}>
              <form class="fit" onSubmit={make}>
                <Field label={t('setup.workspace.name')} name="workspace" value={workspace()} set={setWorkspace} wrong={trying.field('workspace')} focus />
                <Field label={t('setup.address')} name="address" before={`${location.host}/`} hint={t('setup.address.hint')} value={address()} set={setOwnAddress} wrong={trying.field('slug')} required={false} />
                <div class="field" role="group" aria-label={t('setup.channels')}>
                  <span class="label">{t('setup.channels')}</span>
                  <div class="chips">
                    <For each={offered()}>
                      {(channel) => (
                        <button type="button" class="chip" classList={{ on: channels().includes(channel) }} aria-pressed={channels().includes(channel)} onClick={() => flip(channel)}>
                          <Icon name={channels().includes(channel) ? 'ok' : 'plus'} size="x" />
                          {channel}
                        </button>
                      )}
                    </For>
                  </div>
                  <div class="row wiz-add">
                    <input
                      class="input sm"
                      aria-label={t('setup.channels.add')}
                      placeholder={t('setup.channels.add')}
                      value={fresh()}
                      onInput={(event) => setFresh(event.currentTarget.value)}
                      onKeyDown={(event) => {
                        if (event.key !== 'Enter' || event.isComposing) return;
                        event.preventDefault();
                        addChannel();
                      }}
                    />
                    <button type="button" class="btn" onClick={addChannel}>
                      {t('setup.channels.go')}
                    </button>
                  </div>
                </div>
                <Show when={trying.field('channels')}>{(wrong) => <p class="wrongtext" role="alert">{wrong()}</p>}</Show>
                <Wrong problem={trying.wrong()} known={{ conflict: t('setup.done') }} />
                <div class="row">
                  <button type="button" class="btn quiet lg" onClick={() => setStep('you')}>
                    {t('setup.back')}
                  </button>
                  <button class="btn go lg push" disabled={trying.busy()}>
                    {t('setup.make')}
                  </button>
                </div>
              </form>
            </Match>
            <Match when={step() === 'people'}>
              <Show when={link()}>
                <div class="row">
                  <input class="input" readonly aria-label={t('setup.people.hint')} value={link()} onFocus={(event) => event.currentTarget.select()} />
                  <button class="btn" onClick={copy}>
                    {t('setup.copy')}
                  </button>
                </div>
              </Show>
              <button class="btn go lg" onClick={finish}>
                {t('setup.go')}
              </button>
            </Match>
          </Switch>
        </div>
      </main>
      <aside class="wiz-side" aria-hidden="true">
        <div class="mini">
          <div class="row mini-head">
            <span class="av a28" style={{ '--h': String(hueOf(workspace())) }}>
              {initialsOf(workspace() || t('setup.workspace'))}
            </span>
            <b class="cut">{workspace() || t('setup.workspace')}</b>
            <span class="push">
              <Icon name="down" size="s" />
            </span>
          </div>
          <div class="mini-in">
            <div class="sec-head">{t('side.channels')}</div>
            <For each={channels().length > 0 ? channels() : ['general']}>
              {(channel, at) => (
                <div class="ch" classList={{ here: at() === 0 }}>
                  <Icon name="hash" />
                  <span class="cut">{channel}</span>
                </div>
              )}
            </For>
            <div class="sec-head">{t('side.directs')}</div>
            <div class="ch">
              <span class="glyph">
                <span class="av a20" style={{ '--h': String(hueOf(name())) }}>
                  {initialsOf(name() || t('tab.you'))}
                  <i class="pres" />
                </span>
              </span>
              <span class="cut">{name() || t('tab.you')}</span>
            </div>
          </div>
        </div>
        <p class="dim">{t('setup.look')}</p>
      </aside>
    </div>
  );
};
