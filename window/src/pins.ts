import { useEffect, useState } from "preact/hooks";
import type { Taste } from "./api/bodies";
import { recall, remember } from "./kept";

const NONE: Taste = { more: [], less: [], pin: [] };
const MOST = 6;

export interface OwnTaste {
  taste: Taste;
  toggle: (id: string) => void;
  /** Says of a set that there should be more, or less, like it; returns what is true from now on. */
  say: (what: "more" | "less", id: string) => Taste;
}

/** What was said of sets for a product, through all its rematches; the matcher is told all of it. */
export function useTaste(root: string): OwnTaste {
  const [taste, setTaste] = useState<Taste>(NONE);
  useEffect(() => setTaste({ ...NONE, ...recall<Record<string, Taste>>("taste", {})[root] }), [root]);
  const keep = (next: Taste): Taste => {
    setTaste(next);
    remember("taste", { ...recall<Record<string, Taste>>("taste", {}), [root]: next });
    return next;
  };
  return {
    taste,
    toggle: (id) => {
      const without = taste.pin.filter((one) => one !== id);
      const less = taste.less.filter((one) => one !== id);
      keep({ ...taste, less, pin: without.length < taste.pin.length ? without : [...without, id].slice(-MOST) });
    },
    say: (what, id) => {
      const others = (list: string[]): string[] => list.filter((one) => one !== id);
      const next = { more: others(taste.more), less: others(taste.less), pin: what === "less" ? others(taste.pin) : taste.pin };
      return keep({ ...next, [what]: [...next[what], id].slice(-MOST) });
    },
  };
}
