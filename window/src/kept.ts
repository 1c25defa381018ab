/** What this browser remembers; a browser that forbids it just forgets. */
export function recall<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`backlot.${name}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(`backlot.${name}`, JSON.stringify(value));
  } catch {
    // A full or forbidden store only costs memory.
  }
}
