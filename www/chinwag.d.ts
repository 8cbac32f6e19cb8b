// Types of the `Chinwag` global that the loader makes. The contract itself is docs/embedding.md.

/** A fact for the rules: `null` removes it. */
export type Fact = string | number | boolean | null | Fact[] | { [name: string]: Fact };

/** What the visitor allows. `storage` is also the loader's `data-consent`. */
export interface Consent {
  storage?: 'granted' | 'denied' | 'unknown';
  analytics?: 'granted' | 'denied';
}

/** The `appearance` of the engagement file, at run time. */
export interface Theme {
  /** `#rrggbb`; text on it is made readable. */
  color?: string;
  theme?: 'auto' | 'light' | 'dark';
  /** The corner: the end or the start of a line in the language of the interface. */
  position?: 'end' | 'start';
  /** The launcher's accessible name, or one per language. */
  label?: string | { [language: string]: string };
}

/** One rule in `explain`: reasons are the stable names of docs/targeting.md. */
export interface RuleExplanation {
  id: string;
  name: string;
  /** Of the last signal. */
  reason: string;
  /** With `condition-false` and `condition-unknown`: the fact that decided, such as `cart.value`. */
  because?: string;
  /** How many of the `clauses` of `when` do not hold now; with `because`. */
  unmet?: number;
  clauses?: number;
  /** What time alone would bring. */
  now: string;
  /** What would come of the signal that it waits for, if that came now. */
  signal: string;
  /** With `outranked` and `group-taken`. */
  winner?: string;
  /** Milliseconds until time alone may change the result. */
  wakeIn?: number;
}

export interface Explanation {
  /** Present while the scout is not running: the site has no rules, or the page is not idle yet. */
  scout?: 0;
  revision?: number;
  page?: string;
  rules?: RuleExplanation[];
}

export type Availability = 'available' | 'busy' | 'away';

/** What events carry. `window` gets the same as `CustomEvent`s named `chinwag:<event>`. */
export interface Events {
  ready: undefined | null;
  open: undefined | null;
  close: undefined | null;
  notification: { rule?: string };
  message: { from: 'visitor' | 'team' };
  unread: { count: number };
  availability: { state: Availability };
  consent: Consent;
  error: { message: string };
  /** What a rule's `track` says. */
  track: { name: string; data?: unknown };
}

/** Calls never throw: a mistake is one warning on the console. */
export interface Chinwag {
  (command: 'open' | 'close' | 'toggle' | 'show' | 'hide' | 'start' | 'destroy' | 'logout'): void;
  /** Facts for the rules, by dotted path: `{'cart.value': 84}`. */
  (command: 'set', facts: { [path: string]: Fact }): void;
  /** A custom signal. */
  (command: 'track', name: string, data?: { [name: string]: Fact }): void;
  /** A route change that the router did not announce. */
  (command: 'page', url?: string): void;
  (command: 'consent', consent: Consent): void;
  /** Text into the composer, unless the visitor has written something there. */
  (command: 'prefill', text: string): void;
  /** A BCP 47 tag. */
  (command: 'locale', tag: string): void;
  (command: 'theme', theme: Theme): void;
  /** Returns a function that unsubscribes. */
  <E extends keyof Events>(command: 'on', event: E, listener: (detail: Events[E]) => void): () => void;
  (command: 'off', event: keyof Events, listener: (detail: never) => void): void;
  (command: 'explain', rule?: string): Explanation;
  /** The site key; absent on the stub that precedes the loader. */
  readonly site?: string;
  /** Calls kept by the stub until the loader is there. */
  q?: ArrayLike<unknown>[];
}

declare global {
  interface Window {
    Chinwag: Chinwag;
  }
  interface WindowEventMap {
    'chinwag:ready': CustomEvent<Events['ready']>;
    'chinwag:open': CustomEvent<Events['open']>;
    'chinwag:close': CustomEvent<Events['close']>;
    'chinwag:notification': CustomEvent<Events['notification']>;
    'chinwag:message': CustomEvent<Events['message']>;
    'chinwag:unread': CustomEvent<Events['unread']>;
    'chinwag:availability': CustomEvent<Events['availability']>;
    'chinwag:consent': CustomEvent<Events['consent']>;
    'chinwag:error': CustomEvent<Events['error']>;
    'chinwag:track': CustomEvent<Events['track']>;
  }
  const Chinwag: Chinwag;
}
