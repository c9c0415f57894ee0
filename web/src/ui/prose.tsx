/** Written text as elements: made node by node from known parts, never from a string of HTML. */

import { createSignal, type JSX, Show } from 'solid-js';

import { type Block, type Inline, parsed, trueHost, wordsOf } from '../model/markdown';
import { t } from '../texts';

export interface Names {
  me: string;
  person: (account: string) => string;
  channel: (channel: string) => { name: string; href: string } | undefined;
  /** Whether Tab stops at what leads somewhere. */
  stop?: () => -1 | undefined;
}

const FOLD_LINES = 24;

type Painter = (props: { text: string; language: string }) => JSX.Element;
const [painter, setPainter] = createSignal<Painter>();
let isAsked = false;
/** Colours come when code is first seen. Where they cannot be had it is read without them, and whoever sees code next asks again. */
const askForColours = (): void => {
  if (isAsked) return;
  isAsked = true;
  import('./coloured').then(
    (module) => setPainter(() => module.Coloured),
    () => {
      isAsked = false;
    },
  );
};

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
        <a href={part.href} tabindex={props.names.stop?.()} title={part.href} {...(isOurs ? {} : { target: '_blank', rel: 'noopener noreferrer nofollow' })}>
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
        <a class="ment" tabindex={props.names.stop?.()} href={channel.href}>
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

const Parts = (props: { parts: readonly Inline[]; names: Names }): JSX.Element => <>{props.parts.map((part) => <Part part={part} names={props.names} />)}</>;

/** What one can do with a block is reached from its row, as its links are; what scrolls is a stop by itself, or no key could scroll it. */
const Code = (props: { text: string; language: string; names: Names }): JSX.Element => {
  const lines = props.text.split('\n');
  const [open, setOpen] = createSignal(lines.length <= FOLD_LINES);
  const shown = (): string => (open() ? props.text : lines.slice(0, FOLD_LINES).join('\n'));
  const [copied, setCopied] = createSignal(false);
  if (props.language) askForColours();
  return (
    <div class="pre">
      <div class="pre-head">
        {props.language}
        <span class="push" />
        <button
          class="btn quiet sm"
          tabindex={props.names.stop?.()}
          onClick={() => {
            void navigator.clipboard?.writeText(props.text).then(() => setCopied(true));
          }}
        >
          {copied() ? t('setup.copied') : t('code.copy')}
        </button>
      </div>
      <pre tabindex="0">
        <Show when={props.language ? painter() : undefined} fallback={<code>{shown()}</code>}>
          {(Coloured) => <>{Coloured()({ text: shown(), language: props.language })}</>}
        </Show>
      </pre>
      <Show when={!open()}>
        <button class="pre-more" tabindex={props.names.stop?.()} onClick={() => setOpen(true)}>
          {t('code.more', { count: lines.length - FOLD_LINES })}
        </button>
      </Show>
    </div>
  );
};

/** What a block is never changes: another text is other blocks. */
const Piece = (props: { block: Block; names: Names }): JSX.Element => {
  const { block } = props;
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Parts parts={block.inside} names={props.names} />
        </p>
      );
    case 'heading':
      return (
        <p class="loud">
          <Parts parts={block.inside} names={props.names} />
        </p>
      );
    case 'code':
      return <Code text={block.text} language={block.language} names={props.names} />;
    case 'quote':
      return (
        <blockquote class="quote">
          <Blocks blocks={block.blocks} names={props.names} />
        </blockquote>
      );
    case 'list':
      return <List block={block} names={props.names} />;
    case 'table':
      return <Table block={block} names={props.names} />;
    case 'rule':
      return <hr />;
  }
};

const List = (props: { block: Extract<Block, { kind: 'list' }>; names: Names }): JSX.Element => {
  const items = props.block.items.map((item) => (
    <li>
      <Blocks blocks={item} names={props.names} />
    </li>
  ));
  if (!props.block.ordered) return <ul class="dots-list">{items}</ul>;
  return (
    <ol class="numbers-list" start={props.block.start}>
      {items}
    </ol>
  );
};

const Table = (props: { block: Extract<Block, { kind: 'table' }>; names: Names }): JSX.Element => (
  <div class="scrollx" tabindex="0">
    <table>
      <thead>
        <tr>
          {props.block.head.map((cell) => (
            <th scope="col">
              <Parts parts={cell} names={props.names} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.block.rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td>
                <Parts parts={cell} names={props.names} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Blocks = (props: { blocks: readonly Block[]; names: Names }): JSX.Element => (
  <>
    {props.blocks.map((block) => (
      <Piece block={block} names={props.names} />
    ))}
  </>
);

export const Prose = (props: { text: string; names: Names }): JSX.Element => (
  <Blocks blocks={parsed(props.text)} names={props.names} />
);
