import { clock } from './format.js';
import { Events } from './events.js';
import { showSessions } from './sessions.js';
import { outlook, VolumePanel } from './volume.js';

const PERIOD_MS = 2000;
const PATIENCE_MS = 5000;

const at = id => document.getElementById(id);
const events = new Events(at('events'), at('no-events'));
const panels = new Map();
let before = null;
let answered = null;
let told = null;

async function get(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), cache: 'no-store' });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

function showVolumes(volumes) {
  for (const [name, panel] of panels) {
    if (!volumes.some(volume => volume.name === name)) {
      panel.element.remove();
      panels.delete(name);
    }
  }
  for (const volume of volumes) {
    if (!panels.has(volume.name)) {
      panels.set(volume.name, new VolumePanel(volume.name));
      at('volumes').append(panels.get(volume.name).element);
    }
    panels.get(volume.name).update(volume);
  }
}

function measure(now) {
  const time = performance.now();
  if (before !== null) {
    for (const [name, counters] of Object.entries(now.volumes)) {
      const old = before.now.volumes[name];
      if (old) panels.get(name)?.measure(old, counters, (time - before.time) / 1000);
    }
  }
  before = { time, now };
}

/** Listeners hear of a change of health only, never of figures. */
function tell(volumes) {
  const health = volumes.map(volume => `${volume.name} is ${volume.health} and ${outlook(volume)}`).join('. ');
  if (told !== null && told !== health) at('news').textContent = health;
  told = health;
  const worst = volumes.find(v => v.health === 'DOWN') ?? volumes.find(v => v.health !== 'UP');
  document.title = worst ? `${worst.health} ${worst.name} – quorumd` : 'quorumd';
}

function silence() {
  before = null;
  const since = answered === null ? '' : ` since ${clock(answered)}; what stands below was true then`;
  // Written once: an alert that changes is read out again.
  if (at('silence').hidden) at('silence').textContent = `✖ The service does not answer${since}.`;
  at('silence').hidden = false;
  at('link').textContent = 'no answer';
  document.body.classList.add('stale');
  document.title = 'no answer – quorumd';
}

async function refresh() {
  try {
    const [volumes, sessions, io] = await Promise.all(['api/volumes', 'api/sessions', 'api/io'].map(get));
    showVolumes(volumes);
    showSessions(at('sessions'), sessions);
    measure(io);
    await events.keep();
    tell(volumes);
    answered = new Date();
    at('silence').hidden = true;
    document.body.classList.remove('stale');
    at('link').textContent = `live, ${clock(answered)}`;
  } catch (error) {
    console.debug(error);
    silence();
  }
  setTimeout(refresh, PERIOD_MS);
}

refresh();
