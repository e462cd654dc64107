const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function bytes(count) {
  let unit = 0;
  while (count >= 1024 && unit < UNITS.length - 1) { count /= 1024; unit++; }
  return `${unit === 0 ? Math.round(count) : count.toFixed(1)} ${UNITS[unit]}`;
}

export function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export function latency(seconds) {
  return seconds < 0.001 ? `${Math.round(seconds * 1e6)} µs` : `${(seconds * 1e3).toFixed(seconds < 0.1 ? 1 : 0)} ms`;
}

export function rate(perSecond) {
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

export function throughput(bytesPerSecond) {
  return `${bytes(bytesPerSecond)}/s`;
}

/** Of a Date, as the clock of the reader has it. */
export function clock(date) {
  return date.toLocaleTimeString('en-GB');
}
