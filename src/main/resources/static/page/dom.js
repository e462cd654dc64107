// What a server says is only ever set as text, never as markup.

/** An element; children are nodes or text, null ones are left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter(child => child !== null));
  return element;
}

/** A table with explicit roles, which it keeps where a narrow screen lays it out as blocks. Cells are arrays of children. */
export function table(caption, titles, rows) {
  const head = el('tr', { role: 'row' }, ...titles.map(t => el('th', { role: 'columnheader', scope: 'col' }, t)));
  const body = rows.map(cells => el('tr', { role: 'row' }, ...cells.map((cell, i) => i === 0
    ? el('th', { role: 'rowheader', scope: 'row' }, ...cell)
    : el('td', { role: 'cell', 'data-label': titles[i] }, ...cell))));
  return el('table', { role: 'table', 'aria-label': caption },
    el('thead', { role: 'rowgroup' }, head), el('tbody', { role: 'rowgroup' }, ...body));
}

/** Puts nodes in place only if what they show has changed, so that a selection and a reader's place survive. */
export function show(place, what, make) {
  const key = JSON.stringify(what);
  if (place.shown !== key) {
    place.shown = key;
    place.replaceChildren(...make().filter(node => node !== null));
  }
}
