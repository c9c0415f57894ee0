/** A list that grows by pages: first page, a button for the next, words for empty and failed. */

import { createResource, createSignal, For, type JSX, Show } from 'solid-js';

import type { List } from '../../api/faces';
import type { People } from '../../api/wire';
import { Problem, UNREACHABLE } from '../../api/http';
import { sayProblem } from '../../model/app';
import { t } from '../../texts';
import { Empty } from '../../ui/empty';
import { Bones } from '../timeline/timeline';

export const Paged = <T,>(props: {
  ask: (cursor?: string) => Promise<List<T>>;
  empty: string;
  /** How something would come to stand here. */
  hint?: string;
  /** What the items stand in, once there are any. */
  around?: (props: { items: readonly T[]; children: JSX.Element }) => JSX.Element;
  children: (item: T, people: People) => JSX.Element;
}): JSX.Element => {
  const [rest, setRest] = createSignal<List<T>>();
  const [first, { refetch }] = createResource(async () => {
    setRest(undefined);
    return props.ask();
  });
  const Around: NonNullable<typeof props.around> = props.around ?? ((inside) => <>{inside.children}</>);
  const items = (): T[] => [...(first.latest?.items ?? []), ...(rest()?.items ?? [])];
  const people = (): People => ({ ...first.latest?.people, ...rest()?.people });
  const next = (): string | null => (rest() ? (rest()?.next ?? null) : (first.latest?.next ?? null));
  const more = async (): Promise<void> => {
    const cursor = next();
    if (!cursor) return;
    const page = await props.ask(cursor);
    setRest({ items: [...(rest()?.items ?? []), ...page.items], people: { ...rest()?.people, ...page.people }, next: page.next });
  };
  return (
    <Show
      when={!first.error}
      fallback={
        <div class="empty" role="alert">
          <p>{first.error instanceof Problem && first.error.code === UNREACHABLE ? t('timeline.offline') : t('timeline.failed')}</p>
          <button class="btn" onClick={() => void refetch()}>
            {t('app.again')}
          </button>
        </div>
      }
    >
      <Show when={first.latest} fallback={<Bones />}>
        <Show when={items().length > 0} fallback={<Empty title={props.empty} hint={props.hint} />}>
          <Around items={items()}>
            <For each={items()}>{(item) => props.children(item, people())}</For>
          </Around>
          <Show when={next()}>
            <button class="btn more" onClick={() => void more().catch(sayProblem)}>
              {t('list.more')}
            </button>
          </Show>
        </Show>
      </Show>
    </Show>
  );
};
