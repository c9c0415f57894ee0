/** Written text as elements: made node by node from known parts, never from a string of HTML. */

import { createSignal, For, type JSX, lazy, Match, Show, Suspense, Switch } from 'solid-js';

import { type Block, type Inline, parsed, trueHost, wordsOf } from '../model/markdown';
import { t } from '../texts';

export interface Names {
  me: string;
  person: (account: string) => string;
  channel: (channel: string) => { name: string; href: string } | undefined;
}

const FOLD_LINES = 24;
const Coloured = lazy(() => import('./coloured').then((module) => ({ default: module.Coloured })));

const Part = (props: { part: Inline; names: Names }): JSX.Element => {
  const { part } = props;
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code>{part.text}</code>;
    case 'break':
      return <br />;
    case 'strong':
      return (
        <strong>
          <Parts parts={part.inside} names={props.names} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Parts parts={part.inside} names={props.names} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Parts parts={part.inside} names={props.names} />
        </del>
      );
    case 'link': {
      const host = trueHost(part.href, wordsOf(part.inside));
      // A place of ours opens here; what the server itself answers does not take the page's place.
      const isOurs = new URL(part.href).origin === location.origin && !new URL(part.href).pathname.startsWith('/api/');
      return (
        <a href={part.href} title={part.href} {...(isOurs ? {} : { target: '_blank', rel: 'noopener noreferrer nofollow' })}>
          <bdi>
            <Parts parts={part.inside} names={props.names} />
          </bdi>
          {host && <span class="host"> ({host})</span>}
        </a>
      );
    }
    case 'person':
      return (
        <span class="ment" classList={{ me: part.account === props.names.me }}>
          @<bdi>{props.names.person(part.account)}</bdi>
        </span>
      );
    case 'channel': {
      const channel = props.names.channel(part.channel);
      return channel ? (
        <a class="ment" href={channel.href}>
          #<bdi>{channel.name}</bdi>
        </a>
      ) : (
        <span class="ment">#…</span>
      );
    }
    case 'all':
      return <span class="ment me">@{part.who}</span>;
  }
};

const Parts = (props: { parts: readonly Inline[]; names: Names }): JSX.Element => (
  <For each={props.parts}>{(part) => <Part part={part} names={props.names} />}</For>
);

const Code = (props: { text: string; language: string }): JSX.Element => {
  const lines = props.text.split('\n');
  const [open, setOpen] = createSignal(lines.length <= FOLD_LINES);
  const shown = (): string => (open() ? props.text : lines.slice(0, FOLD_LINES).join('\n'));
  const [copied, setCopied] = createSignal(false);
  return (
    <div class="pre">
      <div class="pre-head">
        {props.language}
        <span class="push" />
        <button
          class="btn quiet sm"
          onClick={() => {
            void navigator.clipboard?.writeText(props.text).then(() => setCopied(true));
          }}
        >
          {copied() ? t('setup.copied') : t('code.copy')}
        </button>
      </div>
      <pre tabindex="0">
        <Suspense fallback={<code>{shown()}</code>}>
          <Show when={props.language} fallback={<code>{shown()}</code>}>
            <Coloured text={shown()} language={props.language} />
          </Show>
        </Suspense>
      </pre>
      <Show when={!open()}>
        <button class="pre-more" onClick={() => setOpen(true)}>
          {t('code.more', { count: lines.length - FOLD_LINES })}
        </button>
      </Show>
    </div>
  );
};

const Piece = (props: { block: Block; names: Names }): JSX.Element => (
  <Switch>
    <Match when={props.block.kind === 'paragraph' && props.block}>
      {(block) => (
        <p>
          <Parts parts={block().inside} names={props.names} />
        </p>
      )}
    </Match>
    <Match when={props.block.kind === 'heading' && props.block}>
      {(block) => (
        <p class="loud">
          <Parts parts={block().inside} names={props.names} />
        </p>
      )}
    </Match>
    <Match when={props.block.kind === 'code' && props.block}>
      {(block) => <Code text={block().text} language={block().language} />}
    </Match>
    <Match when={props.block.kind === 'quote' && props.block}>
      {(block) => (
        <blockquote class="quote">
          <Blocks blocks={block().blocks} names={props.names} />
        </blockquote>
      )}
    </Match>
    <Match when={props.block.kind === 'list' && props.block}>
      {(block) => (
        <Show
          when={block().ordered}
          fallback={
            <ul class="dots-list">
              <For each={block().items}>{(item) => <li><Blocks blocks={item} names={props.names} /></li>}</For>
            </ul>
          }
        >
          <ol class="numbers-list" start={block().start}>
            <For each={block().items}>{(item) => <li><Blocks blocks={item} names={props.names} /></li>}</For>
          </ol>
        </Show>
      )}
    </Match>
    <Match when={props.block.kind === 'table' && props.block}>
      {(block) => (
        <div class="scrollx" tabindex="0">
          <table>
            <thead>
              <tr>
                <For each={block().head}>{(cell) => <th scope="col"><Parts parts={cell} names={props.names} /></th>}</For>
              </tr>
            </thead>
            <tbody>
              <For each={block().rows}>
                {(row) => (
                  <tr>
                    <For each={row}>{(cell) => <td><Parts parts={cell} names={props.names} /></td>}</For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      )}
    </Match>
    <Match when={props.block.kind === 'rule'}>
      <hr />
    </Match>
  </Switch>
);

const Blocks = (props: { blocks: readonly Block[]; names: Names }): JSX.Element => (
  <For each={props.blocks}>{(block) => <Piece block={block} names={props.names} />}</For>
);

export const Prose = (props: { text: string; names: Names }): JSX.Element => (
  <Blocks blocks={parsed(props.text)} names={props.names} />
);
