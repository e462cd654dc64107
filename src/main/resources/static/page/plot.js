import { el } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const POINTS = 150;
const HEIGHT = 46;

/** Two lines, reads and writes, over the last POINTS samples; the caption says the newest figures and the scale in words. */
export class Plot {
  constructor(title, format) {
    this.format = format;
    this.samples = [];
    this.svg = document.createElementNS(SVG, 'svg');
    this.svg.setAttribute('class', 'plot');
    this.svg.setAttribute('viewBox', `0 0 ${POINTS - 1} ${HEIGHT}`);
    this.svg.setAttribute('preserveAspectRatio', 'none');
    this.svg.setAttribute('aria-hidden', 'true');
    this.lines = ['read', 'write'].map(kind => this.line(kind));
    this.read = el('b', { class: 'read' });
    this.write = el('b', { class: 'write' });
    this.top = el('span');
    this.element = el('figure', {}, el('figcaption', {}, el('span', {}, title, ' ', this.top),
      el('span', {}, 'read ', this.read, ' · write ', this.write)), this.svg);
  }

  line(kind) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', kind);
    this.svg.append(path);
    return path;
  }

  /** null: there was nothing to measure, which is a gap and not a zero. */
  add(read, write) {
    this.samples = [...this.samples, [read, write]].slice(-POINTS);
    const top = Math.max(...this.samples.flat().map(value => value ?? 0));
    this.lines.forEach((path, i) => path.setAttribute('d', this.path(i, top)));
    this.read.textContent = this.text(read);
    this.write.textContent = this.text(write);
    this.top.textContent = top > 0 ? `(top ${this.format(top)})` : '';
  }

  text(value) {
    return value === null ? '–' : this.format(value);
  }

  path(i, top) {
    let pen = 'M';
    let d = '';
    this.samples.forEach((sample, n) => {
      const x = POINTS - this.samples.length + n;
      if (sample[i] === null) { pen = 'M'; return; }
      const y = HEIGHT - 2 - (top > 0 ? sample[i] / top : 0) * (HEIGHT - 5);
      d += `${pen}${x} ${y.toFixed(1)}`;
      // A sample between two gaps would be a line without length, which is not drawn.
      if (pen === 'M') d += 'h0.5';
      pen = 'L';
    });
    return d;
  }
}
