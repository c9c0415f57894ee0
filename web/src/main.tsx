import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/frame.css';
import './styles/timeline.css';
import './styles/composer.css';
import './styles/floating.css';
import './styles/doors.css';
import './styles/admin.css';
import './styles/phone.css';
import './styles/widths.css';
import './styles/web.css';

import { render } from 'solid-js/web';

import { App } from './app';
import { start } from './model/app';
import { readGrammar } from './model/markdown';
import { clock } from './model/time';
import { keepOffline } from './model/worker';
import { preferred, speak } from './texts';
import { whenIdle } from './ui/idle';

/** The worker fetches everything there is: what is on the screen goes first. */
const AFTER_MS = 2_000;

const root = document.getElementById('root');
if (root) {
  void speak(preferred()).finally(() => {
    start();
    // Each in a turn of its own: reading all that stands above took one.
    setTimeout(() => render(() => <App />, root));
    // What the first message would have to wait for is made ready while the server is asked who this is.
    setTimeout(() => void readGrammar());
    setTimeout(() => void clock(Date.now()));
    setTimeout(() => whenIdle(() => void keepOffline()), AFTER_MS);
  });
}
