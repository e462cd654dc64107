import { el, show, table } from './dom.js';
import { bytes, duration, latency, rate, throughput } from './format.js';
import { Plot } from './plot.js';

const BADGES = { UP: '● UP', DEGRADED: '▲ DEGRADED', DOWN: '✖ DOWN' };
const STATES = { answering: ['good', '● '], suspended: ['warn', '▲ '] };
const WRITES = ['write', 'zeroes', 'update'];

/** What the person on call wants to know first, in words. */
export function outlook(volume) {
  if (volume.health === 'DOWN' || volume.margin < 0) return 'cannot serve everywhere';
  if (volume.margin === 0) return 'survives no further failure';
  return `survives ${volume.margin} more failure${volume.margin === 1 ? '' : 's'}`;
}

/** One volume's panel; lives as long as the page knows the volume. */
export class VolumePanel {
  constructor(name) {
    this.head = el('div', { class: 'head' });
    this.why = el('p', { class: 'why' });
    this.resync = el('div', { class: 'resync' });
    this.children = el('div');
    this.flows = new Plot('Throughput', throughput);
    this.rates = new Plot('Requests per second', rate);
    this.latencies = new Plot('Mean latency', latency);
    const id = `volume-${name}`;
    this.element = el('article', { class: 'volume', 'aria-labelledby': id }, this.head, this.why, this.resync,
      el('div', { class: 'body' }, this.children, el('div', {},
        this.flows.element, this.rates.element, this.latencies.element)));
    this.title = el('h3', { id }, name);
  }

  update(volume) {
    this.element.className = `volume ${volume.health.toLowerCase()}`;
    show(this.head, [volume.health, volume.margin, volume.size, volume['quorum-failures']], () => [
      this.title,
      el('span', { class: 'badge' }, BADGES[volume.health] ?? volume.health),
      el('span', { class: 'margin' }, outlook(volume)),
      el('span', { class: 'facts' }, facts(volume)),
    ]);
    show(this.why, volume.reason, () => [volume.reason]);
    this.why.hidden = volume.health === 'UP';
    this.progress(volume.resync);
    show(this.children, volume.children, () => [childTable(volume)]);
  }

  progress(resync) {
    const waiting = resync['waiting-for'];
    this.resync.hidden = !resync.running && !waiting;
    show(this.resync, resync, () => {
      const left = 'seconds-left' in resync ? `, ${duration(resync['seconds-left'])} left` : '';
      const done = resync['bytes-done'];
      const total = resync['bytes-total'];
      const bar = el('progress', { 'aria-label': 'Resync', max: Math.max(total, 1), value: done });
      const text = `Resync: ${bytes(done)} of ${bytes(total)}, ${throughput(resync['bytes-per-second'])}${left}`
        + (waiting ? `; waiting for ${waiting}` : '');
      return [bar, el('span', {}, text)];
    });
  }

  /** Two readings of the counters; the newer ones are smaller when the service was started again between them. */
  measure(before, now, seconds) {
    const reads = difference(before, now, ['read']);
    const writes = difference(before, now, WRITES);
    if (reads.count < 0 || writes.count < 0) return;
    this.flows.add(reads.bytes / seconds, writes.bytes / seconds);
    this.rates.add(reads.count / seconds, writes.count / seconds);
    this.latencies.add(mean(reads), mean(writes));
  }
}

function facts(volume) {
  const lost = volume['quorum-failures'];
  return `${bytes(volume.size)} · ${volume['vote-threshold']} of ${volume.children.length} must agree`
    + (lost > 0 ? ` · ${lost} requests had no quorum` : '');
}

function childTable(volume) {
  return table(`Children of ${volume.name}`, ['Child', 'State', 'Stale', 'Failures'], volume.children.map(child => {
    const [tone, sign] = STATES[child.state] ?? ['bad', '✖ '];
    const failures = Object.entries(child.failures).filter(([, count]) => count > 0);
    const breaker = String(child.breaker ?? '').toLowerCase();
    const note = [child.reason, breaker && breaker !== 'closed' ? `breaker ${breaker.replace('_', ' ')}` : '']
      .filter(Boolean).join('; ');
    return [
      [child['node-name'], el('small', {}, child.uri)],
      [el('span', { class: tone }, sign + child.state), note ? el('small', {}, note) : ''],
      [child['stale-bytes'] > 0 ? bytes(child['stale-bytes']) : 'none'],
      [failures.length > 0 ? failures.map(([type, count]) => `${type} ${count}`).join(', ') : 'none'],
    ];
  }));
}

function difference(before, now, operations) {
  const sum = { count: 0, seconds: 0, bytes: 0 };
  for (const operation of operations) {
    sum.count += now[operation].count - before[operation].count;
    sum.seconds += now[operation].seconds - before[operation].seconds;
    sum.bytes += now[operation].bytes - before[operation].bytes;
  }
  return sum;
}

function mean({ count, seconds }) {
  return count > 0 ? seconds / count : null;
}
