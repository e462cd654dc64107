import { el, show } from './dom.js';
import { clock } from './format.js';

const KEPT = 100;
const NAMES = ['QUORUM_REPORT_BAD', 'QUORUM_FAILURE', 'QUORUM_CHILD_CHANGED', 'QUORUM_MISMATCH'];

/** The newest events: the live ones, and from the history what happened while no stream was open. */
export class Events {
  constructor(list, none) {
    this.list = list;
    this.none = none;
    this.byId = new Map();
    this.stream = null;
  }

  /** To be called again and again: opens the stream when there is none, and asks for the history until it is open. */
  async keep() {
    if (this.stream?.readyState === EventSource.OPEN) return;
    await this.catchUp();
    if (this.stream === null || this.stream.readyState === EventSource.CLOSED) this.open();
  }

  open() {
    this.stream = new EventSource('api/events/stream');
    this.stream.addEventListener('open', () => this.catchUp().catch(() => this.stream.close()));
    for (const name of NAMES) {
      this.stream.addEventListener(name, message => {
        this.add(JSON.parse(message.data));
        this.show();
      });
    }
  }

  async catchUp() {
    const history = await (await fetch('api/events', { signal: AbortSignal.timeout(5000) })).json();
    // A service that was started again counts from 1: what is known is then of its predecessor.
    if (history.some(event => this.byId.has(event.id) && !same(event, this.byId.get(event.id)))) this.byId.clear();
    history.forEach(event => this.add(event));
    this.show();
  }

  add(event) {
    this.byId.set(event.id, event);
  }

  show() {
    const newest = [...this.byId.values()].sort((a, b) => b.id - a.id).slice(0, KEPT);
    this.byId = new Map(newest.map(event => [event.id, event]));
    this.none.hidden = newest.length > 0;
    this.list.hidden = newest.length === 0;
    show(this.list, newest, () => newest.map(line));
  }
}

function same(a, b) {
  return a.timestamp.seconds === b.timestamp.seconds && a.timestamp.microseconds === b.timestamp.microseconds;
}

function line(event) {
  const when = new Date(event.timestamp.seconds * 1000);
  const name = event.event.replace('QUORUM_', '').replaceAll('_', ' ').toLowerCase();
  return el('li', {}, el('time', { datetime: when.toISOString() }, clock(when)), el('strong', {}, name),
    el('span', {}, describe(event.data)));
}

function describe(data) {
  const who = data['node-name'] ?? data.reference ?? data.volume;
  const where = 'sector-num' in data ? `sectors ${data['sector-num']} + ${data['sectors-count']}` : null;
  const change = data.from ? `${data.from} → ${data.to}` : null;
  return [who, data.type, change, data.error, data.reason, where].filter(Boolean).join(' · ');
}
