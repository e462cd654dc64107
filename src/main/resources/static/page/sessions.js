import { el, show, table } from './dom.js';
import { bytes, clock } from './format.js';

const TITLES = ['Initiator', 'Target', 'From', 'In flight', 'Sent to it', 'Got from it'];

export function showSessions(place, sessions) {
  show(place, sessions, () => [sessions.length === 0
    ? el('p', { class: 'quiet' }, 'No initiator is logged in.')
    : el('div', { class: 'panel' }, table('Sessions', TITLES, sessions.map(row)))]);
}

function row(session) {
  const links = session.connections;
  const sum = key => links.reduce((total, link) => total + link[key], 0);
  return [
    [session.initiator, el('small', {}, `since ${clock(new Date(session.since))}`)],
    [session.target ?? 'discovery'],
    [links.map(link => link['initiator-address']).join(', ')],
    [String(sum('commands-in-flight'))],
    [bytes(sum('bytes-in'))],
    [bytes(sum('bytes-out'))],
  ];
}
