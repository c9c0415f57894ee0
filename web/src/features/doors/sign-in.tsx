import { createResource, createSignal, type JSX } from 'solid-js';

import { door } from '../../api/faces';
import { enter, go, goTo, route } from '../../model/app';
import { t } from '../../texts';
import { Card, Field, useTry, Wrong } from './card';

export const SignIn = (): JSX.Element => {
  const [email, setEmail] = createSignal('');
  const [password, setPassword] = createSignal('');
  const [asked] = createResource(door.about);
  const about = () => (asked.error ? undefined : asked.latest);
  const trying = useTry();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    trying.run(async () => {
      await door.signIn(email(), password());
      await enter();
      const now = route();
      if (now.kind === 'sign-in' && now.to) goTo(now.to);
      else if (now.kind === 'sign-in') go({ kind: 'root' }, true);
    });
  };
  return (
    <Card title={t('door.welcome')} lead={about() ? t('door.signin.to', { name: about()?.name ?? '' }) : undefined}>
      <form class="fit" onSubmit={submit}>
        <Field label={t('door.email')} name="email" type="email" complete="username" value={email()} set={setEmail} focus />
        <Field label={t('door.password')} name="password" type="password" complete="current-password" value={password()} set={setPassword} />
        <Wrong problem={trying.wrong()} known={{ signed_out: t('door.signin.wrong') }} />
        <button class="btn go lg wide" disabled={trying.busy()}>
          {t('door.signin')}
        </button>
        <p class="dim">{t('door.forgot')}</p>
      </form>
    </Card>
  );
};
