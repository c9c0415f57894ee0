import { createResource, createSignal, type JSX, Match, Show, Switch } from 'solid-js';

import { door } from '../../api/faces';
import { enter, go, session } from '../../model/app';
import { t } from '../../texts';
import { Card, Field, useTry, Wrong } from './card';

export const Join = (props: { code: string }): JSX.Element => {
  const [invitation] = createResource(() => props.code, door.invitation);
  const [name, setName] = createSignal('');
  const [email, setEmail] = createSignal('');
  const [password, setPassword] = createSignal('');
  const trying = useTry();
  const me = () => {
    const known = session();
    return known.kind === 'in' ? known.me : undefined;
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      const body = me() ? {} : { name: name(), email: email(), password: password() };
      const { workspace } = await door.accept(props.code, body);
      await enter();
      go({ kind: 'place', workspace: workspace.slug }, true);
    });
  };
  return (
    <Switch>
      <Match when={invitation.error}>
        <Card title={t('door.join.ended')} lead={t('door.join.ended.hint')}>
          <a class="btn lg wide" href="/">
            {t('app.home')}
          </a>
        </Card>
      </Match>
      <Match when={invitation()}>
        {(known) => (
          <Card title={t('door.join', { workspace: known().workspace.name })} lead={t('door.join.by', { name: known().by, count: known().workspace.members })}>
            <form class="fit" onSubmit={submit}>
              <Show when={!me()} fallback={<p class="mid">{t('door.join.signedin', { name: me()?.name ?? '' })}</p>}>
                <Field label={t('door.name')} name="name" complete="name" hint={t('door.name.hint')} value={name()} set={setName} wrong={trying.field('name')} focus />
                <Field label={t('door.email')} name="email" type="email" complete="username" value={email()} set={setEmail} wrong={trying.field('email')} />
                <Field label={t('door.password')} name="password" type="password" complete="new-password" hint={t('door.password.hint')} value={password()} set={setPassword} wrong={trying.field('password')} />
              </Show>
              <Wrong problem={trying.wrong()?.code === 'invalid' ? undefined : trying.wrong()} known={{ conflict: t('door.join.known') }} />
              <button class="btn go lg wide" disabled={trying.busy()}>
                {t('door.join.go')}
              </button>
              <Show when={!me()}>
                <a href={`/sign-in?to=${encodeURIComponent(`/join/${props.code}`)}`}>{t('door.signin')}</a>
              </Show>
            </form>
          </Card>
        )}
      </Match>
    </Switch>
  );
};

export const NewPassword = (props: { code: string }): JSX.Element => {
  const [link] = createResource(() => props.code, door.link);
  const [password, setPassword] = createSignal('');
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      await door.useLink(props.code, password());
      await enter();
      go({ kind: 'root' }, true);
    });
  };
  return (
    <Show
      when={!link.error}
      fallback={
        <Card title={t('door.link.ended')} lead={t('door.link.ended.hint')}>
          <a class="btn lg wide" href="/sign-in">
            {t('door.signin')}
          </a>
        </Card>
      }
    >
      <Card title={t('door.link')} lead={link()?.account.email ?? link()?.account.name}>
        <form class="fit" onSubmit={submit}>
          <Field label={t('door.password')} name="password" type="password" complete="new-password" hint={t('door.password.hint')} value={password()} set={setPassword} wrong={trying.field('password')} focus />
          <Wrong problem={trying.wrong()?.code === 'invalid' ? undefined : trying.wrong()} />
          <button class="btn go lg wide" disabled={trying.busy()}>
            {t('door.link.go')}
          </button>
        </form>
      </Card>
    </Show>
  );
};
