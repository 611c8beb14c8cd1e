/** Numbers, spans of time and lists as people read them. Pure. */
/** A list as people write it: `a, b and c`. */
export function listed(items: readonly string[], last = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/**
 * A span of time in a sentence: `8 s`, `3 min 48 s`, `2 h 5 min`, `3 d 4 h`. Input in milliseconds, cut to seconds as in
 * `stopwatch`, since both may stand in one line.
 */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units: [string, number][] = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0 s';
  let rest = seconds;
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? `${count} ${unit}` : '';
  });
  return parts.filter(Boolean).join(' ');
}

/** A span of time in a column: `0:14`, `22:31`, `1:02:03`. Input in milliseconds. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** Two hours ago is told as hours, not as hours and minutes. */
export function ago(ms: number): string {
  const [amount = '0', unit = 's'] = duration(ms).split(' ');
  return `${amount} ${unit} ago`;
}

/** `1 line`, `5 lines` */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
